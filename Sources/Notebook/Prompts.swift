import Figures

/// The prompts `conch> `, `blank> ` and `guess> `, and those of further lines, which name what is
/// still open.
package struct Prompts {
  /// Cells of the prompts, and of the continuation prompts but the longest.
  package static let width = 7
  private let style: TerminalStyle

  package init(style: TerminalStyle) { self.style = style }

  /// For libedit: what lies between two bytes 1 takes no room on the screen.
  package func first(_ request: Request) -> String {
    guard style.isEnabled else { return Self.plain(request) }
    let colour = request.canBeGivenUp ? 33 : 36
    return "\u{1}\u{1B}[1;\(colour)m\u{1}\(request.word)>\u{1}\u{1B}[0m\u{1} "
  }

  /// The prompt without colours, where no line editor draws it.
  package static func plain(_ request: Request) -> String { request.word + "> " }

  /// `   if> `, `    (> `, `  ...> ` where only an operand is missing, and `     > ` where nothing is.
  /// Plain, since it stands in what libedit takes for the text.
  package static func continuation(_ open: String?) -> String {
    padded((open ?? "") + "> ", to: width, alignment: .right)
  }

  /// Whether a line begins a block that the next lines are the body of.
  package static func opensBlock(_ line: String) -> Bool {
    let words = line.split { !$0.isLetter }
    guard let first = words.first else { return line.last.map { "([{".contains($0) } ?? false }
    let trimmed = line.reversed().drop { $0 == " " }
    if let last = trimmed.first, "([{".contains(last) { return true }
    let openers: Set<Substring> = ["if", "for", "while", "repeat", "def", "try", "else", "catch"]
    let start = line.drop { $0 == " " }
    guard openers.contains(first), start.hasPrefix(first) else { return false }
    return words.last != "end"
  }
}
