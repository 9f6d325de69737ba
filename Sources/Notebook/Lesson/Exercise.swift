import Figures
import Language

/// A cell with blanks that the student fills in.
struct Exercise {
  private let lesson: Lesson
  private let place: Int
  private let code: String
  private let blanks: [Span]

  /// Nil for a cell without blanks.
  init?(_ lesson: Lesson, _ place: Int) {
    self.lesson = lesson
    self.place = place
    code = lesson.code(of: place)
    guard let outline = Outline(of: Source(name: "", text: code)), !outline.blanks.isEmpty else {
      return nil
    }
    blanks = outline.blanks
  }

  var count: Int { blanks.count }

  /// The code with the first blanks filled; an empty answer leaves its blank open.
  func filled(with answers: [String]) -> String {
    let bytes = Array(code.utf8)
    var result: [UInt8] = []
    var end = 0
    for (blank, answer) in zip(blanks, answers) where !answer.isEmpty {
      result += bytes[end..<Int(blank.start)]
      result += Array(answer.utf8)
      end = Int(blank.end)
    }
    result += bytes[end...]
    return String(decoding: result, as: UTF8.self)
  }

  /// What is wrong with the last of the answers, apart from what is wrong without it.
  func problems(_ answers: [String], _ interpreter: Interpreter) -> [Diagnostic] {
    func check(_ answers: [String]) -> [Diagnostic] {
      interpreter.check(lesson.source(of: place, text: filled(with: answers)))
    }
    guard check(Array(answers.dropLast())).isEmpty else { return [] }
    return check(answers)
  }

  /// Which blank is meant: its line, marked.
  func question(_ number: Int, before: String?, _ style: TerminalStyle) -> String {
    let source = Source(name: "", text: code)
    let (line, _) = source.position(of: blanks[number].start)
    let span = source.lineSpan(line)
    let left = source.slice(Span(start: span.start, end: blanks[number].start))
    let right = source.slice(Span(start: blanks[number].end, end: span.end))
    let which = count == 1 ? "The blank" : "Blank \(number + 1) of \(count)"
    let earlier = before.map { style.dim("  Enter alone: \($0)") } ?? ""
    return which + ": " + String(left.drop { $0 == " " }) + style.bold(style.yellow("…")) + right
      + earlier
  }
}
