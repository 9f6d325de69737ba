/// An immutable list to the language; the evaluator appends in place when nobody else holds it.
package struct List: RandomAccessCollection, ExpressibleByArrayLiteral {
  package private(set) var elements: [Value]
  private var storedWeight: Int32
  private var storedDepth: UInt8

  package init(_ elements: [Value]) {
    self.elements = elements
    var weight = 1 + elements.count
    var depth = 0
    elements.withUnsafeBufferPointer { elements in
      for index in elements.indices {
        // Numbers, nearly always, have no more to them than that they are there.
        switch elements[index] {
        case .text, .list, .record:
          weight += elements[index].weight - 1
          depth = Swift.max(depth, elements[index].depth)
        default: break
        }
      }
    }
    storedWeight = Int32(clamping: weight)
    storedDepth = UInt8(clamping: depth + 1)
  }

  package init(arrayLiteral elements: Value...) { self.init(elements) }

  package var startIndex: Int { 0 }
  package var endIndex: Int { elements.count }
  package subscript(index: Int) -> Value { elements[index] }

  /// Lists and records inside each other, this one included; 255 means at least 255.
  var depth: Int { Int(storedDepth) }
  var weight: Int { Int(storedWeight) }

  mutating func append(_ value: Value) {
    storedWeight = Int32(clamping: weight + value.weight)
    storedDepth = UInt8(clamping: Swift.max(depth, value.depth + 1))
    elements.append(value)
  }

  mutating func append(_ other: List) {
    storedWeight = Int32(clamping: weight + other.weight - 1)
    storedDepth = Swift.max(storedDepth, other.storedDepth)
    elements.append(contentsOf: other.elements)
  }

  /// Every element as a number, or nil.
  package var numbers: [Double]? {
    var result: [Double] = []
    result.reserveCapacity(count)
    for element in elements {
      guard case .number(let number) = element else { return nil }
      result.append(number)
    }
    return result
  }
}
