import Figures
import Testing

@Suite("Terminal pictures")
struct TerminalPictureTests {
  private let escape = "\u{1B}["

  private func bitmap(_ rows: [[Colour]]) -> Bitmap {
    var bitmap = Bitmap(width: rows.first?.count ?? 0, height: rows.count)
    for (y, row) in rows.enumerated() {
      for (x, colour) in row.enumerated() { bitmap[x, y] = colour }
    }
    return bitmap
  }

  @Test("two pixels share a cell, upper and lower half")
  func drawsHalfBlocks() {
    let picture = bitmap([[.white, .black], [.black, .black]])
    #expect(
      TerminalPicture.halfBlocks(picture, columns: 80, colour: .trueColour)
        == "\(escape)38;2;255;255;255;48;2;0;0;0m▀\(escape)38;2;0;0;0m▀\(escape)0m")
    #expect(
      TerminalPicture.halfBlocks(picture, columns: 80, colour: .palette256)
        == "\(escape)38;5;231;48;5;16m▀\(escape)38;5;16m▀\(escape)0m")
  }

  @Test("an odd last row and transparent pixels show the terminal's own background")
  func leavesBackground() {
    #expect(
      TerminalPicture.halfBlocks(bitmap([[.white]]), columns: 80, colour: .trueColour)
        == "\(escape)38;2;255;255;255m▀\(escape)0m")
    #expect(
      TerminalPicture.halfBlocks(
        bitmap([[.clear, .clear], [.white, .clear]]), columns: 80, colour: .trueColour)
        == "\(escape)38;2;255;255;255m▄ \(escape)0m")
  }

  @Test("without colours characters stand for lightness, as seen on the background")
  func drawsASCII() {
    let grey = Colour(hex: 0x808080)
    let picture = bitmap([[.black, grey, .white], [.black, grey, .white]])
    #expect(TerminalPicture.halfBlocks(picture, columns: 80, colour: .monochrome) == " +@")
    #expect(
      TerminalPicture.halfBlocks(picture, columns: 80, colour: .monochrome, background: .light)
        == "@= ")
  }

  @Test("pictures are reduced by averaging, keep their proportions and are not enlarged")
  func reduces() {
    let checks = bitmap(
      (0..<8).map { y in (0..<8).map { x in (x + y) % 2 == 0 ? .white : .black } })
    #expect(
      TerminalPicture.halfBlocks(checks, columns: 2, colour: .trueColour)
        == "\(escape)38;2;128;128;128;48;2;128;128;128m▀▀\(escape)0m")
    let wide = Bitmap(width: 400, height: 100)
    let lines = TerminalPicture.halfBlocks(wide, columns: 40, colour: .monochrome)
      .split(separator: "\n")
    #expect(lines.count == 5 && lines.allSatisfy { $0.count == 40 })
    let tall = Bitmap(width: 100, height: 400)
    let rows = TerminalPicture.halfBlocks(tall, columns: 80, maximumRows: 10, colour: .monochrome)
      .split(separator: "\n")
    #expect(rows.count == 10 && rows.allSatisfy { $0.count == 5 })
  }

  @Test("what is invisible gives no colour when pictures are reduced")
  func weighsByOpacity() {
    let picture = bitmap([[Colour(255, 0, 0), Colour(0, 255, 0, 0)]])
    #expect(picture.reduced(toWidth: 1, height: 1)[0, 0] == Colour(255, 0, 0, 128))
  }

  @Test("enlarging repeats pixels")
  func enlarges() {
    let picture = bitmap([[.white, .black]]).enlarged(by: 2)
    #expect(
      picture == bitmap([[.white, .white, .black, .black], [.white, .white, .black, .black]]))
  }

  @Test("styles are escape sequences, or nothing at all")
  func styles() {
    let style = TerminalStyle(.trueColour)
    #expect(style.bold("a") == "\(escape)1ma\(escape)22m")
    #expect(style.red(style.bold("a")) == "\(escape)31m\(escape)1ma\(escape)22m\(escape)39m")
    #expect(style.foreground(.right, "a") == "\(escape)38;2;0;158;115ma\(escape)39m")
    #expect(style.bold("") == "")
    let plain = TerminalStyle(.monochrome)
    for styled in [
      plain.bold("a"), plain.green("a"), plain.foreground(.right, "a"), plain.dim("a"),
    ] {
      #expect(styled == "a")
    }
  }
}

@Suite("Text tables")
struct TextTableTests {
  private let table = TextTable(
    columns: [.init("name"), .init("output"), .init("parameters", .right)],
    rows: [["Conv1", "48×48×16", "432"], ["bn_Conv1_with_a_long_name", "48×48×16", "64"]])

  @Test("columns are as wide as their widest cell, numbers aligned right")
  func aligns() {
    #expect(
      table.rendered() == """
        name                       output    parameters
        Conv1                      48×48×16         432
        bn_Conv1_with_a_long_name  48×48×16          64
        """)
  }

  @Test("where the page is narrow, text is cut before numbers")
  func cuts() {
    #expect(
      table.rendered(width: 36) == """
        name             output   parameters
        Conv1            48×48×16        432
        bn_Conv1_with_a… 48×48×16         64
        """)
  }

  @Test("no line is wider than the page", arguments: [0, 1, 2, 5, 10, 20, 40, 80, 120])
  func keepsToTheWidth(width: Int) {
    var wide = table
    wide.rows.append(["沿岸湿地の写真", "👩‍👩‍👧 e\u{301}", "1,000,000,000", "more than there are columns"])
    wide.rows.append(["two\nlines\tand a tab"])
    let style = TerminalStyle(.trueColour)
    wide.rows.append([style.red("a red name that is long"), "", ""])
    for line in wide.rendered(width: width, style: style).split(separator: "\n") {
      #expect(displayWidth(String(line)) <= max(1, width))
    }
  }

  @Test(
    "wide characters take two cells, marks none",
    arguments: [
      ("abc", 3), ("é", 1), ("e\u{301}", 1), ("湿地", 4), ("👍", 2), ("👩‍👩‍👧", 2), ("🇨🇭", 2),
      ("✓", 1), ("❤️", 2), ("\u{1B}[1mab\u{1B}[0m", 2), ("▀", 1), ("", 0), ("\t\u{7}", 0), ("…", 1),
      ("ｗ", 2), ("한국", 4),
    ])
  func measures(text: String, width: Int) {
    #expect(displayWidth(text) == width)
  }

  @Test("a cut text ends in …, never in half a character or an open colour")
  func truncates() {
    #expect(truncated("beach", to: 5) == "beach")
    #expect(truncated("beaches", to: 5) == "beac…")
    #expect(truncated("湿地帯", to: 4) == "湿…")
    #expect(truncated("beach", to: 0) == "")
    #expect(truncated("\u{1B}[31mbeaches\u{1B}[39m", to: 3) == "\u{1B}[31mbe…\u{1B}[0m")
  }

  @Test("long text is broken at spaces, long words anywhere")
  func wraps() {
    #expect(wrapped("the sand of the beach", to: 9) == ["the sand", "of the", "beach"])
    #expect(wrapped("abcdefgh ij", to: 3) == ["abc", "def", "gh", "ij"])
    #expect(wrapped("a\n\nb", to: 3) == ["a", "", "b"])
    #expect(wrapped("", to: 3) == [""])
  }
}
