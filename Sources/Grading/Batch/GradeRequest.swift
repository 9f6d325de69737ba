import Language
import Notebook

/// What `conch grade` is asked for.
package struct GradeRequest: Equatable {
  package var rubric = ""
  package var paths: [String] = []
  package var output = "results"
  /// Processes at once; nil for as many as cores and memory allow.
  package var workers: Int?
  /// Names of submissions to grade; empty for all.
  package var only: [String] = []
  /// Whether each path is what one student has handed in.
  package var isOne = false
  /// Grades again those that lost points, even if nothing has changed.
  package var isFailedOnly = false

  package static let usage = """
    conch grade --rubric FILE SUBMISSIONS… [--output FOLDER]
        --workers N    processes at once (default: what cores and memory allow)
        --only NAME    grades this submission alone; may be repeated
        --one          each folder or archive is what one student has handed in
        --failed       grades again those that lost points
    """

  /// - Parameter words: what follows `grade`.
  package init(_ words: [String]) throws(Invocation.UsageError) {
    var rest = words[...]
    while let word = rest.popFirst() {
      func value(_ what: String) throws(Invocation.UsageError) -> String {
        guard let value = rest.popFirst() else {
          throw Invocation.UsageError("`\(word)` needs \(what)")
        }
        return value
      }
      switch word {
      case "--rubric": rubric = try value("a rubric")
      case "--output": output = try value("a folder")
      case "--only": only.append(try value("the name of a submission"))
      case "--failed": isFailedOnly = true
      case "--one": isOne = true
      case "--workers":
        guard let count = Int(try value("a number")), (1...256).contains(count) else {
          throw Invocation.UsageError("`--workers` needs a whole number from 1 to 256")
        }
        workers = count
      case _ where word.hasPrefix("--"):
        let near = Spelling.nearest(
          to: word, among: ["--rubric", "--output", "--only", "--failed", "--one", "--workers"])
        throw Invocation.UsageError(
          "`grade` has no option `\(word)`", remedy: near.map { "did you mean `\($0)`?" })
      default: paths.append(word)
      }
    }
    guard !rubric.isEmpty else {
      throw Invocation.UsageError(
        "`grade` needs a rubric", remedy: "write conch grade --rubric FILE SUBMISSIONS…")
    }
    guard !paths.isEmpty else {
      throw Invocation.UsageError(
        "`grade` needs submissions", remedy: "name files, folders or zip archives")
    }
  }
}
