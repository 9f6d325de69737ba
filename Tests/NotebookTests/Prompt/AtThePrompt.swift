import Foundation
import Testing

/// What a student sees at the prompt, through a pseudo-terminal: a suite for each thing that is typed.
@Suite("At the prompt", .serialized) enum AtThePrompt {}

extension Terminal {
  /// The program, once its prompt is there.
  static func prompt(
    _ arguments: [String] = [], columns: Int = 80, rows: Int = 24, state: URL? = nil,
    environment: [String: String] = [:], folder: URL? = nil
  ) throws -> Terminal {
    let terminal = try Terminal(
      arguments, columns: columns, rows: rows, state: state, environment: environment,
      folder: folder)
    terminal.waitForPrompt()
    return terminal
  }

  /// Ctrl-D at an empty prompt: the terminal is as it was.
  func leave(sourceLocation: SourceLocation = #_sourceLocation) {
    type(Terminal.control("d"))
    #expect(waitForEnd(sourceLocation: sourceLocation) == 0, sourceLocation: sourceLocation)
    #expect(isSane, sourceLocation: sourceLocation)
    #expect(screen.unknown.isEmpty, "\(screen.unknown)", sourceLocation: sourceLocation)
  }

  /// Ctrl-D where a training would be lost: said once, then done.
  func leaveWithoutSaving(sourceLocation: SourceLocation = #_sourceLocation) {
    type(Terminal.control("d"))
    wait(for: "Not saved: ", sourceLocation: sourceLocation)
    waitForPrompt(sourceLocation: sourceLocation)
    leave(sourceLocation: sourceLocation)
  }

  /// Gives up what is typed, then leaves.
  func leaveAfterClearing(sourceLocation: SourceLocation = #_sourceLocation) {
    type(Terminal.control("c"))
    // The terminal drops what is typed before the interrupt is answered.
    wait(for: "^C", sourceLocation: sourceLocation)
    waitForPrompt(sourceLocation: sourceLocation)
    leave(sourceLocation: sourceLocation)
  }
}
