import Foundation
import Tensors
import Testing

/// Files that h5py wrote (`Fixtures/make_hdf5.py`).
@Suite struct HDF5Tests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures").path

  private func read(_ name: String, _ file: String = "default") throws -> Tensor {
    let root = try HDF5File("\(Self.folder)/\(file).h5").root
    let object = try #require(try root.member(name))
    return try #require(try object.tensor())
  }

  @Test(arguments: [
    ("numbers/float32", [2, 3]), ("numbers/float64", [2, 3]), ("numbers/float16", [2, 3]),
    ("numbers/big32", [2, 3]), ("numbers/big64", [2, 3]), ("numbers/big16", [2, 3]),
    ("chunked/one", [10]), ("chunked/three", [5, 4, 3]), ("shapes/empty", [0, 3]),
  ]) func numbersAreThoseOfPython(name: String, shape: [Int]) throws {
    let tensor = try read(name)
    #expect(tensor.shape == shape)
    #expect(tensor.values == (0..<tensor.count).map { Float($0) / 2 })
  }

  @Test(arguments: [
    ("int8", 100), ("uint8", 250), ("int16", 100), ("uint16", 100), ("int32", 100),
    ("uint32", 100), ("int64", 100), ("uint64", 100),
  ]) func wholeNumbersBecomeFloat32(type: String, last: Float) throws {
    #expect(try read("whole/" + type).values == [1, 2, last])
  }

  @Test func theRestOfTheNumbers() throws {
    #expect(try read("whole/negative").values == [-1, -128])
    #expect(try read("shapes/scalar") == Tensor(7))
    for index in 0..<40 { #expect(try read("many/m\(index)") == Tensor(Float(index))) }
  }

  @Test(arguments: [("v110", "a/b"), ("v110", "compact"), ("userblock", "a/b")])
  func otherVersions(file: String, name: String) throws {
    let tensor = try read(name, file)
    #expect(tensor.shape == [2, 3])
    #expect(tensor.values == [0, 0.5, 1, 1.5, 2, 2.5])
  }

  @Test func groupsHaveTheirMembers() throws {
    let root = try HDF5File(Self.folder + "/default.h5").root
    #expect(try root.members().map(\.name) == ["chunked", "many", "numbers", "shapes", "whole"])
    #expect(try root.member("many")?.members().count == 40)
    #expect(try root.member("many")?.tensor() == nil)
    #expect(try root.member("many/m41") == nil)
    #expect(try root.member("chunked/three")?.shape == [5, 4, 3])
  }

  @Test func attributesOfTexts() throws {
    let root = try HDF5File(Self.folder + "/default.h5").root
    let group = try #require(try root.member("numbers"))
    #expect(try group.texts("layer_names") == ["Conv1", "bn_Conv1"])
    #expect(try group.texts("variable") == ["a text of any length"])
    #expect(try group.texts("several") == ["one", "", "drei"])
    #expect(try group.texts("none") == [])
    #expect(try group.texts("number") == nil)
    #expect(try group.texts("missing") == nil)
    let newer = try HDF5File(Self.folder + "/v110.h5").root
    #expect(try newer.member("a")?.texts("layer_names") == ["Conv1", "bn_Conv1"])
  }

  @Test(arguments: ["compressed", "unwritten", "complex", "text"])
  func whatIsLeftOutIsNamed(name: String) throws {
    let root = try HDF5File(Self.folder + "/unsupported.h5").root
    let object = try #require(try root.member(name))
    let error = #expect(throws: HDF5Error.self) { _ = try object.tensor() }
    guard case .unsupported? = error?.problem else {
      Issue.record("\(name): \(String(describing: error))")
      return
    }
  }

  @Test func otherFilesAreNone() {
    for bytes in [[], [UInt8](repeating: 0, count: 10), [UInt8](repeating: 0, count: 5000)] {
      let error = #expect(throws: HDF5Error.self) { _ = try HDF5File(bytes, path: "x.h5") }
      #expect(error?.path == "x.h5")
      #expect(error?.problem == .noSignature)
    }
    #expect(throws: FileError.notFound(path: "/nowhere.h5")) { _ = try HDF5File("/nowhere.h5") }
  }

  /// Reads all that a file has, and counts the values.
  private func readAll(_ bytes: [UInt8]) throws -> Int {
    func walk(_ object: HDF5Object, _ depth: Int) throws -> Int {
      _ = try object.texts("layer_names")
      _ = try object.texts("several")
      var count = try object.tensor()?.count ?? 0
      guard depth < 6 else { return count }
      for member in try object.members() { count += try walk(member.object, depth + 1) }
      return count
    }
    return try walk(try HDF5File(bytes, path: "x.h5").root, 0)
  }

  /// A file from the internet must never end the program: cut at every length, and with bytes
  /// changed, most where descriptions are.
  @Test(arguments: ["default", "v110", "userblock", "unsupported"])
  func damagedFilesAreReadOrRefused(name: String) throws {
    let good = try Files.read("\(Self.folder)/\(name).h5")
    func isRefused(_ bytes: [UInt8]) throws -> Bool {
      do {
        _ = try readAll(bytes)
        return false
      } catch is HDF5Error { return true } catch is TensorError { return true }
    }
    for end in stride(from: 0, to: good.count, by: name == "default" ? 61 : 13) {
      // Only the last bytes may be unused.
      if try !isRefused(Array(good.prefix(end))) { #expect(end > good.count / 2) }
    }
    var stream = RandomStream(seed: 30, name: name)
    let interesting: [UInt8] = [0, 1, 2, 7, 8, 9, 0x10, 0x11, 0x7F, 0x80, 0xFE, 0xFF]
    // Where the file is not zero is where its structure is.
    let places = good.indices.filter { good[$0] != 0 }
    var refused = 0
    for _ in 0..<4_000 {
      var bytes = good
      for _ in 0...stream.integer(below: 4) {
        var place = places[stream.integer(below: places.count)]
        if stream.integer(below: 3) == 0 { place = min(bytes.count - 8, place + 1) }
        switch stream.integer(below: 4) {
        case 0: bytes[place] = interesting[stream.integer(below: interesting.count)]
        case 1: bytes[place] ^= 1 << UInt8(stream.integer(below: 8))
        case 2:
          // An address or a length elsewhere.
          let start = place / 8 * 8
          let target = UInt64(stream.integer(below: good.count)) / 8 * 8
          guard start + 8 <= bytes.count else { continue }
          bytes.replaceSubrange(
            start..<start + 8, with: withUnsafeBytes(of: target.littleEndian) { Array($0) })
        default:
          let start = place / 8 * 8
          guard start + 8 <= bytes.count else { continue }
          bytes.replaceSubrange(start..<start + 8, with: [UInt8](repeating: 0xFF, count: 8))
        }
      }
      if try isRefused(bytes) { refused += 1 }
    }
    #expect(refused > 100)
  }

  /// A group that contains itself, as often as one likes: the limit on descriptions ends it.
  @Test func aGroupInItselfEnds() throws {
    var bytes = try Files.read(Self.folder + "/default.h5")
    let root = try #require(
      bytes.indices.first { Array(bytes[$0...].prefix(4)) == Array("SNOD".utf8) })
    // The root's address, from its superblock, for each member of its table.
    let address = Array(bytes[64..<72])
    for entry in 0..<5 {
      let start = root + 8 + 40 * entry + 8
      bytes.replaceSubrange(start..<start + 8, with: address)
    }
    // Recursion is the caller's; a caller that limits it is not kept busy for long either.
    func count(_ object: HDF5Object, _ depth: Int) throws {
      guard depth < 64 else { return }
      for member in try object.members() { try count(member.object, depth + 1) }
    }
    let file = try HDF5File(bytes, path: "x.h5")
    #expect(throws: HDF5Error.self) { try count(try file.root, 0) }
  }
}
