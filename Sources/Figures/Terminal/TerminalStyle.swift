/// How many colours a terminal shows.
package enum ColourDepth: Sendable, Equatable {
  /// None, and no escape sequences at all: `NO_COLOR`, `TERM=dumb`, a pipe. Drawings use ASCII.
  case monochrome
  /// The 256 colours of xterm.
  case palette256
  /// 24 bits.
  case trueColour
}

/// What is behind the text.
package enum TerminalBackground: Sendable, Equatable {
  case dark
  case light

  /// The colour under pixels that are transparent.
  var colour: Colour {
    switch self {
    case .dark: .black
    case .light: .white
    }
  }
}

/// Marks up text for a terminal; when not enabled, text passes unchanged.
package struct TerminalStyle: Sendable, Equatable {
  package var colour: ColourDepth

  package init(_ colour: ColourDepth) {
    self.colour = colour
  }

  package var isEnabled: Bool { colour != .monochrome }

  package func bold(_ text: String) -> String { wrap(text, "1", "22") }
  package func dim(_ text: String) -> String { wrap(text, "2", "22") }
  package func italic(_ text: String) -> String { wrap(text, "3", "23") }
  package func underline(_ text: String) -> String { wrap(text, "4", "24") }
  package func red(_ text: String) -> String { wrap(text, "31", "39") }
  package func green(_ text: String) -> String { wrap(text, "32", "39") }
  package func yellow(_ text: String) -> String { wrap(text, "33", "39") }
  package func blue(_ text: String) -> String { wrap(text, "34", "39") }
  package func magenta(_ text: String) -> String { wrap(text, "35", "39") }
  package func cyan(_ text: String) -> String { wrap(text, "36", "39") }

  /// Text in any colour, as near as the terminal can.
  package func foreground(_ ink: Colour, _ text: String) -> String {
    wrap(text, "38;" + code(ink), "39")
  }

  /// Text on any colour.
  package func background(_ ground: Colour, _ text: String) -> String {
    wrap(text, "48;" + code(ground), "49")
  }

  private func wrap(_ text: String, _ on: String, _ off: String) -> String {
    guard isEnabled && !text.isEmpty else { return text }
    return "\u{1B}[\(on)m\(text)\u{1B}[\(off)m"
  }

  /// The parameters that follow `38;` or `48;`.
  func code(_ colour: Colour) -> String {
    switch self.colour {
    case .monochrome: ""
    case .trueColour: "2;\(colour.red);\(colour.green);\(colour.blue)"
    case .palette256: "5;\(TerminalStyle.paletteIndex(colour))"
    }
  }

  /// The nearest of xterm's 256 colours: the 6×6×6 cube (16…231) or the greys (232…255).
  static func paletteIndex(_ colour: Colour) -> Int {
    let levels = [0, 95, 135, 175, 215, 255]
    func nearestLevel(_ channel: Int) -> Int {
      channel < 48 ? 0 : channel < 115 ? 1 : (channel - 35) / 40
    }
    let channels = [Int(colour.red), Int(colour.green), Int(colour.blue)]
    let cube = channels.map(nearestLevel)
    let grey = min(23, max(0, (channels.reduce(0, +) / 3 - 3) / 10))
    func distance(_ other: [Int]) -> Int {
      zip(channels, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let greyLevel = 8 + 10 * grey
    if distance([greyLevel, greyLevel, greyLevel]) < distance(cube.map { levels[$0] }) {
      return 232 + grey
    }
    return 16 + 36 * cube[0] + 6 * cube[1] + cube[2]
  }
}

/// The room that terminal text has, and how it may look.
package struct TerminalPage: Sendable {
  package var columns: Int
  package var rows: Int
  package var style: TerminalStyle
  package var background: TerminalBackground

  package init(
    columns: Int, rows: Int = 24, colour: ColourDepth, background: TerminalBackground = .dark
  ) {
    self.columns = min(max(1, columns), 1000)
    self.rows = min(max(1, rows), 1000)
    self.style = TerminalStyle(colour)
    self.background = background
  }
}
