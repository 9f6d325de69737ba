import Foundation
import Tensors
import Testing

/// A folder of its own for a test, removed when it is let go.
final class TemporaryFolder {
  let path = NSTemporaryDirectory() + "conch-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }
}

struct FilesTests {
  @Test func whatIsWrittenIsRead() throws {
    let folder = try TemporaryFolder()
    for bytes in [[], [1, 2, 3], [UInt8](repeating: 7, count: 100_000)] {
      try Files.writeAtomically(folder.file("a"), bytes)
      #expect(try Files.read(folder.file("a")) == bytes)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
  }

  @Test func aFailedWriteKeepsTheOldFileAndLeavesNothing() throws {
    struct Stop: Error {}
    let folder = try TemporaryFolder()
    try Files.writeAtomically(folder.file("a"), [1])
    #expect(throws: Stop.self) {
      try Files.writeAtomically(folder.file("a")) { write in
        try [UInt8](repeating: 2, count: 10).withUnsafeBytes { try write($0) }
        throw Stop()
      }
    }
    #expect(try Files.read(folder.file("a")) == [1])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
  }

  @Test func aLinkIsFollowedAndPermissionsStay() throws {
    let folder = try TemporaryFolder()
    try Files.writeAtomically(folder.file("a"), [1])
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o640], ofItemAtPath: folder.file("a"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: folder.file("a"))
    try Files.writeAtomically(folder.file("link"), [2])
    #expect(try Files.read(folder.file("a")) == [2])
    let mode = try FileManager.default.attributesOfItem(atPath: folder.file("a"))[.posixPermissions]
    #expect(mode as? Int == 0o640)
  }

  @Test func troublesAreTold() throws {
    let folder = try TemporaryFolder()
    let missing = folder.file("missing")
    #expect(throws: FileError.notFound(path: missing)) { try Files.read(missing) }
    #expect(throws: FileError.isFolder(path: folder.path)) { try Files.read(folder.path) }
    #expect(throws: FileError.isFolder(path: folder.path)) {
      try Files.writeAtomically(folder.path, [])
    }
    try Files.writeAtomically(folder.file("a"), [1, 2, 3])
    #expect(throws: FileError.tooLarge(path: folder.file("a"), bytes: 3, limit: 2)) {
      try Files.read(folder.file("a"), limit: 2)
    }
    #expect(throws: FileError.self) { try Files.writeAtomically(missing + "/a", []) }
    #expect(throws: FileError.self) { try Files.read("/dev/zero") }
  }
}

struct Base64Tests {
  /// The examples of RFC 4648, section 10, and every byte beside Foundation's.
  @Test func bytesBecomeLetters() {
    let examples = [
      "": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "fooba": "Zm9vYmE=",
      "foobar": "Zm9vYmFy",
    ]
    for (text, letters) in examples { #expect(Base64.encoded(Array(text.utf8)) == letters) }
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / 256) }
    #expect(Base64.encoded(bytes) == Data(bytes).base64EncodedString())
  }

  @Test func newFoldersAreNew() throws {
    let folder = try TemporaryFolder()
    let first = try Files.makeNewFolder(folder.file("past"))
    let second = try Files.makeNewFolder(folder.file("past"))
    #expect(first == folder.file("past") && second == folder.file("past-2"))
    #expect(throws: FileError.self) { try Files.makeNewFolder(folder.file("none/past")) }
    Files.removeFolder(first)
    #expect(!Files.exists(first))
  }
}

struct JSONTests {
  static let good: [(String, JSON)] = [
    ("null", .null), (" true ", .boolean(true)), ("-0", .integer(0)), ("12", .integer(12)),
    ("-1.5e2", .number(-150)), ("9223372036854775807", .integer(.max)),
    ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("[]", .array([])),
    ("[1, [2]]", .array([.integer(1), .array([.integer(2)])])), ("{}", .object([])),
    (#""a\n\"\u00e9\ud83c\udf0a""#, .text("a\n\"é🌊")),
  ]

  @Test(arguments: good)
  func valuesAreRead(text: String, value: JSON) throws {
    #expect(try JSON.parse(text.utf8) == value)
  }

  @Test(arguments: [
    "", "tru", "01", "1.", ".5", "+1", "1e", "nan", "[1,]", "[1", "{\"a\"}", "{\"a\":1,}", "{a:1}",
    "{\"a\":1,\"a\":2}", "\"", "\"\\x\"", "\"\\ud800\"", "\"\\u12\"", "\"\n\"", "1 2", "1e999",
    String(repeating: "[", count: 100_000),
  ])
  func brokenTextIsAnError(text: String) {
    #expect(throws: JSON.Problem.self) { try JSON.parse(text.utf8) }
  }

  @Test func brokenUnicodeIsAnError() {
    #expect(throws: JSON.Problem.self) { try JSON.parse([0x22, 0xFF, 0x22]) }
  }

  @Test func quotedTextReadsBack() throws {
    for text in ["", "a\"b\\c\n\t\r\u{1}é🌊", "{}"] {
      #expect(try JSON.parse(JSON.quoted(text).utf8) == .text(text))
    }
  }
}
