import Commands
import Imagery
import Models
import Tensors
import Testing
import Training

/// What a student does with a network that finds objects: bright discs on dark ground here.
@Suite struct DetectionCommandTests {
  private static func scenes(_ count: Int) throws -> Dataset {
    var stream = RandomStream(seed: 4, name: "discs")
    var (images, annotations): ([Tensor], [Annotation]) = ([], [])
    for index in 0..<count {
      var values = [Float](repeating: 0.1, count: 64 * 64 * 3)
      var boxes: [LabelledBox] = []
      for _ in 0..<(index % 3 + 1) {
        let (side, label) = (stream.integer(below: 12) + 14, stream.integer(below: 2))
        let (x, y) = (stream.integer(below: 64 - side), stream.integer(below: 64 - side))
        for row in y..<y + side {
          for column in x..<x + side { values[(row * 64 + column) * 3 + label] = 0.9 }
        }
        boxes.append(
          LabelledBox(
            Box(
              left: Float(x), top: Float(y), right: Float(x + side), bottom: Float(y + side)),
            label: label))
      }
      images.append(try Tensor(shape: [64, 64, 3], values: values))
      annotations.append(.boxes(boxes))
    }
    return Dataset(
      try MemorySource(
        images: images, annotations: annotations, kind: .boxes, classes: ["red", "green"]),
      name: "discs")
  }

  private static func student() throws -> Student {
    let student = try Student()
    let backbone = try MobileNetV2.network(
      input: [64, 64, 3], alpha: 0.35, includeTop: false, seed: 1)
    let taps = try #require(RetinaNet.Taps(of: backbone))
    let network = try RetinaNet.network(
      backbone: backbone, taps: taps, classes: 2, width: 8, seed: 1)
    let net = NetworkValue(
      network, title: "retinanet", classes: ["red", "green"], anchors: AnchorShapes(scale: 2))
    student.define("net", .object(net))
    student.define("discs", .object(DatasetValue(try scenes(6), student.workspace)))
    return student
  }

  /// Three images with one to three objects each: shared by the batch, each object weighs the same.
  @Test func lossesAreSharedByTheBatchUnlessByImage() throws {
    let student = try Self.student()
    let printed = student.run(
      """
      def first_loss(per_image)
        fit = trainer(net, discs batch: 6 seed: 1 per_image: per_image)
        step fit
        loss = fit.history[0].loss
        rewind fit 1
        return loss
      end
      show first_loss(false) == first_loss(false), first_loss(false) == first_loss(true)
      """)
    #expect(printed.hasSuffix("true\nfalse\n"), "\(printed)")
  }

  @Test func boxesAreFoundAndLookedAt() throws {
    let student = try Self.student()
    let printed = student.run(
      """
      found = detect net discs[0].image threshold: 0 limit: 20
      found
      show found
      show found.count, found[0].name, found[-1].score <= found[0].score, found[0].width > 0
      show found["red"].count + found["green"].count == found.count
      show found.filter(b => b.area > 100).count <= 20, found[0:3].count, found.names.count
      found[0]
      """)
    #expect(!printed.contains("error"), "\(printed)")
    #expect(printed.contains("20 boxes: ") && printed.contains("  … and 4 more"), "\(printed)")
    #expect(printed.contains("figure:") && printed.contains("box "), "\(printed)")
    #expect(printed.contains("\n20\n") && printed.contains("true\n3\n20\n"), "\(printed)")
    // Another size is brought to the network's, and the boxes are back in its pixels.
    #expect(
      student.run(
        "show detect(net, random(200, 100, 3) threshold: 0).filter(b => b.bottom > 64).count > 0")
        == "true\n")
  }

  @Test func resultsAreJudgedAndCounted() throws {
    let student = try Self.student()
    let printed = student.run(
      """
      found = detect(net, discs)
      show found.count, found[2].count <= 100
      show found
      report = average_precision(found)
      report
      show report.ap <= report.ap50, report.by_class.red.ap50 >= 0, report.voc <= 1
      show report.precision_recall
      counts = count_objects(net, discs threshold: 0.9)
      counts
      show counts.observed, counts.estimated, counts.mean_error
      show counts
      show count_objects(found class: "red").observed
      """)
    #expect(!printed.contains("error:"), "\(printed)")
    #expect(printed.contains("detections in 6 images") || printed.contains("6\ntrue\n"))
    #expect(printed.contains("AP50"), "\(printed)")
    // An untrained network is sure of nothing.
    #expect(printed.contains("[1, 2, 3, 1, 2, 3]\n[0, 0, 0, 0, 0, 0]\n-2\n"), "\(printed)")
    #expect(printed.contains("observed 12, estimated 0"), "\(printed)")
    #expect(printed.components(separatedBy: "figure:").count == 4, "\(printed)")
  }

  @Test func anchorsShowTheImbalance() throws {
    let student = try Self.student()
    let printed = student.run(
      """
      facts = anchors(net, discs)
      facts
      show facts
      show facts.background + facts.positive + facts.ignored == facts.count * 6
      show facts.background_share > 0.9, facts.objects, facts.by_level.sum() == facts.positive
      """)
    #expect(printed.contains("true\ntrue\n12\ntrue\n"), "\(printed)")
    #expect(printed.contains("anchors: ") && printed.contains("figure:"), "\(printed)")
  }

  @Test(arguments: [
    ("detect(small_cnn(classes: 2 input: [64, 64, 3]), discs[0].image)", "E0650"),
    ("detect(net, load(\"coast/scenes\" size: 64 count: 2))", "E0597"),
    ("found = detect(net, discs[0].image threshold: 0); found[1000]", "E0652"),
    ("found = detect(net, discs[0].image); found[true]", "E0653"),
    ("found = detect(net, discs); found[6]", "E0654"),
    ("count_objects(net, discs class: \"blue\")", "E0655"),
    ("average_precision(net)", "E0657"),
    ("detect(net, discs[0].image threshold: 2)", "E0314"),
    ("detect(net, random(64, 64, 5))", "E0584"), ("detect(net, random(64))", "E0584"),
    ("anchors(net, load(\"coast/scenes\" size: 64 count: 2))", "E0597"),
  ])
  func mistakes(statement: String, code: String) throws {
    let student = try Self.student()
    #expect(student.errors(statement) == [code], "\(student.run(statement))")
  }
}
