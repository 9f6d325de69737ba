import Commands
import Imagery
import Tensors
import Testing

/// What week 3's student types.
@Suite struct SegmentationTests {
  /// A network that takes bright pixels for sand: the second class's score is 8 · (red − ½).
  private static let setUp = """
    x = input(8, 8, 3)
    net = network(x, conv(x filters: 1 kernel: 1))
    """

  private static func student() throws -> Student {
    let student = try Student()
    let bright = (0..<16 * 12).map { $0 % 12 < 3 ? Float(0.9) : 0.2 }
    let image = try Tensor(shape: [16, 12, 3], values: bright.flatMap { [$0, $0, $0] })
    student.define("picture", .object(TensorValue(image, isImage: true)))
    let mask = Mask(
      height: 16, width: 12, values: bright.enumerated().map { $0 == 5 ? 255 : $1 > 0.5 ? 1 : 0 })
    let data = Dataset(
      try MemorySource(
        images: [image], annotations: [.mask(mask)], kind: .mask, classes: ["water", "dry sand"]),
      name: "beach")
    student.define("data", .object(DatasetValue(data, student.workspace)))
    student.define("found", .object(MaskValue(mask, classes: data.classes, image: image)))
    return student
  }

  @Test func areasCountPixelsAndSquareMetres() throws {
    let student = try Self.student()
    #expect(student.run("found.areas") == "{water: 143, \"dry sand\": 48}\n")
    #expect(student.run("found.area(\"dry sand\" pixel_size: 0.5)") == "12\n")
    #expect(student.run("found.classes") == "[\"water\", \"dry sand\"]\n")
    #expect(student.run("found").contains("unlabelled 0.5 %"))
    #expect(student.errors("found.area(\"sand\")") == ["E0665"])
  }

  @Test func masksAreDrawnWithALegend() throws {
    let student = try Self.student()
    let text = student.run("show overlay(picture, found opacity: 0.4).description")
    #expect(text.contains("Classes: water 74 %, dry sand 25 %."), "\(text)")
    #expect(student.run("show found").contains("mask of 2 classes"))
    #expect(student.errors("overlay(zeros(8, 8, 3), found)") == ["E0664"])
    #expect(student.errors("overlay(zeros(1, 1, 3), tensor([[0.5]]))") == ["E0669"])
  }

  @Test func segmentGivesAMaskOfTheImagesSize() throws {
    let student = try Self.student()
    student.run(Self.setUp)
    #expect(student.run("segment(net, picture).shape") == "[16, 12]\n")
    #expect(
      student.run("segment(net, picture fit: \"tiles\").probabilities.shape") == "[16, 12, 2]\n")
    #expect(student.run("segment(net, picture threshold: 0).areas.values()[1]") == "192\n")
    #expect(student.run("segment(net, picture threshold: 1).areas.values()[0]") == "192\n")
    #expect(student.errors("segment(net, zeros(8, 8, 1))") == ["E0584"])
    #expect(
      student.errors("segment(small_cnn(classes: 2 input: [64, 64, 3]), picture)") == ["E0663"])
  }

  @Test func refinedMasksFollowTheImage() throws {
    let student = try Self.student()
    student.run("better = refine(found)")
    #expect(student.run("better.areas") == "{water: 144, \"dry sand\": 48}\n")
    #expect(student.run("better.divergence < 0") == "true\n")
    #expect(student.errors("refine(better.probabilities)") == ["E0666"])
    #expect(student.run("refine(better.probabilities, picture) == better") == "false\n")
    #expect(student.errors("refine(found, zeros(3, 3, 3))") == ["E0664"])
  }

  @Test func reportsHaveTheUsualNumbers() throws {
    let student = try Self.student()
    student.run(Self.setUp)
    student.run("report = mean_iou(net, data)")
    #expect(student.run("report.count") == "1\n")
    #expect(student.run("report.mean_iou <= report.dice") == "true\n")
    #expect(student.run("report.iou_by_class.keys()") == "[\"water\", \"dry sand\"]\n")
    #expect(student.run("report.counts[0].sum() + report.counts[1].sum()") == "191\n")
    #expect(student.run("show report.confusion").contains("figure"))
  }

  @Test func masksAreDrawnAsLabelledAndAsFound() throws {
    let student = try Self.student()
    student.run(Self.setUp)
    let figure = student.run("show predictions(net, data).description")
    #expect(figure.contains("as labelled"), "\(figure)")
    // Whatever the random kernel finds, the caption says as much of it is right as a report does.
    let report = student.run("mean_iou(net, data)").split(separator: "\n")[0]
    let accuracy = try #require(report.split(separator: "pixel accuracy ").last)
    #expect(figure.contains("found: \(accuracy) right"), "\(figure)")
    #expect(student.run("data").contains("masks of water, dry sand"))
    #expect(student.run("predict(net, picture)").contains("`segment`"))
  }

  @Test func ensemblesNeedNetworks() throws {
    let student = try Self.student()
    student.run(Self.setUp)
    #expect(student.errors("ensemble([], picture)") == ["E0667"])
    #expect(student.run("ensemble([net, net], picture by: \"refined\").shape") == "[16, 12]\n")
  }

  @Test(arguments: [
    ("dice() + 0.5 * binary_cross_entropy()", "loss dice() + 0.5 * binary_cross_entropy()\n"),
    ("(dice() + hinge()) / 2", "loss 0.5 * dice() + 0.5 * hinge()\n"),
    ("dice() + dice()", "loss 2 * dice()\n"),
    ("focal(alpha: 0.25 gamma: 2) * 3", "loss 3 * focal(alpha: 0.25 gamma: 2)\n"),
    ("dice() == dice()", "true\n"), ("dice() == hinge()", "false\n"),
  ])
  func lossesAddUp(statement: String, printed: String) throws {
    #expect(try Student().run(statement) == printed)
  }

  @Test(arguments: ["0 * dice()", "dice() * 1e9", "dice() / 0", "-2 * hinge()"])
  func lossesHaveSensibleFactors(statement: String) throws {
    #expect(try Student().errors(statement) == ["E0660"])
  }
}
