/// What is asked of a terminal about itself, and what its answers mean.
///
/// The last question is for its kind, which every terminal answers: when that answer is there, no
/// other will come any more.
package enum TerminalQuestion {
  /// The variables of the environment that tell what the terminal can, by name; empty where missing.
  package typealias Environment = (_ name: String) -> String

  /// What to send; nil for a terminal that is not asked.
  package static func text(_ environment: Environment) -> String? {
    let terminal = environment("TERM")
    guard !["", "dumb", "linux", "cons25", "vt100", "vt52"].contains(terminal),
      environment("NO_COLOR").isEmpty
    else { return nil }
    // A picture of one pixel that is only looked at; Apple's terminal would write it as text, and
    // tmux would hand nothing back.
    let kitty =
      environment("TERM_PROGRAM") == "Apple_Terminal" || isInTmux(environment)
      ? "" : "\u{1B}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\"
    // The size of a cell, the colour behind the text, the kind of terminal.
    return kitty + "\u{1B}[16t\u{1B}]11;?\u{1B}\\\u{1B}[c"
  }

  private static func isInTmux(_ environment: Environment) -> Bool {
    !environment("TMUX").isEmpty || environment("TERM").hasPrefix("tmux")
      || environment("TERM").hasPrefix("screen")
  }

  package struct Answers: Equatable, Sendable {
    package var hasKitty = false
    package var hasSixel = false
    /// Of a cell, in pixels.
    package var cell: (width: Int, height: Int)?
    package var background: TerminalBackground?
    /// Whether the last answer is there.
    package var isComplete = false
    /// What was no answer: keys that were pressed meanwhile.
    package var typed: [UInt8] = []

    package init() {}

    package static func == (left: Answers, right: Answers) -> Bool {
      left.hasKitty == right.hasKitty && left.hasSixel == right.hasSixel
        && left.cell?.width == right.cell?.width && left.cell?.height == right.cell?.height
        && left.background == right.background && left.isComplete == right.isComplete
        && left.typed == right.typed
    }
  }

  /// Takes answers out of what was read.
  package static func answers(in bytes: [UInt8]) -> Answers {
    var answers = Answers()
    var rest = bytes[...]
    while let byte = rest.first {
      if byte == 0x1B, let length = answerLength(rest) {
        let body = String(decoding: rest.prefix(length), as: UTF8.self)
        if !answers.take(body) { answers.typed += rest.prefix(length) }
        rest = rest.dropFirst(length)
      } else {
        answers.typed.append(byte)
        rest = rest.dropFirst()
      }
    }
    return answers
  }

  /// Bytes of the escape sequence that begins here, if it is whole and of a kind that answers have.
  private static func answerLength(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count > 2 else { return nil }
    let body = bytes.dropFirst(2)
    switch bytes[bytes.startIndex + 1] {
    case UInt8(ascii: "["):
      guard let end = body.firstIndex(where: { (0x40...0x7E).contains($0) }) else { return nil }
      return end - bytes.startIndex + 1
    case UInt8(ascii: "_"), UInt8(ascii: "]"):
      // Until BEL, or ESC and a backslash.
      for index in body.indices {
        if body[index] == 0x07 { return index - bytes.startIndex + 1 }
        if body[index] == 0x1B, index + 1 < body.endIndex, body[index + 1] == UInt8(ascii: "\\") {
          return index - bytes.startIndex + 2
        }
      }
      return nil
    default: return nil
    }
  }

  /// How the terminal shows pictures; nil where only text can.
  package static func graphics(_ environment: Environment, _ answers: Answers) -> TerminalGraphics?
  {
    let cell = answers.cell ?? (width: 9, height: 18)
    func graphics(_ method: TerminalGraphics.Method, handedOn: Bool = false) -> TerminalGraphics {
      TerminalGraphics(
        method, cellWidth: cell.width, cellHeight: cell.height, passesThroughTmux: handedOn)
    }
    let isInTmux = isInTmux(environment)
    // What the user says goes first; there tmux must have `allow-passthrough` on.
    let wish = environment("CONCH_GRAPHICS")
    if !wish.isEmpty {
      return TerminalGraphics.Method(rawValue: wish).map {
        graphics($0, handedOn: isInTmux && $0 != .sixel)
      }
    }
    if isInTmux { return answers.hasSixel ? graphics(.sixel) : nil }
    if answers.hasKitty { return graphics(.kitty) }
    // These do not answer to Kitty's question; the second one comes through ssh.
    if environment("TERM_PROGRAM") == "iTerm.app" || environment("LC_TERMINAL") == "iTerm2" {
      return graphics(.iterm2)
    }
    return answers.hasSixel ? graphics(.sixel) : nil
  }
}

extension TerminalQuestion.Answers {
  /// - Returns: whether it is an answer.
  fileprivate mutating func take(_ answer: String) -> Bool {
    let body = answer.dropFirst(2)
    if answer.hasPrefix("\u{1B}_G") {
      hasKitty = hasKitty || body.contains(";OK")
      return true
    }
    if answer.hasPrefix("\u{1B}[?"), answer.last == "c" {
      let attributes = body.dropFirst().dropLast().split(separator: ";")
      hasSixel = attributes.dropFirst().contains("4")
      isComplete = true
      return true
    }
    if answer.hasPrefix("\u{1B}[6;"), answer.last == "t" {
      let sizes = body.dropLast().split(separator: ";").compactMap { Int($0) }
      if sizes.count == 3, (4...256).contains(sizes[1]), (2...128).contains(sizes[2]) {
        cell = (width: sizes[2], height: sizes[1])
      }
      return true
    }
    if answer.hasPrefix("\u{1B}]11;") {
      background = Self.background(of: body.dropFirst(3))
      return true
    }
    return false
  }

  /// `rgb:ffff/ffff/ffff`, with one to four digits each: light or dark.
  private static func background(of text: Substring) -> TerminalBackground? {
    guard text.hasPrefix("rgb:") || text.hasPrefix("rgba:"),
      let colon = text.firstIndex(of: ":")
    else { return nil }
    let parts = text[text.index(after: colon)...].split(separator: "/").prefix(3).compactMap {
      part -> Double? in
      let digits = part.prefix { $0.isHexDigit }
      guard (1...4).contains(digits.count), let value = Int(digits, radix: 16) else { return nil }
      return Double(value) / Double((1 << (4 * digits.count)) - 1)
    }
    guard parts.count == 3 else { return nil }
    return 0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2] > 0.5 ? .light : .dark
  }
}
