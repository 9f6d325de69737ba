/// One word or sign of a source. Trivially copied.
struct Token {
  enum Kind: UInt8 {
    case endOfFile, newline
    case name, number
    /// A text without interpolation, or the pieces of one with: open, chunks and braces, close.
    case text, textOpen, textChunk, interpolationOpen, interpolationClose, textClose
    // Signs.
    case leftParenthesis, rightParenthesis, leftBracket, rightBracket, leftBrace, rightBrace
    case comma, colon, semicolon, dot, range, ellipsis, arrow
    case assign, addAssign, subtractAssign, multiplyAssign, divideAssign
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    case plus, minus, star, slash, doubleSlash, percent, at, caret
    // Keywords.
    case `if`, `else`, `for`, `in`, `while`, `repeat`, times, def, `return`, `break`, `continue`
    case `try`, `catch`, end, and, or, not, `true`, `false`, none
  }

  let kind: Kind
  /// Whether it is the first on its line.
  let startsLine: Bool
  let start: Int32
  let end: Int32
  /// Of a text: where its content is in `Tokens.texts`. Of an opening bracket: the token that
  /// closes it, or -1.
  var payload: Int32 = -1

  var span: Span { Span(start: start, end: end) }

  static let keywords: [String: Kind] = [
    "if": .if, "else": .else, "for": .for, "in": .in, "while": .while, "repeat": .repeat,
    "times": .times, "def": .def, "return": .return, "break": .break, "continue": .continue,
    "try": .try, "catch": .catch, "end": .end, "and": .and, "or": .or, "not": .not,
    "true": .true, "false": .false, "none": .none,
  ]

  /// What can only begin an argument after a name, because it cannot continue an expression.
  var beginsCommandArgument: Bool {
    switch kind {
    case .name, .number, .text, .textOpen, .leftBrace, .not, .true, .false, .none: true
    default: false
    }
  }
}

/// A mistake in the form of a source.
struct SyntaxError: Error {
  let fact: Fact
  let span: Span
}

/// All tokens of a source; the last is `endOfFile`.
struct Tokens {
  var items: [Token] = []
  var texts: [String] = []
  var errors: [SyntaxError] = []
  /// Offset of a text that the source ends in, and how it began (`"""` or `{`).
  var openText: (offset: Int32, delimiter: String)?
}
