import Figures
import Testing

/// Pictures in terminals that can show them, and only there: an escape sequence that a terminal does
/// not know would be a screen full of letters.
@Suite("Graphics of terminals") struct TerminalGraphicsTests {
  private func environment(_ variables: [String: String]) -> TerminalQuestion.Environment {
    { variables[$0] ?? "" }
  }

  private func answers(_ text: String) -> TerminalQuestion.Answers {
    TerminalQuestion.answers(in: Array(text.utf8))
  }

  @Test("Only terminals are asked that understand the question")
  func asking() throws {
    let usual = try #require(TerminalQuestion.text(environment(["TERM": "xterm-256color"])))
    #expect(usual.hasPrefix("\u{1B}_G") && usual.hasSuffix("\u{1B}[c"))
    // These would write the first one as text, or hand it to nobody.
    for variables in [
      ["TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"],
      ["TERM": "tmux-256color"], ["TERM": "screen"], ["TERM": "xterm", "TMUX": "/tmp/tmux-0"],
    ] {
      let text = try #require(TerminalQuestion.text(environment(variables)))
      #expect(!text.contains("_G"), "\(variables)")
    }
    for variables in [
      ["TERM": "dumb"], [:], ["TERM": "linux"], ["TERM": "xterm", "NO_COLOR": "1"],
    ] { #expect(TerminalQuestion.text(environment(variables)) == nil, "\(variables)") }
  }

  @Test("Answers are taken out of what was read, and keys are left")
  func answering() {
    let kitty = answers(
      "\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[6;20;10t\u{1B}]11;rgb:1e1e/1e1e/1e1e\u{1B}\\\u{1B}[?62;22c")
    #expect(kitty.hasKitty && !kitty.hasSixel && kitty.isComplete)
    #expect(kitty.cell?.width == 10 && kitty.cell?.height == 20)
    #expect(kitty.background == .dark && kitty.typed.isEmpty)
    #expect(!answers("\u{1B}_Gi=31;ENOTSUPPORTED:no\u{1B}\\\u{1B}[?1;2c").hasKitty)
    #expect(answers("\u{1B}[?64;4;22c").hasSixel)
    // 4 as the terminal's kind is a VT132, which has no sixel.
    #expect(!answers("\u{1B}[?4;6c").hasSixel)
    #expect(answers("\u{1B}]11;rgb:ff/ff/e0\u{07}\u{1B}[?6c").background == .light)
    #expect(answers("\u{1B}]11;rgb:zz/ff/e0\u{07}\u{1B}[?6c").background == nil)
    let typed = answers("sh\u{1B}[?62;4cow 1\u{1B}[A\r")
    #expect(typed.hasSixel)
    #expect(String(decoding: typed.typed, as: UTF8.self) == "show 1\u{1B}[A\r")
    // What breaks off is no answer.
    #expect(!answers("\u{1B}[?62;").isComplete)
    #expect(answers("\u{1B}[6;99999999999999999999;3t").cell == nil)
    #expect(answers("\u{1B}]11;").background == nil)
  }

  @Test("The best that a terminal has is chosen, by its word")
  func choosing() {
    func method(_ variables: [String: String], _ reply: String) -> TerminalGraphics? {
      TerminalQuestion.graphics(environment(variables), answers(reply))
    }
    let sixel = "\u{1B}[?62;4c"
    let kitty = "\u{1B}_Gi=31;OK\u{1B}\\" + sixel
    #expect(method([:], kitty)?.method == .kitty)
    #expect(method([:], sixel)?.method == .sixel)
    #expect(method([:], "\u{1B}[?62c") == nil)
    #expect(method(["TERM_PROGRAM": "iTerm.app"], sixel)?.method == .iterm2)
    #expect(method(["LC_TERMINAL": "iTerm2"], "\u{1B}[?62c")?.method == .iterm2)
    // Inside tmux its own word counts, not that of the terminal around it.
    #expect(method(["TMUX": "x", "LC_TERMINAL": "iTerm2"], "\u{1B}[?1;2c") == nil)
    #expect(method(["TERM": "tmux-256color"], sixel)?.method == .sixel)
    #expect(method(["CONCH_GRAPHICS": "none"], kitty) == nil)
    let handedOn = method(["TMUX": "x", "CONCH_GRAPHICS": "kitty"], "\u{1B}[?1;2c")
    #expect(handedOn?.method == .kitty && handedOn?.passesThroughTmux == true)
  }

  private let figure = Figure("Squares", LinePlot(series: [.init("", y: [1, 4, 9, 16])]))

  @Test("Kitty takes a PNG in pieces of at most 4096 letters, and is told not to answer")
  func kitty() throws {
    let png = (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }
    let text = try TerminalGraphics(.kitty, cellWidth: 9, cellHeight: 18).sequence(
      of: figure, columns: 60, png: { _ in png })
    #expect(text.hasPrefix("\u{1B}_Ga=T,f=100,q=2,c="))
    let pieces = text.split(separator: "\u{1B}\\").dropLast()
    #expect(pieces.count == 4)
    for (index, piece) in pieces.enumerated() {
      let isLast = index == pieces.count - 1
      #expect(piece.contains(isLast ? "m=0;" : "m=1;") && piece.contains("q=2"))
      let letters = piece.split(separator: ";").last ?? ""
      #expect(isLast ? letters.count <= 4096 : letters.count == 4096)
    }
    let columns = text.split(separator: ",").first { $0.hasPrefix("c=") }
    #expect((columns.flatMap { Int($0.dropFirst(2)) } ?? 0) <= 60)
    // Through tmux each piece is wrapped by itself, escapes doubled.
    let handed = try TerminalGraphics(.kitty, passesThroughTmux: true).sequence(
      of: figure, columns: 60, png: { _ in png })
    #expect(handed.hasPrefix("\u{1B}Ptmux;\u{1B}\u{1B}_Ga=T"))
  }

  @Test("iTerm2 takes the size in bytes and in cells")
  func iTerm2() throws {
    let text = try TerminalGraphics(.iterm2).sequence(
      of: figure, columns: 40, png: { _ in [1, 2, 3, 4] })
    #expect(text.hasPrefix("\u{1B}]1337;File=inline=1;size=4;width="))
    #expect(text.hasSuffix(":AQIDBA==\u{07}\n"))
  }

  @Test("Sixel is drawn in whole cells")
  func sixel() throws {
    let text = try TerminalGraphics(.sixel, cellWidth: 10, cellHeight: 20).sequence(
      of: figure, columns: 30, png: { _ in [] })
    #expect(text.hasPrefix("\u{1B}P") && text.hasSuffix("\u{1B}\\\n"))
    // "1;1;width;height: no wider than the window, in whole cells; rows of pixels come in sixes.
    let sizes = text.drop { $0 != "\"" }.dropFirst().prefix { $0 != "#" }.split(separator: ";")
      .compactMap { Int($0) }
    #expect(sizes.count == 4 && sizes[2] <= 300 && sizes[2] % 10 == 0 && sizes[3] % 6 == 0)
  }
}
