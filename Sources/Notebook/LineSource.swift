/// Where entries come from: the line editor, a pipe, or a test.
package protocol LineSource: AnyObject {
  /// Whether a person is typing: prompts are shown, and an error does not end the session.
  var isInteractive: Bool { get }

  /// The next complete entry, of one line or several; nil at the end of input.
  func next() -> String?
}

/// Entries from a list, for tests and for `-c`.
package final class ScriptedSource: LineSource {
  package let isInteractive: Bool
  private var entries: ArraySlice<String>

  package init(_ entries: [String], isInteractive: Bool = false) {
    self.entries = entries[...]
    self.isInteractive = isInteractive
  }

  package func next() -> String? { entries.popFirst() }
}
