/// An error without its place: the evaluator adds the place of the call, or of one argument.
package struct Failure: Error, Equatable {
  /// Stable: `E01…` syntax, `E02…` names and calls, `E03…` values, `E04…` limits; other rooms take
  /// theirs from `E05…` on.
  package let code: String
  /// One sentence in the student's words, without a final full stop.
  package let message: String
  /// The one most likely way out, shown after the caret.
  package let remedy: String?
  /// What else to read, after "Nothing was changed.": "`help train` shows its parameters."
  package let note: String?
  /// Label of the argument that is to blame, if it is one.
  package var argument: String?

  package init(
    code: String, message: String, remedy: String? = nil, note: String? = nil,
    argument: String? = nil
  ) {
    self.code = code
    self.message = message
    self.remedy = remedy
    self.note = note
    self.argument = argument
  }

  /// One of the language's own facts, put into words.
  package init(_ fact: Fact, argument: String? = nil) {
    let words = Wording.words(for: fact)
    self.init(
      code: words.code, message: words.message, remedy: words.remedy, note: words.note,
      argument: argument)
  }
}

/// A failure with its place. What `try … catch` cannot catch says so.
struct Fault: Error {
  let failure: Failure
  let source: Source
  let span: Span
  var isCatchable = true
  var isInterruption = false
}
