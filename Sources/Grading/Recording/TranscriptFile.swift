import Language
import Notebook
import Tensors

/// A transcript as a file: a line of JSON that says what was run and by which build, and a line for
/// each event. The script itself is in it, so that it can be run again anywhere.
package struct TranscriptFile: Equatable {
  package struct Head: Equatable {
    /// What the program is known by: the same build writes the same bytes.
    package var build: String
    /// The script's file name.
    package var script: String
    package var arguments: [String]
    package var isQuick: Bool
    /// Whether the cells after one that failed were run, as in grading.
    package var goesOn: Bool
    /// The seed before the first statement.
    package var seed: Int
    package var source: String
  }

  package var head: Head
  package var events: [Event]

  private static let format = 1

  package init(head: Head, events: [Event]) {
    self.head = head
    self.events = events
  }

  package var bytes: [UInt8] {
    let first = JSON.object([
      "conch transcript": .integer(TranscriptFile.format), "build": .text(head.build),
      "script": .text(head.script), "arguments": .array(head.arguments.map { .text($0) }),
      "quick": .boolean(head.isQuick), "goes on": .boolean(head.goesOn),
      "seed": .integer(head.seed), "source": .text(head.source),
    ])
    return Array(([first.text] + events.map(\.line)).joined(separator: "\n").utf8) + [10]
  }

  /// - Throws: `Failure` that says what is wrong with the file.
  package init(_ bytes: [UInt8], name: String) throws {
    func broken(_ line: Int, _ what: String) -> Failure {
      Failure(
        code: "E0940", message: "`\(name)` is no transcript that can be read: line \(line): \(what)"
      )
    }
    var head: Head?
    var events: [Event] = []
    for (index, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
      if line.isEmpty { continue }
      guard events.count < 1_000_000 else { throw broken(index + 1, "too many events") }
      do {
        if head == nil {
          head = try TranscriptFile.head(JSON.parse(line, maximumDepth: 4))
        } else {
          events.append(try Event(line: line))
        }
      } catch let problem as JSON.Problem {
        throw broken(index + 1, problem.what)
      }
    }
    guard let head else { throw broken(1, "it is empty") }
    self.init(head: head, events: events)
  }

  private static func head(_ json: JSON) throws -> Head {
    guard json["conch transcript"] == .integer(format) else {
      throw JSON.Problem(offset: 0, what: "it does not begin as a transcript of this version does")
    }
    guard let build = json["build"]?.string, let script = json["script"]?.string,
      case .array(let arguments)? = json["arguments"], case .boolean(let quick)? = json["quick"],
      case .boolean(let goesOn)? = json["goes on"],
      case .integer(let seed)? = json["seed"], let source = json["source"]?.string
    else { throw JSON.Problem(offset: 0, what: "its first line lacks something") }
    return Head(
      build: build, script: script, arguments: arguments.compactMap(\.string), isQuick: quick,
      goesOn: goesOn, seed: seed, source: source)
  }
}
