/// What is wrong with a safetensors file, as facts; `path` names the file.
package struct SafetensorsError: Error, Equatable, Sendable {
  package enum Problem: Equatable, Sendable {
    /// Fewer bytes than the eight of the header's length, or than the header.
    case tooShort(bytes: Int, expected: Int)
    /// A header longer than `Safetensors.headerLimit`: most likely not a safetensors file.
    case headerTooLong(bytes: UInt64)
    case headerNotJSON(JSON.Problem)
    /// The header is JSON but not of the shape that the format asks for.
    case malformed(tensor: String, what: String)
    case unsupportedType(tensor: String, type: String)
    case wrongSize(tensor: String, shape: [Int], type: String, bytes: Int, expected: Int)
    /// Tensors must fill the data without holes or overlaps; this one begins elsewhere.
    case misplaced(tensor: String, begins: Int, expected: Int)
    /// The data are `bytes` long; the header describes `expected`.
    case wrongLength(bytes: Int, expected: Int)
    /// To be written twice, or a name the format keeps for itself.
    case invalidName(String)
  }

  package let path: String
  package let problem: Problem
}

/// The element types that are read; all become float32.
enum SafetensorsType: String {
  case F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL

  var size: Int {
    switch self {
    case .F64, .I64: 8
    case .F32, .I32: 4
    case .F16, .BF16, .I16: 2
    case .I8, .U8, .BOOL: 1
    }
  }
}

/// The description at the beginning of a safetensors file: the length of a JSON text as 8 bytes,
/// little-endian, and that text, which gives each tensor's type, shape and place in the data.
/// https://github.com/huggingface/safetensors (format section of the README)
struct SafetensorsHeader {
  struct Entry {
    let name: String
    let type: SafetensorsType
    let shape: [Int]
    /// Bytes from the beginning of the data.
    let offset: Int
    let byteCount: Int
  }

  /// In the order of their data.
  var entries: [Entry] = []
  var metadata: [(key: String, value: String)] = []

  /// - Parameters:
  ///   - json: the JSON text.
  ///   - dataCount: bytes that follow it in the file.
  /// - Throws: `SafetensorsError.Problem` through `fail`.
  init(json: [UInt8], dataCount: Int) throws(Failure) {
    let root: JSON
    do {
      root = try JSON.parse(json, maximumDepth: 8)
    } catch {
      let problem = error as? JSON.Problem ?? JSON.Problem(offset: 0, what: "unreadable")
      throw Failure(.headerNotJSON(problem))
    }
    guard case .object(let members) = root else {
      throw Failure(.malformed(tensor: "", what: "the header is not an object"))
    }
    for member in members {
      if member.name == "__metadata__" {
        metadata = try SafetensorsHeader.metadata(member.value)
      } else {
        entries.append(try SafetensorsHeader.entry(member))
      }
    }
    entries.sort { ($0.offset, $0.byteCount, $0.name) < ($1.offset, $1.byteCount, $1.name) }
    var end = 0
    for entry in entries {
      guard entry.offset == end else {
        throw Failure(.misplaced(tensor: entry.name, begins: entry.offset, expected: end))
      }
      end += entry.byteCount  // Cannot overflow: the entry's end was an Int.
    }
    guard end == dataCount else { throw Failure(.wrongLength(bytes: dataCount, expected: end)) }
  }

  /// A problem on its way to the place that knows the file's path.
  struct Failure: Error {
    let problem: SafetensorsError.Problem
    init(_ problem: SafetensorsError.Problem) { self.problem = problem }
  }

  private static func metadata(_ value: JSON) throws(Failure) -> [(key: String, value: String)] {
    guard case .object(let members) = value else {
      throw Failure(.malformed(tensor: "__metadata__", what: "not an object"))
    }
    var result: [(key: String, value: String)] = []
    for member in members {
      guard case .text(let text) = member.value else {
        throw Failure(.malformed(tensor: "__metadata__", what: "\(member.name) is not a text"))
      }
      result.append((member.name, text))
    }
    return result
  }

  private static func entry(_ member: JSON.Member) throws(Failure) -> Entry {
    let name = member.name
    guard case .object(let facts) = member.value else {
      throw Failure(.malformed(tensor: name, what: "not an object"))
    }
    for fact in facts where !["dtype", "shape", "data_offsets"].contains(fact.name) {
      throw Failure(.malformed(tensor: name, what: "unknown member \(fact.name)"))
    }
    guard case .text(let typeName)? = member.value["dtype"] else {
      throw Failure(.malformed(tensor: name, what: "no dtype"))
    }
    guard let type = SafetensorsType(rawValue: typeName) else {
      throw Failure(.unsupportedType(tensor: name, type: typeName))
    }
    guard let shape = wholeNumbers(member.value["shape"]) else {
      throw Failure(.malformed(tensor: name, what: "the shape is not a list of whole numbers"))
    }
    guard let range = wholeNumbers(member.value["data_offsets"]), range.count == 2,
      range[0] <= range[1]
    else {
      throw Failure(.malformed(tensor: name, what: "data_offsets are not a beginning and an end"))
    }
    guard let count = try? Tensor.count(of: shape) else {
      throw Failure(.malformed(tensor: name, what: "a shape too large"))
    }
    // `Tensor.count` leaves room for eight bytes a value.
    let expected = count * type.size
    guard range[1] - range[0] == expected else {
      throw Failure(
        .wrongSize(
          tensor: name, shape: shape, type: typeName, bytes: range[1] - range[0],
          expected: expected))
    }
    return Entry(name: name, type: type, shape: shape, offset: range[0], byteCount: expected)
  }

  /// Whole numbers from 0, or nil.
  private static func wholeNumbers(_ value: JSON?) -> [Int]? {
    guard case .array(let elements)? = value else { return nil }
    var numbers: [Int] = []
    for element in elements {
      guard case .integer(let number) = element, number >= 0 else { return nil }
      numbers.append(number)
    }
    return numbers
  }
}
