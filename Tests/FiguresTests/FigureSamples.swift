import Testing
import Figures
import Tensors

/// One figure for each kind, and the odd ones that real data bring.
struct FigureSample: CustomTestStringConvertible, Sendable {
  let name: String
  let figure: Figure

  var testDescription: String { name }

  static let longNames = [
    "beach with a very long name that describes the sediment down to its grain size", "marsh",
    "developed urban shoreline", "rocky platform", "tidal flat", "沿岸湿地 🏖️",
  ]

  static let all: [FigureSample] = plots + bars + matrices + images

  private static func sample(_ name: String, _ content: any FigureContent) -> FigureSample {
    FigureSample(name: name, figure: Figure(name, content))
  }

  static func picture(_ width: Int, _ height: Int) -> Bitmap {
    var bitmap = Bitmap(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        bitmap[x, y] = Colour(UInt8(x * 7 % 256), UInt8(y * 5 % 256), UInt8((x + y) % 256))
      }
    }
    return bitmap
  }

  private static let wave = (0..<50).map { Double($0 * $0 % 37) }

  private static let plots: [FigureSample] = [
    sample("lines", LinePlot(series: [.init("a", y: wave), .init("b", y: wave.reversed())])),
    sample("no line", LinePlot(series: [])),
    sample("an empty line", LinePlot(series: [.init("a", y: [])], xLabel: "x", yLabel: "y")),
    sample("one point", LinePlot(series: [.init("a", y: [3])])),
    sample("constant", LinePlot(series: [.init("a", y: [3, 3, 3], stroke: .lineAndMarks)])),
    sample("zeros", LinePlot(series: [.init("a", y: [0, 0, 0])])),
    sample("gaps", LinePlot(series: [.init("a", y: [1, .nan, 2, .infinity, 3, -.infinity])])),
    sample("only NaN", LinePlot(series: [.init("a", y: [.nan, .nan])])),
    sample(
      "the largest numbers",
      LinePlot(
        series: [
          .init("a", y: [-1.7e308, 1.7e308, 1e300, -1e300]),
          .init("b", x: [-1e300, 1e300], y: [.leastNonzeroMagnitude, 1]),
        ])),
    sample(
      "the smallest numbers",
      LinePlot(series: [.init("a", y: [0, .leastNonzeroMagnitude, .leastNormalMagnitude])])),
    sample("large and equal", LinePlot(series: [.init("a", y: [1e17, 1e17 + 16])])),
    sample(
      "negative on a logarithmic axis",
      LinePlot(series: [.init("a", y: [-1, 0, 1, 10])], xScale: .logarithmic, yScale: .logarithmic)),
    sample(
      "a logarithmic axis of all numbers",
      LinePlot(series: [.init("a", y: [1e-308, 1e-299, 1, 1e299])], yScale: .logarithmic)),
    sample(
      "lists of different lengths", LinePlot(series: [.init("a", x: [1, 2, 3], y: [1])])),
    sample(
      "many points",
      LinePlot(series: [.init("a", y: (0..<100_000).map { Double($0 * 31 % 1009) })])),
    sample(
      "thirty lines with long names",
      LinePlot(
        series: (0..<30).map {
          .init(
            longNames[$0 % longNames.count], y: [Double($0), 1], stroke: .dashed, colour: $0 - 3)
        }, xLabel: longNames[0], yLabel: longNames[0])),
    sample(
      "training curves",
      TrainingCurves(
        panels: [
          .init("loss", steps: wave, training: [3, 2, 1], validation: [3, 2.5, .nan]),
          .init("accuracy", training: [0.5, 0.75], includes: 0...1),
        ], stepsPerEpoch: 17)),
    sample("no training yet", TrainingCurves(panels: [.init("loss")], stepsPerEpoch: 0)),
    sample(
      "a scatter",
      Scatter(
        groups: longNames.enumerated().map { number, name in
          .init(name, x: wave, y: wave.map { $0 * Double(number) })
        }, xLabel: "x", yLabel: "y")),
    sample(
      "a scatter of pictures",
      Scatter(
        groups: [
          .init(
            "a", x: [0, 1, 2, 2.01], y: [0, 1, 4, 4],
            pictures: Array(repeating: picture(9, 5), count: 4)),
          .init("b", x: [1, .nan], y: [3, 1], pictures: [picture(40, 60), picture(1, 1)]),
          .init("c", x: [0.5], y: [2]),
        ], hidesNumbers: true)),
    sample("a scatter of nothing", Scatter(groups: [.init("a", x: [.nan], y: [1])])),
    sample(
      "estimated against observed",
      Scatter(groups: [.init("a", x: [1, 2], y: [2, 1])], showsIdentity: true)),
    sample("a histogram", Histogram(series: [.init("a", values: wave.map { Float($0) })])),
    sample("a histogram of nothing", Histogram(series: [])),
    sample("a histogram of one value", Histogram(series: [.init("a", values: [0.1])], bins: 0)),
    sample(
      "a histogram of the unbounded",
      Histogram(
        series: [
          .init("a", values: [.nan, .infinity, -.greatestFiniteMagnitude, 3]),
          .init("b", values: [.greatestFiniteMagnitude]),
        ], bins: 1_000_000)),
  ]

  private static let bars: [FigureSample] = [
    sample(
      "bars",
      Bars(
        categories: ["beach", "marsh"],
        series: [.init("training", values: [320, 12]), .init("validation", values: [80, 3])],
        valueLabel: "images")),
    sample("no bars", Bars(categories: [], series: [])),
    sample(
      "odd bars",
      Bars(
        categories: longNames,
        series: [.init("a", values: [0, -5, .nan, .infinity, 1e300]), .init("b", values: [])])),
    sample(
      "bars on a logarithmic axis",
      Bars(
        categories: ["a", "b", "c"], series: [.init("", values: [0, 1, 100_000])],
        scale: .logarithmic)),
    sample(
      "two hundred bars",
      Bars(
        categories: (0..<200).map { "class \($0)" },
        series: [.init("a", values: (0..<200).map { Double($0) })])),
  ]

  private static func confusion(_ count: Int, _ names: [String]) -> Heatmap {
    let counts = (0..<count).map { row in
      (0..<count).map { column in row == column ? 57 : (row * column) % 7 }
    }
    return .confusion(counts: counts, classes: names)
  }

  private static let matrices: [FigureSample] = [
    sample("a confusion matrix", confusion(4, ["beach", "marsh", "rocky", "developed"])),
    sample("a confusion matrix with long names", confusion(6, longNames)),
    sample("a confusion matrix of one class", confusion(1, ["beach"])),
    sample("a confusion matrix of no class", confusion(0, [])),
    sample("a confusion matrix of no image", Heatmap.confusion(counts: [[0]], classes: ["beach"])),
    sample(
      "a confusion matrix of thirty classes",
      confusion(30, (0..<30).map { "class number \($0)" })),
    sample(
      "a confusion matrix of ninety classes", confusion(90, (0..<90).map { "class \($0)" })),
    sample("a heatmap", Heatmap(rows: 5, columns: 10, values: wave, colourMap: .diverging)),
    sample(
      "an odd heatmap",
      Heatmap(rows: 2, columns: 2, values: [.nan, .infinity, -.infinity, 1e308], rowLabel: "row")),
    sample("an empty heatmap", Heatmap(rows: 0, columns: 3, values: [])),
    sample(
      "a long heatmap",
      Heatmap(rows: 10_000, columns: 1, values: [Double](repeating: 1, count: 10_000))),
  ]

  private static let images: [FigureSample] = [
    sample(
      "predictions",
      ImageGrid(
        tiles: (0..<24).map {
          .init(picture(96, 96), caption: longNames[$0 % 6], verdict: $0 % 5 == 0 ? .wrong : .right)
        })),
    sample("no images", ImageGrid(tiles: [])),
    sample(
      "images of all sizes",
      ImageGrid(
        tiles: [
          .init(picture(1, 1)), .init(picture(0, 0), caption: "nothing"),
          .init(picture(700, 3), caption: "wide"), .init(picture(3, 700)),
          .init(Bitmap(width: 8, height: 8, filledWith: .clear)),
        ], columns: -3, tileSide: 0, note: longNames[0])),
    sample("five hundred images", ImageGrid(tiles: (0..<500).map { _ in .init(picture(3, 3)) })),
    sample(
      "tiles with a colour bar",
      ImageGrid(tiles: [.init(picture(6, 6))], colourBar: .init(.viridis, range: -3...0))),
    sample(
      "tiles with masks and boxes",
      ImageGrid(
        tiles: [
          .init(
            picture(96, 64).overlaid(
              mask: .init(
                width: 3, height: 2, classes: [0, 1, 2, 3, 4, 255], names: Array(longNames[0..<5]))),
            caption: "mask"),
          .init(
            picture(96, 64).annotated(boxes: [
              .init(x: 10, y: 8, width: 30, height: 30),
              .init(x: 70, y: 40, width: 80, height: 90, colour: 1),
            ]), caption: "boxes"),
        ], classNames: Array(longNames[0..<5]))),
    sample(
      "boxes",
      AnnotatedImage(
        picture(120, 80),
        boxes: [
          .init(x: 5, y: 5, width: 30, height: 20, name: "boat", score: 0.9),
          .init(x: 6, y: 6, width: 30, height: 20, name: longNames[0], score: .nan, colour: -2),
          .init(x: -50, y: 70, width: 500, height: 500, name: "outside", colour: 2),
          .init(x: .nan, y: 1, width: .infinity, height: 1, name: "nowhere"),
        ], note: longNames[0])),
    sample(
      "a mask",
      AnnotatedImage(
        picture(20, 10),
        mask: .init(
          width: 5, height: 2, classes: [0, 1, 2, -1, 9, 0, 0, 1, 1, 1],
          names: ["water", "sand", longNames[0]], opacity: .nan))),
    sample(
      "a receptive field",
      AnnotatedImage.receptiveField(
        on: picture(96, 96), x: -8, y: 20, width: 51, height: 51, name: "block_3_add")),
    sample(
      "a receptive field outside",
      AnnotatedImage.receptiveField(
        on: picture(8, 8), x: 100, y: 100, width: 3, height: 3, name: "a")),
    sample("an image without pixels", AnnotatedImage(picture(0, 5))),
    sample(
      "a composition",
      Composition(
        [
          Figure("left", LinePlot(series: [.init("a", y: wave)])),
          Figure(longNames[0], AnnotatedImage(picture(10, 10))), Figure("", Composition([])),
        ], columns: 2)),
  ]
}
