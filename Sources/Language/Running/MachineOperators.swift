#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Operators on values that are not both numbers, or not simple.
extension Machine {
  /// As in Python: the sign of the divisor.
  @inline(__always)
  static func remainder(_ x: Double, _ y: Double) -> Double {
    // Whole numbers, nearly all of them, are quicker without `fmod`.
    if abs(x) < 9e15, abs(y) < 9e15 {
      let (a, b) = (Int(x), Int(y))
      if Double(a) == x, Double(b) == y, b != 0 {
        if let a = UInt32(exactly: a), let b = UInt32(exactly: b) { return Double(a % b) }
        let rest = a % b
        return Double(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest)
      }
    }
    let rest = fmod(x, y)
    return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest
  }

  @inline(never)
  func combine(
    _ operation: BinaryOperation, _ a: Value, _ b: Value, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    do {
      // One operation on a tensor may take as long as thousands of statements.
      if case .object = a, interpreter.isCancelled() {
        throw interruption(.interrupted, node, frame)
      }
      if case .object(let object) = a,
        let value = try object.binary(operation, b, isLeft: true)
      {
        return value
      }
      if case .object(let object) = b,
        let value = try object.binary(operation, a, isLeft: false)
      {
        return value
      }
    } catch {
      throw located(error, command: nil, node, frame)
    }
    switch operation {
    case .equal: return .boolean(a == b)
    case .notEqual: return .boolean(!(a == b))
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      return .boolean(try ordered(operation, a, b, node, frame))
    case .contains: return .boolean(try contains(b, a, node, frame))
    default: break
    }
    switch (a, b) {
    case (.number(let x), .number(let y)):
      return .number(try arithmetic(operation, x, y, node, frame))
    case (.text(let x), .text(let y)) where operation == .add:
      return try checked(.text(x + y), node, frame)
    case (.list(let x), .list(let y)) where operation == .add:
      try account((x.count + y.count) &* 24, node, frame)
      var sum = x
      sum.append(y)
      return try checked(.list(sum), node, frame)
    case (.text(let text), .number(let count)) where operation == .multiply,
      (.number(let count), .text(let text)) where operation == .multiply:
      return try repeated(text, count, node, frame)
    default: throw kindFault(operation, a, b, node, frame)
    }
  }

  private func arithmetic(
    _ operation: BinaryOperation, _ x: Double, _ y: Double, _ node: Int32, _ frame: FramePointer
  ) throws -> Double {
    switch operation {
    case .add: return x + y
    case .subtract: return x - y
    case .multiply: return x * y
    case .power: return pow(x, y)
    case .divide, .floorDivide, .remainder:
      guard y != 0 else { throw fault(.divisionByZero(symbol: operation.symbol), node, frame) }
      if operation == .divide { return x / y }
      return operation == .floorDivide ? (x / y).rounded(.down) : Machine.remainder(x, y)
    default:
      throw fault(
        .operatorKinds(
          symbol: operation.symbol, left: "a number", right: "a number",
          remedy: operation == .matrixProduct ? "write `*`" : nil), node, frame)
    }
  }

  private func repeated(
    _ text: String, _ count: Double, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    guard count.rounded() == count, count >= 0 else {
      throw fault(
        .operatorKinds(
          symbol: "*", left: Wording.given(.text(text)), right: Wording.given(.number(count)),
          remedy: nil), node, frame)
    }
    guard Double(text.utf8.count) * count <= Double(limits.textSize) else {
      throw fault(.textTooLong(limit: limits.textSize), node, frame)
    }
    guard !text.isEmpty else { return .text("") }
    return try checked(.text(String(repeating: text, count: Int(count))), node, frame)
  }

  @inline(never)
  private func kindFault(
    _ operation: BinaryOperation, _ a: Value, _ b: Value, _ node: Int32, _ frame: FramePointer
  ) -> Fault {
    var remedy: String?
    switch (operation, a, b) {
    case (.add, .text, .number), (.add, .number, .text), (.add, .text, _):
      remedy = "put the value into the text: `\"… {value}\"`"
    case (.add, .list, _): remedy = "write `list + [value]`"
    case (_, .none, _), (_, _, .none): remedy = "where does this `none` come from?"
    default: break
    }
    return fault(
      .operatorKinds(
        symbol: operation.symbol, left: Wording.given(a), right: Wording.given(b), remedy: remedy),
      node, frame)
  }

  private func ordered(
    _ operation: BinaryOperation, _ a: Value, _ b: Value, _ node: Int32, _ frame: FramePointer
  ) throws -> Bool {
    switch (a, b) {
    case (.number(let x), .number(let y)):
      switch operation {
      case .less: return x < y
      case .lessOrEqual: return x <= y
      case .greater: return x > y
      default: return x >= y
      }
    case (.text(let x), .text(let y)):
      switch operation {
      case .less: return x < y
      case .lessOrEqual: return x <= y
      case .greater: return x > y
      default: return x >= y
      }
    default:
      throw fault(
        .unordered(left: Wording.given(a), right: Wording.given(b)), node, frame)
    }
  }

  private func contains(
    _ whole: Value, _ part: Value, _ node: Int32, _ frame: FramePointer
  ) throws -> Bool {
    switch (whole, part) {
    case (.list(let list), _): return list.contains { $0 == part }
    case (.text(let text), .text(let part)): return TextSearch.contains(text, part)
    case (.record(let record), .text(let key)): return record[key] != nil
    case (.range(let range), .number(let number)): return range.contains(number)
    case (.range, _): return false
    default:
      throw fault(
        .operatorKinds(
          symbol: "in", left: Wording.given(part), right: Wording.given(whole), remedy: nil),
        node, frame)
    }
  }

  @inline(never)
  func negate(_ value: Value, _ node: Int32, _ frame: FramePointer) throws -> Value {
    if case .object(let object) = value {
      do {
        if let result = try object.negated() { return result }
      } catch {
        throw located(error, command: nil, node, frame)
      }
    }
    throw fault(.negation(given: Wording.given(value)), node, frame)
  }
}

/// Finding texts in texts, on UTF-8.
enum TextSearch {
  /// Characters (Unicode scalars) of a text: its bytes that do not continue one.
  static func length(_ text: String) -> Int {
    var text = text
    return text.withUTF8 { bytes in
      guard let first = UnsafeRawPointer(bytes.baseAddress) else { return 0 }
      var length = bytes.count
      var place = 0
      while place + 8 <= bytes.count {
        // Of a byte that continues a character the highest bit is 1 and the next is 0.
        let word = first.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        length &-= ((word >> 7) & ~(word >> 6) & 0x0101_0101_0101_0101).nonzeroBitCount
        place += 8
      }
      while place < bytes.count {
        if bytes[place] & 0xC0 == 0x80 { length &-= 1 }
        place += 1
      }
      return length
    }
  }

  static func contains(_ text: String, _ part: String) -> Bool {
    firstOffset(of: part, in: text) != nil
  }

  /// UTF-8 offset of the first occurrence. An empty part is found at 0.
  static func firstOffset(of part: String, in text: String) -> Int? {
    offsets(of: part, in: text, limit: 1).first
  }

  /// UTF-8 offsets of occurrences that do not overlap.
  static func offsets(of part: String, in text: String, limit: Int = .max) -> [Int] {
    var text = text
    var part = part
    return text.withUTF8 { text in
      part.withUTF8 { part in
        guard !part.isEmpty else { return [0] }
        var result: [Int] = []
        var place = 0
        let first = part[0]
        while place + part.count <= text.count, result.count < limit {
          guard let found = memchr(text.baseAddress! + place, Int32(first), text.count - place)
          else { break }
          place = UnsafeRawPointer(found) - UnsafeRawPointer(text.baseAddress!)
          guard place + part.count <= text.count else { break }
          if memcmp(found, part.baseAddress!, part.count) == 0 {
            result.append(place)
            place += part.count
          } else {
            place += 1
          }
        }
        return result
      }
    }
  }
}
