import Foundation
import Tensors
import Testing

/// A file from a header text and data.
private func file(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
  withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + header.utf8 + data
}

struct SafetensorsTests {
  static func example() throws -> NamedTensors {
    var tensors = NamedTensors(metadata: [("format", "conch"), ("a \"b\"", "c\n")])
    tensors["Conv1/kernel"] = try counting([3, 3, 2, 4])
    tensors["Conv1/bias"] = try Tensor([.nan, -.infinity, -0.0, Float.leastNonzeroMagnitude])
    tensors["step"] = Tensor(7)
    tensors["empty"] = try Tensor(shape: [0, 5])
    return tensors
  }

  @Test func whatIsWrittenIsRead() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("w.safetensors")
    let tensors = try Self.example()
    try Safetensors.write(tensors, to: path)
    for read in [try Safetensors.read(path), try Safetensors.read(Files.read(path), path: path)] {
      #expect(Set(read.names) == Set(tensors.names))
      for name in tensors.names {
        #expect(try #require(read[name]).isIdentical(to: #require(tensors[name])))
      }
      #expect(read.metadata.map(\.key) == ["format", "a \"b\""])
      #expect(read.metadata.map(\.value) == ["conch", "c\n"])
    }
    let first = try Files.read(path)
    try Safetensors.write(tensors, to: path)
    #expect(try Files.read(path) == first)
  }

  static let types: [(String, [UInt8], Float)] = [
    ("F64", [0, 0, 0, 0, 0, 0, 4, 0xC0], -2.5), ("F32", [0, 0, 0x20, 0x40], 2.5),
    ("F16", [0x00, 0xC1], -2.5), ("F16", [0x01, 0x00], 0x1p-24), ("F16", [0x00, 0x7C], .infinity),
    ("F16", [0xFF, 0x7B], 65504), ("BF16", [0x20, 0xC0], -2.5),
    ("I64", [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], -2), ("I32", [5, 1, 0, 0], 261),
    ("I16", [0xFF, 0xFF], -1), ("I8", [0x80], -128), ("U8", [0x80], 128), ("BOOL", [1], 1),
  ]

  @Test(arguments: types)
  func otherTypesBecomeFloat32(type: String, bytes: [UInt8], expected: Float) throws {
    let header = #"{"x":{"dtype":"\#(type)","shape":[1],"data_offsets":[0,\#(bytes.count)]}}"#
    let read = try Safetensors.read(file(header, bytes), path: "x")
    #expect(read["x"]?.values == [expected])
  }

  static let f = #""dtype":"F32""#
  static let broken: [(String, [UInt8], @Sendable (SafetensorsError.Problem) -> Bool)] = [
    ("nothing", [], { $0 == .tooShort(bytes: 0, expected: 8) }),
    ("too short", file("{}").dropLast(), { $0 == .tooShort(bytes: 9, expected: 10) }),
    (
      "a picture", [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0],
      { if case .headerTooLong = $0 { true } else { false } }
    ),
    ("no JSON", file("{,}"), { if case .headerNotJSON = $0 { true } else { false } }),
    ("a list", file("[]"), { if case .malformed = $0 { true } else { false } }),
    (
      "twice", file("{\"a\":{\(f),\"shape\":[],\"data_offsets\":[0,0]},\"a\":1}"),
      { if case .headerNotJSON = $0 { true } else { false } }
    ),
    (
      "size", file("{\"a\":{\(f),\"shape\":[2],\"data_offsets\":[0,4]}}", [0, 0, 0, 0]),
      { $0 == .wrongSize(tensor: "a", shape: [2], type: "F32", bytes: 4, expected: 8) }
    ),
    (
      "overlap",
      file(
        "{\"a\":{\(f),\"shape\":[1],\"data_offsets\":[0,4]},"
          + "\"b\":{\(f),\"shape\":[1],\"data_offsets\":[2,6]}}", [0, 0, 0, 0, 0, 0]),
      { $0 == .misplaced(tensor: "b", begins: 2, expected: 4) }
    ),
    (
      "hole",
      file("{\"a\":{\(f),\"shape\":[1],\"data_offsets\":[4,8]}}", [0, 0, 0, 0, 0, 0, 0, 0]),
      { $0 == .misplaced(tensor: "a", begins: 4, expected: 0) }
    ),
    (
      "cut", file("{\"a\":{\(f),\"shape\":[2],\"data_offsets\":[0,8]}}", [0, 0, 0, 0]),
      { $0 == .wrongLength(bytes: 4, expected: 8) }
    ),
    ("left over", file("{}", [1]), { $0 == .wrongLength(bytes: 1, expected: 0) }),
    (
      "type", file("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}}", [0]),
      { $0 == .unsupportedType(tensor: "a", type: "F8_E4M3") }
    ),
    (
      "overflow",
      file(
        "{\"a\":{\(f),\"shape\":[9223372036854775807,3],\"data_offsets\":[0,4]}}", [0, 0, 0, 0]),
      { if case .malformed(tensor: "a", _) = $0 { true } else { false } }
    ),
    (
      "negative", file("{\"a\":{\(f),\"shape\":[-1],\"data_offsets\":[0,-4]}}"),
      { if case .malformed(tensor: "a", _) = $0 { true } else { false } }
    ),
    (
      "notes", file("{\"__metadata__\":{\"a\":1}}"),
      { if case .malformed(tensor: "__metadata__", _) = $0 { true } else { false } }
    ),
  ]

  @Test func brokenFilesSayWhatIsWrong() throws {
    for (title, bytes, isExpected) in Self.broken {
      do {
        _ = try Safetensors.read(bytes, path: "w.safetensors")
        Issue.record("\(title) was read")
      } catch let error as SafetensorsError {
        #expect(error.path == "w.safetensors")
        #expect(isExpected(error.problem), "\(title): \(error.problem)")
      }
    }
  }

  @Test func aReservedNameCannotBeWritten() throws {
    let folder = try TemporaryFolder()
    var tensors = NamedTensors()
    tensors["__metadata__"] = Tensor(1)
    #expect(throws: SafetensorsError.self) {
      try Safetensors.write(tensors, to: folder.file("w"))
    }
  }

  /// A file from the internet must never end the program: bytes of a good file are changed,
  /// removed and repeated at random, most in its header.
  @Test func mutatedFilesAreReadOrRefused() throws {
    let folder = try TemporaryFolder()
    try Safetensors.write(Self.example(), to: folder.file("w"))
    let good = try Files.read(folder.file("w"))
    var stream = RandomStream(seed: 20, name: "fuzz")
    let interesting = Array(#"{}[]",:0123456789-.eE\F641"#.utf8) + [0, 0x7F, 0x80, 0xFF]
    var (read, refused) = (0, 0)
    for _ in 0..<20_000 {
      var bytes = good
      for _ in 0...stream.integer(below: 4) {
        let place = stream.integer(below: stream.integer(below: 8) == 0 ? bytes.count : 360)
        guard place < bytes.count else { continue }
        switch stream.integer(below: 5) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(interesting[stream.integer(below: interesting.count)], at: place)
        case 2: bytes.removeLast(min(stream.integer(below: 40), bytes.count))
        case 3:
          let end = min(place + stream.integer(below: 30), bytes.count)
          bytes.insert(contentsOf: bytes[place..<end], at: place)
        default: bytes[place] = interesting[stream.integer(below: interesting.count)]
        }
        // Keep the length true half of the time, or little gets past the first check.
        if stream.integer(below: 2) == 0 && bytes.count >= 8 {
          let length = UInt64(max(0, min(bytes.count - 8, 400 - stream.integer(below: 80))))
          bytes.replaceSubrange(0..<8, with: withUnsafeBytes(of: length.littleEndian) { Array($0) })
        }
        if bytes.isEmpty { bytes = [0] }
      }
      do {
        _ = try Safetensors.read(bytes, path: "w")
        read += 1
      } catch is SafetensorsError { refused += 1 } catch is TensorError { refused += 1 }
    }
    #expect(read + refused == 20_000)
    #expect(refused > 0)
  }
}
