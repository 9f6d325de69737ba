import TestSupport
import Testing

@Suite struct RealImagesTests {
  /// A folder of one's own photographs, ten lines, and a network that can be trusted: what the first
  /// lesson promises.
  @Test func tenLinesLearnToTellCellsApart() throws {
    guard let folder = Material.folder("data/cells") else {
      print("skipped: the photographs of cells are not here")
      return
    }
    let student = try Student()
    let printed = student.run(
      """
      cells = load "\(folder)" size: 64
      training, test = cells.split(0.8)
      varied = training.augment(flip_vertically: true rotation: 20)
      net = mobilenet_v2(classes: cells.classes alpha: 0.35 input: [64, 64, 3])
      rate = cosine(0.002 epochs: 16 ramp: 1)
      fit = trainer(net, varied batch: 16 optimizer: adam(rate: rate))
      train fit epochs: 16
      report = evaluate(net, test)
      show report.confusion
      show report.accuracy >= 0.95
      """)
    #expect(printed.hasSuffix("true\n"), "\(printed)")
  }
}
