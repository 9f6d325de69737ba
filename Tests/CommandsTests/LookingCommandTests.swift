import Foundation
import Testing

/// The looks inside a network, as a student asks for them.
@Suite struct LookingCommandTests {
  private static let models = [
    "small_cnn(classes: 3 input: [48, 48, 3])",
    "mobilenet_v2(classes: 3 alpha: 0.35 input: [48, 48, 3])",
    "resnet50(classes: 3 input: [48, 48, 3])",
    "retinanet(\"mobilenet_v2\" classes: 1 input: [64, 64, 3] width: 16)",
    "unet(classes: 3 input: [32, 32, 3] width: 4 depth: 3)",
    "residual_unet(classes: 3 input: [32, 32, 3] width: 4)",
    "embedding(dimension: 4 input: [32, 32, 3])",
    "autoencoder(dimension: 4 input: [16, 16, 3] filters: [4, 8])",
  ]

  /// What is counted block by block is what the network counts layer by layer.
  @Test(arguments: models) func costsAddUp(model: String) throws {
    let student = try Student()
    #expect(student.run("net = \(model)\nc = cost net") == "")
    #expect(
      student.run(
        """
        show c.multiplications == net.multiplications, c.parameters == net.parameters
        show c.layers.map(l => l.multiplications).sum() == net.multiplications
        show c.layers.map(l => l.parameters).sum() == net.parameters
        """) == "true\ntrue\ntrue\ntrue\n")
    #expect(student.run("show cost(net)").contains("figures"))
    #expect(student.run("show diagram(net)").contains("block"))
    #expect(student.run("explain net").contains("sees"))
    #expect(student.run("inspect net").contains("gradient"))
  }

  @Test func sharingWeightsSavesWhatArithmeticSays() throws {
    let student = try Student()
    student.run(
      "d = dense_equivalent(small_cnn(classes: 2 input: [64, 64, 3] filters: 8)[\"conv_1\"])")
    // 3×3 windows over 3 channels at 62×62 places, 8 filters, each with a bias.
    let (places, window) = (62 * 62, 27)
    #expect(
      student.run("show d.shared.weights, d.local.weights, d.dense.weights")
        == "\(8 * (window + 1))\n\(places * 8 * (window + 1))\n"
        + "\(64 * 64 * 3 * places * 8 + places * 8)\n")
    #expect(student.run("show d.local.multiplications") == "\(places * 8 * window)\n")
    #expect(
      student.errors("dense_equivalent(small_cnn(classes: 2 input: [64, 64, 3])[\"dense\"])")
        == ["E0747"])
    #expect(student.errors("dense_equivalent(conv(filters: 3 kernel: 3))") == ["E0747"])
  }

  @Test func anythingCanBeInspected() throws {
    let student = try Student()
    student.run(
      """
      coast = load "coast/scenes" size: 48 count: 8
      net = small_cnn(classes: coast.classes input: [48, 48, 3] filters: 4 dense: 8)
      fit = trainer(net, coast batch: 4)
      step fit 3
      """)
    for value in [
      "3", "\"sand\"", "[1, 2, 5]", "[1, \"a\"]", "[]", "{a: 1}", "1..4", "x => x", "coast",
      "coast[0]", "coast[0].image", "net", "net[\"conv_1\"]", "net.gradient", "fit", "random(3)",
      "zeros(2, 2, 8)", "zeros(0)", "evaluate(net, coast)", "adam()", "cost(net)",
    ] {
      let output = student.run("inspect(\(value))")
      #expect(!output.contains("error") && !output.isEmpty, "\(value): \(output)")
    }
    #expect(student.run("inspect(zeros(2, 2, 8))").contains("8 of 8 channels are 0 everywhere"))
    let output = student.run("inspect net[\"conv_2_relu\"] on: coast channel: 2 count: 3")
    #expect(output.contains("over 8 images") && output.contains("3 images"), "\(output)")
    #expect(student.errors("inspect net[\"conv_2\"] on: coast channel: 99") == ["E0751"])
    #expect(student.errors("inspect net on: coast") == ["E0752"])
  }

  @Test func evidenceIsDrawnForTheClassThatIsAskedFor() throws {
    let student = try Student()
    student.run(
      """
      coast = load "coast/scenes" size: 48 count: 4
      net = small_cnn(classes: coast.classes input: [48, 48, 3] filters: 4 dense: 8)
      x = coast[0].image
      """)
    #expect(student.run("class_map(net, x class: \"marsh\").title").contains("marsh"))
    #expect(student.run("occlude(net, x class: 0 size: 24).title").contains("beach"))
    #expect(student.errors("class_map(net, x class: \"moon\")") == ["E0750"])
    #expect(student.errors("class_map(net, x layer: \"dense\")") == ["E0753"])
    #expect(student.errors("class_map(net, zeros(20, 20, 3))") == ["E0532"])
    #expect(student.errors("occlude(net, zeros(2, 48, 48, 3))") == ["E0749"])
    // Of a network for masks, all pixels of a class together; a detector has no such score.
    student.run("seg = unet(classes: [\"sand\", \"sea\"] input: [32, 32, 3] width: 4 depth: 3)")
    #expect(student.run("class_map(seg, zeros(32, 32, 3) class: \"sea\").title").contains("sea"))
    student.run("det = retinanet(\"mobilenet_v2\" classes: 1 input: [64, 64, 3] width: 16)")
    #expect(student.errors("class_map(det, zeros(64, 64, 3))") == ["E0583"])
    #expect(student.run("explain net x").contains("The answer"))
    #expect(student.run("explain det zeros(64, 64, 3)").contains("figures"))
    #expect(student.run("explain net[\"conv_1\"]").contains("sees 3×3 pixels"))
  }
}
