/// An error with its place, ready to be printed.
package struct Diagnostic: Equatable {
  package let failure: Failure
  package let source: Source
  package let span: Span
  /// Whether the variables are as they were; false only after an interruption.
  package let nothingChanged: Bool

  package init(_ failure: Failure, source: Source, span: Span, nothingChanged: Bool = true) {
    self.failure = failure
    self.source = source
    self.span = span
    self.nothingChanged = nothingChanged
  }

  package var code: String { failure.code }
  package var message: String { failure.message }
  package var remedy: String? { failure.remedy }
  /// From 1, in Unicode scalars.
  package var position: (line: Int, column: Int) { source.position(of: span.start) }

  package static func == (left: Diagnostic, right: Diagnostic) -> Bool {
    left.failure == right.failure && left.source === right.source && left.span == right.span
  }

  /// The whole message, with a final newline:
  ///
  ///     week1.conch:12:27: error E0204: `train` has no parameter `epoch`
  ///       12 | train fit epoch: 3 validate: test
  ///          |           ^^^^^ did you mean `epochs`?
  ///     Nothing was changed. `help train` shows its parameters.
  ///
  /// - Parameter width: scalars of the source's line that are shown; a longer one is cut.
  package func render(width: Int = 100) -> String { Diagnostic.render([self], width: width) }

  /// Several messages that one closing line ends.
  package static func render(_ diagnostics: [Diagnostic], width: Int = 100) -> String {
    var output = ""
    for diagnostic in diagnostics { output += Excerpt.text(of: diagnostic, width: width) }
    guard let last = diagnostics.last else { return output }
    var closing: [String] = []
    if last.nothingChanged { closing.append("Nothing was changed.") }
    if diagnostics.count == 1, let note = last.failure.note { closing.append(note) }
    if !closing.isEmpty { output += closing.joined(separator: " ") + "\n" }
    return output
  }
}
