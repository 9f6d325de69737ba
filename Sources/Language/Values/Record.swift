/// Named values in the order in which they were written. Immutable.
package final class Record: Equatable {
  package let keys: [String]
  package let values: [Value]
  let depth: Int
  let weight: Int

  /// A later value of the same key replaces the earlier one and keeps its place.
  package convenience init(_ fields: [(key: String, value: Value)]) {
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
    self.keys = keys
    self.values = values
    var weight = 1 + keys.count
    var depth = 0
    for value in values {
      weight += value.weight
      depth = max(depth, value.depth)
    }
    self.weight = min(weight, Int(Int32.max))
    self.depth = min(depth + 1, 255)
  }

  package subscript(key: String) -> Value? {
    guard let index = keys.firstIndex(of: key) else { return nil }
    return values[index]
  }

  /// A copy with some fields replaced or added at the end.
  package func with(_ changes: Record) -> Record {
    guard changes.keys.count <= 8, changes.keys.allSatisfy(keys.contains) else {
      return Record(fields + changes.fields)
    }
    var values = values
    for index in changes.keys.indices {
      if let place = keys.firstIndex(of: changes.keys[index]) {
        values[place] = changes.values[index]
      }
    }
    return Record(distinct: keys, values)
  }

  package var fields: [(key: String, value: Value)] {
    keys.indices.map { (keys[$0], values[$0]) }
  }

  /// Equal keys with equal values, in any order.
  package static func == (left: Record, right: Record) -> Bool {
    guard left.keys.count == right.keys.count else { return false }
    if left.keys == right.keys { return left.values == right.values }
    return left.fields.allSatisfy { right[$0.key] == $0.value }
  }
}
