import Commands
import Language
import Tensors

/// A value on its way between the judge and the child: plain data whole, everything else by its kind
/// and how it prints.
enum SentValue {
  case none
  case boolean(Bool)
  case number(Double)
  case text(String)
  case list([SentValue])
  case record([Field])
  case range(start: Double, end: Double, step: Double)
  case tensor(shape: [Int], values: [Float], isImage: Bool)
  case function(name: String)
  case object(kind: String, summary: String)

  struct Field {
    let key: String
    let value: SentValue
  }

  /// Lists and records inside each other.
  static let depthLimit = 100
  /// Values in one message.
  static let countLimit = 1_000_000
  /// Numbers of a tensor that is sent whole; a larger one stays where it is.
  static let tensorLimit = 2_000_000
  /// Bytes of how an object prints.
  private static let summaryLimit = 4_000

  /// - Throws: `Failure` if there is more of it than may be sent.
  init(_ value: Value) throws {
    var room = SentValue.countLimit
    try self.init(value, room: &room, depth: 0)
  }

  private init(_ value: Value, room: inout Int, depth: Int) throws {
    room -= 1
    guard room >= 0, depth <= SentValue.depthLimit else {
      throw GradingError.answerTooLarge.failure
    }
    switch value {
    case .none: self = .none
    case .boolean(let flag): self = .boolean(flag)
    case .number(let number): self = .number(number)
    case .text(let text):
      room -= text.utf8.count / 16
      guard room >= 0 else { throw GradingError.answerTooLarge.failure }
      self = .text(text)
    case .list(let list):
      self = .list(try list.map { try SentValue($0, room: &room, depth: depth + 1) })
    case .record(let record):
      self = .record(
        try record.fields.map {
          Field(key: $0.key, value: try SentValue($0.value, room: &room, depth: depth + 1))
        })
    case .range(let range): self = .range(start: range.start, end: range.end, step: range.step)
    case .function(let function): self = .function(name: function.name ?? function.signature)
    case .object(let object):
      if let tensor = object as? TensorValue, tensor.tensor.count <= SentValue.tensorLimit {
        room -= tensor.tensor.count / 4
        guard room >= 0 else { throw GradingError.answerTooLarge.failure }
        self = .tensor(
          shape: tensor.tensor.shape, values: Array(tensor.tensor.values),
          isImage: tensor.isImage)
      } else {
        let summary = object.summary
        self = .object(
          kind: object.kind,
          summary: summary.utf8.count <= SentValue.summaryLimit
            ? summary : String(summary.prefix(SentValue.summaryLimit / 4)) + "…")
      }
    }
  }

  func write(to writer: inout ByteWriter) {
    switch self {
    case .none: writer.byte(0)
    case .boolean(let flag): writer.byte(flag ? 2 : 1)
    case .number(let number):
      writer.byte(3)
      writer.number(number)
    case .text(let text):
      writer.byte(4)
      writer.text(text)
    case .list(let elements):
      writer.byte(5)
      writer.list(elements) { $1.write(to: &$0) }
    case .record(let fields):
      writer.byte(6)
      writer.list(fields) {
        $0.text($1.key)
        $1.value.write(to: &$0)
      }
    case .range(let start, let end, let step):
      writer.byte(7)
      for number in [start, end, step] { writer.number(number) }
    case .tensor(let shape, let values, let isImage):
      writer.byte(8)
      writer.byte(isImage ? 1 : 0)
      writer.list(shape) { $0.count($1) }
      writer.floats(values)
    case .function(let name):
      writer.byte(9)
      writer.text(name)
    case .object(let kind, let summary):
      writer.byte(10)
      writer.text(kind)
      writer.text(summary)
    }
  }

  init(from reader: inout ByteReader) throws {
    var room = SentValue.countLimit
    try self.init(from: &reader, room: &room, depth: 0)
  }

  private init(from reader: inout ByteReader, room: inout Int, depth: Int) throws {
    room -= 1
    guard room >= 0, depth <= SentValue.depthLimit else { throw BrokenMessage() }
    switch try reader.byte() {
    case 0: self = .none
    case 1: self = .boolean(false)
    case 2: self = .boolean(true)
    case 3: self = .number(try reader.number())
    case 4: self = .text(try reader.text())
    case 5:
      self = .list(try reader.list { try SentValue(from: &$0, room: &room, depth: depth + 1) })
    case 6:
      let fields = try reader.list {
        Field(key: try $0.text(), value: try SentValue(from: &$0, room: &room, depth: depth + 1))
      }
      guard Set(fields.map(\.key)).count == fields.count else { throw BrokenMessage() }
      self = .record(fields)
    case 7:
      let numbers = [try reader.number(), try reader.number(), try reader.number()]
      guard numbers.allSatisfy(\.isFinite), numbers[2] != 0 else { throw BrokenMessage() }
      self = .range(start: numbers[0], end: numbers[1], step: numbers[2])
    case 8:
      let isImage = try reader.boolean()
      let shape = try reader.list { try $0.count() }
      let values = try reader.floats()
      guard shape.count <= Tensor.maximumRank else { throw BrokenMessage() }
      var product = 1
      for size in shape {
        let (next, overflow) = product.multipliedReportingOverflow(by: size)
        guard !overflow else { throw BrokenMessage() }
        product = next
      }
      guard product == values.count else { throw BrokenMessage() }
      self = .tensor(shape: shape, values: values, isImage: isImage)
    case 9: self = .function(name: try reader.text())
    case 10: self = .object(kind: try reader.text(), summary: try reader.text())
    default: throw BrokenMessage()
    }
  }

  /// The value itself, where it is plain.
  /// - Parameter other: makes a value of a function or an object; `path` leads to it from the whole:
  ///   `[2]["name"]`.
  func value(_ path: String = "", other: (SentValue, _ path: String) throws -> Value) throws
    -> Value
  {
    switch self {
    case .none: return .none
    case .boolean(let flag): return .boolean(flag)
    case .number(let number): return .number(number)
    case .text(let text): return .text(text)
    case .list(let elements):
      return .list(
        of: try elements.enumerated().map { try $1.value("\(path)[\($0)]", other: other) })
    case .record(let fields):
      return .record(
        Record(
          try fields.map { field in
            let key = Value.text(field.key).display
            return (field.key, try field.value.value("\(path)[\(key)]", other: other))
          }))
    case .range(let start, let end, let step):
      return .range(Progression(start: start, end: end, step: step))
    case .tensor(let shape, let values, let isImage):
      return TensorValue.value(try Tensor(shape: shape, values: values), isImage: isImage)
    case .function, .object: return try other(self, path)
    }
  }
}
