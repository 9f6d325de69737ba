/// What is asked for at the prompt.
package enum Request: Equatable, Sendable {
  /// A statement, or several.
  case entry
  /// The same in a lesson, where Enter alone means the cell that is shown.
  case lessonEntry
  /// What to put in the place of a blank.
  case blank
  /// A guess, in any words.
  case guess

  /// The word of the prompt.
  package var word: String {
    switch self {
    case .entry, .lessonEntry: "conch"
    case .blank: "blank"
    case .guess: "guess"
    }
  }

  /// Whether Enter alone is an answer.
  package var takesNothing: Bool { self != .entry }
  /// Whether what is typed belongs to the language: unfinished text goes on in the next line, and it
  /// is kept in the history.
  package var isProgram: Bool { self != .guess }
  /// Whether Ctrl-C and Ctrl-D take back the question, not only what was typed.
  package var canBeGivenUp: Bool { self == .blank || self == .guess }
}

package enum Reply: Equatable, Sendable {
  /// A complete entry, of one line or several.
  case text(String)
  /// Ctrl-C where that takes back the question.
  case givenUp
  /// No more input, or Ctrl-D.
  case end
}

/// Where entries come from: the line editor, a pipe, or a test.
package protocol LineSource: AnyObject {
  /// Whether a person is typing: prompts are shown, and an error does not end the session.
  var isInteractive: Bool { get }

  func next(_ request: Request) -> Reply
}

/// Entries from a list, for tests.
package final class ScriptedSource: LineSource {
  package let isInteractive: Bool
  private var entries: ArraySlice<String>

  package init(_ entries: [String], isInteractive: Bool = false) {
    self.entries = entries[...]
    self.isInteractive = isInteractive
  }

  package func next(_ request: Request) -> Reply {
    while let entry = entries.popFirst() {
      if !entry.isBlank || request.takesNothing { return .text(entry) }
    }
    return .end
  }
}

extension String {
  /// Whether it has nothing but white space.
  package var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
