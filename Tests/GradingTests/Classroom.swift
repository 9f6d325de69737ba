import Foundation
import Grading
import Tensors
import TestSupport
import Testing

/// A folder with a rubric and submissions, and the program that grades them.
final class Classroom: Sendable {
  let folder: URL
  var submissions: URL { folder.appendingPathComponent("submissions") }
  var results: URL { folder.appendingPathComponent("results") }

  init() throws {
    folder = try Executable.folder()
    try FileManager.default.createDirectory(at: submissions, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

  func write(_ bytes: [UInt8], to path: String) throws {
    let url = folder.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  func grade(_ options: [String] = [], paths: [String] = ["submissions"]) throws
    -> Executable.Result
  {
    try Executable.run(
      ["grade", "--rubric", "test.rubric"] + paths + ["--output", "results"] + options,
      folder: folder)
  }

  func result(_ name: String) throws -> GradeResult {
    let data = try Data(
      contentsOf: results.appendingPathComponent(name).appendingPathComponent("grade.json"))
    return try #require(GradeResult(try JSON.parse([UInt8](data))))
  }

  /// All files of results, as text.
  func reports() throws -> [(name: String, text: String)] {
    let names = FileManager.default.enumerator(atPath: results.path)?.allObjects as? [String] ?? []
    return try names.sorted().compactMap { name in
      let url = results.appendingPathComponent(name)
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      guard !isFolder.boolValue, url.lastPathComponent != "submission.conch",
        url.pathExtension != "zip"
      else { return nil }
      return (name, String(decoding: try Data(contentsOf: url), as: UTF8.self))
    }
  }
}

extension GradeResult {
  /// The statuses of its checks in short: `+` passed, `-` failed, `e` error, `t` timeout, `l` limit,
  /// `s` skipped, `.` not attempted.
  var marks: String {
    String(
      outcomes.map { outcome -> Character in
        switch outcome.status {
        case .passed: "+"
        case .failed: "-"
        case .error: "e"
        case .timeout: "t"
        case .limit: "l"
        case .skipped: "s"
        case .notAttempted: "."
        }
      })
  }
}
