import Language
import Tensors

/// What one student has handed in.
package struct Submission: Sendable {
  /// The name of its row and of its folder of results: fit for a file, and for a page.
  package let name: String
  /// The script's bytes as they came; at most one more than a source may have.
  package var script: [UInt8]
  /// The script's file name.
  package let fileName: String
  /// Why there is nothing to run; nil if there is.
  package let refusal: String?
  /// What is to be said about how it was handed in.
  package var notes: [String] = []

  package init(name: String, script: [UInt8], fileName: String, refusal: String? = nil) {
    self.name = name
    self.script = script
    self.fileName = fileName
    self.refusal = refusal
  }

  /// What a rubric finds under `submission`.
  func record(_ run: RunRecord) -> Value {
    let source = Source(name: fileName, bytes: script)
    var cells: [(key: String, value: Value)] = []
    for cell in Cells.split(source) {
      if let id = cell.id, !cells.contains(where: { $0.key == id }) {
        cells.append((id, .text(source.slice(cell.body))))
      }
    }
    let ending = if case .told(let ending) = run.ending { ending.rawValue } else { "crashed" }
    return .record(
      Record([
        ("name", .text(name)), ("code", .text(source.text)), ("cells", .record(Record(cells))),
        ("ending", .text(ending)),
      ]))
  }
}

/// Names that come from outside, made fit for a folder, a terminal and a page.
enum SafeName {
  /// - Returns: the name to use, and what is wrong with the one that was given, if anything is.
  static func of(_ given: String) -> (name: String, refusal: String?) {
    var name = ""
    var hasControl = false
    for scalar in given.unicodeScalars.prefix(120) {
      let isFine =
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || "._-+@, ()".unicodeScalars.contains(scalar)
        || scalar.properties.generalCategory == .nonspacingMark
      if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        || scalar.properties.generalCategory == .format
      {
        hasControl = true
      }
      name.unicodeScalars.append(isFine ? scalar : "_")
    }
    let isPath = given.split(separator: "/", omittingEmptySubsequences: false).contains("..")
    while name.first == "." || name.first == " " { name.removeFirst() }
    while name.last == " " || name.last == "." { name.removeLast() }
    if name.isEmpty { name = "unnamed" }
    if hasControl { return (name, "its name has control characters") }
    if isPath { return (name, "its name leads out of its folder") }
    if given.unicodeScalars.count > 120 { return (name, "its name is too long") }
    return (name, nil)
  }
}
