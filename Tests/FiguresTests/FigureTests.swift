import Figures
import Tensors
import Testing

@Suite("Figures")
struct FigureTests {
  @Test("every figure is drawn, whatever the data", arguments: FigureSample.all)
  func draws(sample: FigureSample) throws {
    let bitmap = try sample.figure.bitmap()
    let size = sample.figure.size
    #expect(bitmap.width == size.width && bitmap.height == size.height)
    #expect(!sample.figure.summary.isEmpty && !sample.figure.altText.isEmpty)
    #expect(try sample.figure.svg().hasPrefix("<?xml"))
  }

  @Test("nothing reaches the border of the page", arguments: FigureSample.all)
  func keepsItsMargin(sample: FigureSample) throws {
    let bitmap = try sample.figure.bitmap()
    let margin = 8
    for y in 0..<bitmap.height {
      for x in 0..<bitmap.width
      where x < margin || y < margin || x >= bitmap.width - margin || y >= bitmap.height - margin {
        guard bitmap[x, y] == .white else {
          Issue.record("something is drawn at \(x), \(y) of \(bitmap.width)×\(bitmap.height)")
          return
        }
      }
    }
  }

  @Test("the same description gives the same bytes", arguments: FigureSample.all)
  func isDeterministic(sample: FigureSample) throws {
    let first = (try sample.figure.bitmap(scale: 1.5), try sample.figure.svg())
    // Others in between must not matter.
    _ = try FigureSample.all[0].figure.svg()
    #expect(try sample.figure.bitmap(scale: 1.5) == first.0)
    #expect(try sample.figure.svg() == first.1)
  }

  @Test("bytes do not depend on the thread")
  func isTheSameOnOtherThreads() async throws {
    let figure = FigureSample.all[0].figure
    let here = try figure.bitmap()
    try await withThrowingTaskGroup(of: Bitmap.self) { group in
      for _ in 0..<4 { group.addTask { try figure.bitmap() } }
      for try await bitmap in group { #expect(bitmap == here) }
    }
  }

  @Test("something is drawn: a figure of data is not a white page")
  func isNotEmpty() throws {
    let bitmap = try FigureSample.all[0].figure.bitmap()
    let blue = Colour.series[0]
    let count = (0..<bitmap.height).reduce(0) { count, y in
      count + (0..<bitmap.width).filter { bitmap[$0, y] == blue }.count
    }
    #expect(count > 200)
  }

  @Test("a scale doubles the pixels")
  func scales() throws {
    let figure = FigureSample.all[0].figure
    let (one, two) = (try figure.bitmap(), try figure.bitmap(scale: 2))
    #expect((two.width - 2 * one.width).magnitude <= 1)
    #expect((two.height - 2 * one.height).magnitude <= 1)
  }

  @Test("scales that are none are refused", arguments: [0, -1, .nan, .infinity])
  func refusesScale(scale: Double) {
    #expect(throws: FigureError.self) { try FigureSample.all[0].figure.bitmap(scale: scale) }
  }

  @Test("pictures that would not fit in memory are refused", arguments: [100.0, 1e9, 1e300])
  func refusesTooLarge(scale: Double) {
    #expect(throws: FigureError.self) { try FigureSample.all[0].figure.bitmap(scale: scale) }
    let page = Figure(
      "", Composition((0..<2000).map { _ in FigureSample.all[0].figure }, columns: 1))
    #expect(throws: FigureError.self) { try page.bitmap() }
  }

  @Test("a grid says how many images it has")
  func summarises() {
    let tiles = (0..<24).map { _ in ImageGrid.Tile(FigureSample.picture(96, 96)) }
    let figure = Figure("", ImageGrid(tiles: tiles))
    let (width, height) = figure.size
    #expect(figure.summary == "figure: 6×4 images, \(width)×\(height)")
    let one = Figure("", ImageGrid(tiles: [tiles[0]]))
    #expect(one.summary.hasPrefix("figure: 1 image, "))
  }
}

@Suite("Figures in the terminal")
struct FigureTerminalTests {
  @Test(
    "no line is wider than the terminal", arguments: FigureSample.all,
    [ColourDepth.monochrome, .palette256, .trueColour])
  func keepsToTheWidth(sample: FigureSample, colour: ColourDepth) {
    for columns in [0, 1, 7, 40, 80, 120] {
      let text = sample.figure.terminal(columns: columns, colour: colour)
      for line in text.split(separator: "\n") {
        let width = displayWidth(String(line))
        #expect(width <= max(1, columns), "\(columns) columns: \(line)")
      }
    }
  }

  @Test("without colours there are no escape sequences", arguments: FigureSample.all)
  func hasNoEscapes(sample: FigureSample) {
    let text = sample.figure.terminal(columns: 80, colour: .monochrome)
    #expect(!text.contains("\u{1B}"))
  }

  @Test("every colour ends with its line", arguments: FigureSample.all)
  func resetsColours(sample: FigureSample) {
    let text = sample.figure.terminal(columns: 80, colour: .trueColour)
    let closing = ["39m", "49m", "22m", "0m"]
    for line in text.split(separator: "\n") {
      guard
        let last = line.split(separator: "\u{1B}[", omittingEmptySubsequences: false).dropFirst()
          .last
      else { continue }
      #expect(closing.contains { last.hasPrefix($0) }, "\(line)")
    }
  }

  @Test("a plot has its numbers and its curve where they belong")
  func drawsPlot() {
    let plot = LinePlot(
      series: [.init("loss", y: [0, 1, 2, 3, 4])], xLabel: "step", yLabel: "loss")
    let text = Figure("Loss", plot).terminal(columns: 30, rows: 12, colour: .monochrome)
    let expected = """
      Loss
      loss
      4 +                         **
        |                      ***
        |                 *****
      2 +            *****
        |         ***
        |    *****
      0 +****
        ++------------+------------+
         0            2            4
                    step
      """
    #expect(text == expected)
  }

  @Test("bars are as long as their values")
  func drawsBars() {
    let bars = Bars(
      categories: ["beach", "marsh"], series: [.init("images", values: [10, 5])],
      valueLabel: "images")
    let text = Figure("", bars).terminal(columns: 20, colour: .monochrome)
    #expect(
      text == """
        beach *********** 10
        marsh ****** 5
              images
        """)
  }

  @Test("a confusion matrix is a table")
  func drawsConfusion() {
    let figure = Figure(
      "", Heatmap.confusion(counts: [[3, 1], [0, 4]], classes: ["sand", "marsh"]))
    #expect(
      figure.terminal(columns: 60, colour: .monochrome) == """
              predicted class (rows: true class)
                    sand     marsh
        sand     75 %  3   25 %  1
        marsh          0  100 %  4
        """)
  }
}
