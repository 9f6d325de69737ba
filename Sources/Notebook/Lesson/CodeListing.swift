import Figures
import Language

/// Code as it is shown before it runs: behind a bar, with what it consists of in colours.
enum CodeListing {
  static func render(_ code: String, page: TerminalPage) -> String {
    let style = page.style
    var text = code
    while text.last == "\n" { text.removeLast() }
    let width = max(16, page.columns - 2)
    return coloured(text, style).map { line in
      style.dim("│ ")
        + (displayWidth(line.plain) <= width ? line.styled : truncated(line.plain, to: width))
    }.joined(separator: "\n")
  }

  /// Its lines, plain and with colours.
  private static func coloured(
    _ code: String, _ style: TerminalStyle
  ) -> [(plain: String, styled: String)] {
    var lines: [(plain: String, styled: String)] = [("", "")]
    for (text, kind) in Highlighting.parts(of: Source(name: "", text: code)) {
      for (number, piece) in text.split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      {
        if number > 0 { lines.append(("", "")) }
        lines[lines.count - 1].plain += piece
        lines[lines.count - 1].styled += Self.styled(String(piece), kind, style)
      }
    }
    return lines
  }

  private static func styled(
    _ text: String, _ kind: Highlighting.Kind, _ style: TerminalStyle
  ) -> String {
    switch kind {
    case .plain: text
    case .comment: style.dim(text)
    case .keyword: style.magenta(text)
    case .number, .text: style.green(text)
    case .label: style.blue(text)
    case .callee: style.cyan(text)
    case .blank: style.bold(style.yellow(text))
    }
  }
}
