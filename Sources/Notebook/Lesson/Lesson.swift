import Figures
import Language

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A script as a lesson: its code cells, each with the prose before it.
package struct Lesson {
  package struct Step {
    /// The markdown cells before the code, by their place in `cells`.
    let prose: [Cell]
    /// Nil for prose at the end of the script.
    let code: Cell?
  }

  package let source: Source
  /// The file, as it was given.
  package let path: String
  package let steps: [Step]

  package init(_ source: Source, path: String) {
    self.source = source
    self.path = path
    var steps: [Step] = []
    var prose: [Cell] = []
    for cell in Cells.split(source) {
      if cell.kind == .code, !source.slice(cell.body).isBlank {
        steps.append(Step(prose: prose, code: cell))
        prose = []
      } else if cell.kind == .markdown {
        prose.append(cell)
      }
    }
    if !prose.isEmpty || steps.isEmpty { steps.append(Step(prose: prose, code: nil)) }
    self.steps = steps
  }

  /// The name of its file without folder and ending: `week1`.
  package var stem: String { Lesson.stem(path) }

  package static func stem(_ path: String) -> String {
    let name = path.split(separator: "/").last ?? "script"
    let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name
    return stem.isEmpty ? String(name) : String(stem)
  }

  /// The code of a step, without the blank lines around it.
  func code(of place: Int) -> String {
    guard let cell = steps[place].code else { return "" }
    var lines = source.slice(cell.body).split(separator: "\n", omittingEmptySubsequences: false)
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    while lines.first?.allSatisfy(\.isWhitespace) == true { lines.removeFirst() }
    return lines.joined(separator: "\n")
  }

  func title(of place: Int) -> String {
    let step = steps[place]
    return step.code?.title ?? step.prose.first?.title ?? ""
  }

  /// What the lesson is about: the title of its first cell.
  package var title: String { steps[0].prose.first?.title ?? title(of: 0) }

  /// A step's code as a source of its own in which every line keeps its number, under the marker that
  /// says what the cell is called.
  func source(of place: Int, text: String) -> Source {
    guard steps.indices.contains(place), let cell = steps[place].code else {
      return Source(name: Session.promptName, text: text)
    }
    let body = source.slice(cell.body)
    let skipped = body.prefix { $0 == "\n" || $0 == " " || $0 == "\t" }.count { $0 == "\n" }
    let markerLines = cell.marker.end > cell.marker.start ? 1 : 0
    let first = source.line(of: cell.body.start) + skipped
    let marker = source.slice(cell.marker)
    return Source(
      name: path,
      text: String(repeating: "\n", count: max(0, first - 1 - skipped - markerLines))
        + (markerLines > 0 ? marker + "\n" : "") + String(repeating: "\n", count: skipped) + text)
  }

  // MARK: The project's lessons

  /// The scripts in the project's `Lessons`, in order; found from where the program lies, or from the
  /// current folder. Empty where there are none.
  package static func all() -> [String] {
    var folders = ["Lessons"]
    if var folder = programFolder() {
      // .build/x86_64-unknown-linux-gnu/release/conch
      for _ in 0..<6 {
        folders.append(folder + "/Lessons")
        folder = StateFolder.parent(of: folder)
        if folder.isEmpty { break }
      }
    }
    for folder in folders {
      let names = FolderEntries.names(in: folder).filter { $0.hasSuffix(".conch") }
      if !names.isEmpty { return names.map { folder + "/" + $0 } }
    }
    return []
  }

  private static func programFolder() -> String? {
    var path = [CChar](repeating: 0, count: 4096)
    #if os(Linux)
      let count = readlink("/proc/self/exe", &path, path.count - 1)
      guard count > 0 else { return nil }
    #else
      var size = UInt32(path.count)
      guard _NSGetExecutablePath(&path, &size) == 0 else { return nil }
    #endif
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return StateFolder.parent(of: String(cString: resolved))
  }
}
