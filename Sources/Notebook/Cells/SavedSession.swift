import Commands
import Language
import Tensors

/// A session as a script: what came to its end, in its order.
struct SavedSession {
  private let session: Session
  private let entries: [Journal.Entry]
  private let isLesson: Bool

  init(_ dialogue: Dialogue) {
    session = dialogue.session
    entries = dialogue.entries
    isLesson = entries.contains { $0.place != nil }
  }

  /// The script. What Ctrl-C ended early is no statement that could be repeated: it is a comment.
  ///
  /// - Parameter inCells: whether each entry is a cell; those of a lesson always are.
  func script(inCells: Bool = false) -> String {
    var text = "#!/usr/bin/env conch\n"
    for entry in entries {
      if isLesson || inCells {
        text += "\n#%%" + (entry.title.isEmpty ? "" : " " + entry.title) + "\n"
      }
      if !entry.kept.isEmpty { text += entry.kept + "\n" }
      if let interrupted = entry.interrupted {
        let lines = interrupted.split(separator: "\n", omittingEmptySubsequences: false)
        text += "# Interrupted, and left out:\n"
        text += lines.map { "#     \($0)\n" }.joined()
      }
    }
    return text
  }

  /// Writes the script, then runs it in a session of its own, and says whether that gives the same.
  /// Or writes what that session shows, as a document.
  func write(to path: String) throws {
    for format in ExportFormat.allCases where path.hasSuffix(".\(format.rawValue)") {
      return try write(to: path, as: format)
    }
    let script = self.script()
    try Files.writeAtomically(path, Array(script.utf8))
    let verdict = prove(Source(name: path, text: script))
    session.say("Saved \(path) (\(plural(entries.count, "cell"))). " + verdict)
  }

  private func write(to path: String, as format: ExportFormat) throws {
    var console = session.console
    console.interruptCount = session.interrupts.count
    let (document, status) = DocumentRun.run(
      Source(name: path, text: script(inCells: true)), name: Lesson.stem(path), console: console,
      options: session.options, isRehearsal: true
    ) { [session] in session.progress.show($0) }
    session.progress.clear()
    guard status != .interrupted else {
      session.say("Interrupted: \(path) was not written.")
      return
    }
    try document.write(to: path, as: format)
    session.say(
      "Saved \(path) (\(plural(document.cells.count, "cell")))."
        + (status == .failed ? " Run again, the session does not come to its end." : ""))
  }

  // MARK: The proof

  private func prove(_ source: Source) -> String {
    let again = Rehearsal(of: session)
    let outcome = again.run(source)
    session.progress.clear()
    switch outcome {
    case .interrupted: return "It was not run again to the end, so nothing is proved."
    case .failed(let diagnostics):
      let reason = diagnostics.first.map { Diagnostic.render([$0], width: 100) } ?? ""
      return "But run again, it does not come to its end:\n" + reason
    case .finished: break
    }
    let different = session.interpreter.variables.first { variable in
      !ValueLikeness.holds(variable.value, again.interpreter.variable(named: variable.name))
    }
    guard let different else {
      return "Run again, it gives the same values for all variables."
    }
    return "But run again, `\(different.name)` comes out differently: what failed or was "
      + "interrupted has left something behind."
  }
}

/// A second session in which a script is tried out: nothing is shown, and no file is written.
final class Rehearsal {
  let interpreter: Interpreter
  private let session: Session

  init(of original: Session) {
    var console = original.console
    console.write = { _ in }
    console.writeError = { _ in }
    console.isTerminal = false
    console.interruptCount = original.interrupts.count
    session = Session(console: console, options: original.options)
    session.defineScriptNames(arguments: [])
    session.workspace.isRehearsal = true
    session.workspace.takeFigure = { _ in }
    interpreter = session.interpreter
    interpreter.keepPastValues()
    interpreter.onStatement = { event in
      let (line, _) = event.source.position(of: event.span.start)
      original.progress.show("Running it again, to prove that it gives the same: line \(line)")
    }
  }

  func run(_ source: Source) -> Outcome { interpreter.run(source) }
}

/// Whether two values of two sessions are the same, as far as that can be told.
enum ValueLikeness {
  static func holds(_ left: Value, _ right: Value?) -> Bool {
    guard let right else { return false }
    switch (left, right) {
    case (.number(let a), .number(let b)): return a == b || a.isNaN && b.isNaN
    case (.list(let a), .list(let b)): return a.count == b.count && zip(a, b).allSatisfy(holds)
    case (.record(let a), .record(let b)):
      return a.keys == b.keys && zip(a.values, b.values).allSatisfy(holds)
    case (.function(let a), .function(let b)): return a.signature == b.signature
    case (.object(let a), .object(let b)): return holds(a, b)
    default: return left == right
    }
  }

  /// Objects are compared by what they say of themselves, and by their state if they have one.
  private static func holds(_ left: any HostObject, _ right: any HostObject) -> Bool {
    guard left.kind == right.kind, left.summary == right.summary else { return false }
    guard left.propertyNames.contains("state") else { return true }
    guard let a = try? left.property("state"), let b = try? right.property("state") else {
      return false
    }
    return holds(a, b)
  }
}
