import Commands
import Foundation
import Language

/// A student at work in a folder of their own: runs statements, and keeps what they printed.
final class Student {
  let workspace = Workspace()
  let folder: URL
  private(set) var output = ""
  private var interpreter: Interpreter!

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("conch-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    workspace.figureFiles = FigureFiles(stem: nil, folder: folder.path + "/figures")
    workspace.write = { [unowned self] in output += $0 }
    interpreter = Interpreter(
      commands: allCommands(workspace), functionProperties: functionProperties,
      output: { [unowned self] in output += $0 })
    workspace.checkpoint = { [unowned self] in try interpreter.checkpoint() }
  }

  /// Presses Ctrl-C as soon as so many lines are printed.
  func stop(afterLines lines: Int) {
    interpreter.isCancelled = { [unowned self] in output.count { $0 == "\n" } >= lines }
  }

  /// Presses Ctrl-C now: throws what ends a command.
  func stop() throws {
    interpreter.isCancelled = { true }
    try interpreter.checkpoint()
  }

  /// Gives a value a name, for what no statement can make.
  func define(_ name: String, _ value: Value) { interpreter.define(name, value) }

  /// Runs a script of `Examples/` on a folder, and gives what it prints.
  func runExample(_ name: String, on folder: String) throws -> String {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Examples/\(name).conch")
    define("arguments", .texts([folder]))
    // `seed` is a command of sessions, which are above this room.
    workspace.seed = 1
    return run(
      try String(contentsOf: script, encoding: .utf8).replacingOccurrences(
        of: "\nseed 1\n", with: "\n"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// What the statements print, errors included; `HERE/` in file names stands for the folder.
  @discardableResult
  func run(_ statements: String) -> String {
    output = ""
    let text = statements.replacingOccurrences(of: "HERE/", with: folder.path + "/")
    let outcome = interpreter.run(Source(name: "test", text: text))
    return output + outcome.diagnostics.map { $0.render() }.joined()
  }

  /// The codes of the errors that the statements end with.
  func errors(_ statements: String) -> [String] {
    let text = statements.replacingOccurrences(of: "HERE/", with: folder.path + "/")
    return interpreter.run(Source(name: "test", text: text)).diagnostics.map(\.code)
  }

  var commands: [Command] { interpreter.commands }
}
