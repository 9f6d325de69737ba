/// Named values in the order in which they were written. Immutable; one reference.
package struct Record: Equatable {
  private let storage: Storage

  /// Keys, values and what is known of them lie in one piece of memory: records are made often.
  fileprivate struct Header {
    /// Shared by all records that come from the same place of a script.
    let keys: [String]
    /// Values that are there; as many as keys once the record is whole.
    var count: Int
    var weight: Int32
    var depth: Int32
  }

  fileprivate final class Storage: ManagedBuffer<Header, Value> {
    deinit {
      withUnsafeMutablePointers { header, values in
        // Quicker than `deinitialize`, which asks the type at run time how to.
        for place in 0..<header.pointee.count { _ = (values + place).move() }
      }
    }
  }

  /// A later value of the same key replaces the earlier one and keeps its place.
  package init(_ fields: [(key: String, value: Value)]) {
    var keys: [String] = []
    var values: [Value] = []
    var places: [String: Int] = [:]
    keys.reserveCapacity(fields.count)
    values.reserveCapacity(fields.count)
    for (key, value) in fields {
      let place = fields.count > 8 ? places[key] : keys.firstIndex(of: key)
      if let place {
        values[place] = value
      } else {
        if fields.count > 8 { places[key] = keys.count }
        keys.append(key)
        values.append(value)
      }
    }
    self.init(distinct: keys, values)
  }

  /// - Parameter keys: all different; as many as values.
  init(distinct keys: [String], _ values: [Value]) {
    let draft = Draft(keys)
    for value in values { draft.append(value) }
    self = draft.record()
  }

  package var keys: [String] { storage.withUnsafeMutablePointerToHeader { $0.pointee.keys } }

  package var count: Int { storage.withUnsafeMutablePointerToHeader { $0.pointee.count } }

  package var values: [Value] { withValues { Array($0) } }

  var weight: Int { Int(storage.withUnsafeMutablePointerToHeader { $0.pointee.weight }) }
  var depth: Int { Int(storage.withUnsafeMutablePointerToHeader { $0.pointee.depth }) }

  @inline(__always)
  private func withValues<Result>(
    _ body: (UnsafeBufferPointer<Value>) throws -> Result
  ) rethrows -> Result {
    try storage.withUnsafeMutablePointers { header, values in
      try body(UnsafeBufferPointer(start: values, count: header.pointee.count))
    }
  }

  package subscript(key: String) -> Value? { place(of: key).map { self[place: $0] } }

  private func place(of key: String) -> Int? {
    storage.withUnsafeMutablePointerToHeader { $0.pointee.keys.firstIndex(of: key) }
  }

  /// - Parameter place: less than the number of keys.
  subscript(place place: Int) -> Value { withValues { $0[place] } }

  /// The value of a key that was last found at place `hint`, which is corrected.
  @inline(__always)
  func value(of key: String, hint: inout Int32) -> Value? {
    let expected = Int(hint)
    let isThere = storage.withUnsafeMutablePointerToHeader {
      expected < $0.pointee.keys.count && $0.pointee.keys[expected] == key
    }
    if isThere { return self[place: expected] }
    guard let place = place(of: key) else { return nil }
    hint = Int32(clamping: place)
    return self[place: place]
  }

  /// Whether its keys are this very array, which makes them the same without a comparison.
  @inline(__always)
  func hasKeys(_ keys: [String]) -> Bool {
    storage.withUnsafeMutablePointerToHeader { header in
      header.pointee.keys.withUnsafeBufferPointer { own in
        keys.withUnsafeBufferPointer { $0.baseAddress == own.baseAddress && $0.count == own.count }
      }
    }
  }

  /// A copy with some fields replaced or added at the end.
  package func with(_ changes: Record) -> Record {
    let names = changes.keys
    let places = names.count <= 8 ? names.compactMap { place(of: $0) } : []
    guard places.count == names.count else { return Record(fields + changes.fields) }
    let draft = Draft(copying: self)
    for (index, place) in places.enumerated() { draft.replace(place, changes[place: index]) }
    return draft.record()
  }

  package var fields: [(key: String, value: Value)] {
    zip(keys, values).map { (key: $0, value: $1) }
  }

  /// Equal keys with equal values, in any order.
  package static func == (left: Record, right: Record) -> Bool {
    guard left.count == right.count else { return false }
    if left.keys == right.keys { return left.values == right.values }
    return left.fields.allSatisfy { right[$0.key] == $0.value }
  }
}

extension Record {
  /// A record while its values are worked out. Nobody else sees it before it is whole; given up
  /// half-way, it destroys what it has.
  struct Draft {
    private let storage: Storage

    /// - Parameter keys: all different.
    @inline(__always)
    init(_ keys: [String]) {
      let storage = Storage.create(minimumCapacity: keys.count) { _ in
        Header(keys: keys, count: 0, weight: 0, depth: 0)
      }
      // `create` makes an object of the class that it is called on.
      self.storage = unsafeDowncast(storage, to: Storage.self)
    }

    init(copying record: Record) {
      self.init(record.keys)
      storage.withUnsafeMutablePointers { header, values in
        record.withValues { old in
          guard let first = old.baseAddress else { return }
          values.initialize(from: first, count: old.count)
          header.pointee.count = old.count
        }
      }
    }

    /// Adds the value of the next key, which there must be.
    @inline(__always)
    func append(_ value: Value) {
      storage.withUnsafeMutablePointers { header, values in
        let count = header.pointee.count
        precondition(count < header.pointee.keys.count, "a record has as many values as keys")
        (values + count).initialize(to: value)
        header.pointee.count = count + 1
      }
    }

    /// - Parameter place: of a value that is there.
    func replace(_ place: Int, _ value: Value) {
      storage.withUnsafeMutablePointers { header, values in
        precondition(place < header.pointee.count, "only values that are there are replaced")
        values[place] = value
      }
    }

    @inline(__always)
    func record() -> Record {
      storage.withUnsafeMutablePointers { header, values in
        let count = header.pointee.count
        var weight = 1 + count
        var depth = 0
        for place in 0..<count {
          switch values[place] {
          case .text, .list, .record:
            weight += values[place].weight
            depth = max(depth, values[place].depth)
          default: weight += 1
          }
        }
        header.pointee.weight = Int32(clamping: weight)
        header.pointee.depth = Int32(min(depth + 1, 255))
      }
      return Record(storage)
    }
  }

  private init(_ storage: Storage) { self.storage = storage }
}
