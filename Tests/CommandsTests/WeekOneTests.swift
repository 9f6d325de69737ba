import Commands
import Foundation
import Testing

@Suite struct WeekOneTests {
  private static let setUp = """
    coast = load "coast/scenes" size: 48 count: 32 seed: 3
    training, test = coast.split(0.75)
    net = small_cnn(classes: coast.classes input: [48, 48, 3] filters: 4 dense: 8 dropout: 0)
    fit = trainer(net, training batch: 8 optimizer: adam(rate: 0.01))

    """

  @Test func theTasteOfTheContractRuns() throws {
    let student = try Student()
    let printed = student.run(
      Self.setUp + """
        show net
        step fit
        step fit 3
        rewind fit 2
        train fit epochs: 2 validate: test
        x = test[0].image
        inspect net["conv_2"].output(x)
        show receptive_field(net, "conv_2")
        report = evaluate(net, test)
        show report.confusion
        check "better than nothing" report.accuracy > 0.1 points: 2
        """)
    #expect(!printed.contains("error"), "\(printed)")
    #expect(printed.contains("epoch 1/2"))
    let figures = try FileManager.default.contentsOfDirectory(
      atPath: student.folder.path + "/figures")
    #expect(figures.count == 2)
  }

  /// The contract asks for a block's addition where MobileNetV2 has none.
  @Test func aBlockWithoutAdditionShowsItsEnd() throws {
    let student = try Student()
    let printed = student.run(
      """
      net = mobilenet_v2(classes: 4 alpha: 0.35 input: [96, 96, 3])
      show receptive_field(net, "block_3_add")
      """)
    #expect(printed.contains("`block_3_project_BN`") && printed.contains("figure:"), "\(printed)")
    #expect(student.errors("receptive_field(net, \"block_99_add\")") == ["E0530"])
  }

  /// Going back and forward again must give the same bytes, or no result can be trusted.
  @Test func rewindingIsExact() throws {
    let student = try Student()
    student.run(Self.setUp + "step fit 5;")
    let before = student.run("fit.state.hash")
    student.run("step fit 3; rewind fit 3;")
    #expect(student.run("fit.state.hash") == before)
  }

  /// A folder that cannot be written to must not cost a student the training before the picture.
  @Test func aFigureThatCannotBeKeptIsAWarning() throws {
    let student = try Student()
    student.workspace.figureFiles = FigureFiles(stem: nil, folder: "/dev/null/figures")
    let printed = student.run("show plot([1, 2])\nshow 7")
    #expect(printed.contains("warning: the figure is not kept") && printed.hasSuffix("7\n"))
  }

  @Test func weightsSurviveAFile() throws {
    let student = try Student()
    student.run(Self.setUp + "step fit 2; save net \"HERE/net.safetensors\"")
    let before = student.run("net[\"dense\"].kernel.sum()")
    student.run("step fit 2;")
    #expect(student.run("net[\"dense\"].kernel.sum()") != before)
    student.run("open \"HERE/net.safetensors\" into: net")
    #expect(student.run("net[\"dense\"].kernel.sum()") == before)
  }

  /// What was saved in the middle of a training must go on as if nothing had happened.
  @Test func aTrainingSurvivesAFile() throws {
    let student = try Student()
    student.run(Self.setUp + "step fit 2; save fit \"HERE/fit.ckpt\"; step fit 3;")
    let expected = student.run("fit.state.hash")
    let other = try Student()
    try FileManager.default.copyItem(
      at: student.folder.appendingPathComponent("fit.ckpt"),
      to: other.folder.appendingPathComponent("fit.ckpt"))
    let printed = other.run(Self.setUp + "open \"HERE/fit.ckpt\" into: fit\nstep fit 3;")
    #expect(other.run("fit.state.hash") == expected, "\(printed)")
  }

  @Test func aHeadInTheFileIsLeftOutWhereThereIsNone() throws {
    let student = try Student()
    let printed = student.run(
      """
      whole = mobilenet_v2(classes: 3 alpha: 0.35 input: [32, 32, 3])
      save whole "HERE/whole.safetensors"
      body = mobilenet_v2(alpha: 0.35 input: [32, 32, 3] weights: "HERE/whole.safetensors")
      """)
    #expect(printed.contains("left out") && !printed.contains("error"), "\(printed)")
  }

  /// Weights of one task begin another; only the head may be fresh.
  @Test func anotherHeadStaysFresh() throws {
    let student = try Student()
    let printed = student.run(
      Self.setUp + """
        save net "HERE/net.safetensors"
        two = small_cnn(classes: 2 input: [48, 48, 3] filters: 4 dense: 8 weights: "HERE/net.safetensors")
        """)
    #expect(printed.contains("`predictions/kernel` stays fresh"), "\(printed)")
    #expect(
      student.errors(
        "small_cnn(classes: 4 input: [48, 48, 3] filters: 5 dense: 8 weights: \"HERE/net.safetensors\")"
      )
        == ["E0592"])
  }

  @Test func frozenLayersKeepTheirWeights() throws {
    let student = try Student()
    student.run(Self.setUp + "freeze net to: \"conv_2\"")
    let (frozen, free) = (
      student.run("net[\"conv_1\"].kernel.sum()"), student.run("net[\"conv_3\"].kernel.sum()")
    )
    student.run("step fit 2;")
    #expect(student.run("net[\"conv_1\"].kernel.sum()") == frozen)
    #expect(student.run("net[\"conv_3\"].kernel.sum()") != free)
  }

  @Test func gradientsCanBeLookedAt() throws {
    let student = try Student()
    student.run(Self.setUp + "step fit;")
    #expect(student.run("net.gradient.norm > 0") == "true\n")
    #expect(student.run("net[\"conv_1\"].gradient.kernel.shape") == "[3, 3, 3, 4]\n")
  }

  /// Mistakes that students make, each with its code.
  @Test(arguments: [
    ("net[\"conv_9\"]", "E0530"),
    ("load \"no/such/folder\"", "E0540"),
    ("load \"coast/peple\"", "E0544"),
    ("conv(input(4, 4, 3) filters: 2 kernel: 9)", "E0520"),
    ("mobilenet_v2(classes: 4 input: [8, 8, 3])", "E0520"),
    ("trainer(small_cnn(classes: 2 input: [48, 48, 3]), coast)", "E0582"),
    ("net[\"conv_1\"].output(ones(7, 7, 3))", "E0532"),
    ("rewind fit 9", "E0594"), ("resume fit", "E0595"),
    ("freeze net; step fit", "E0591"),
    ("save net \"weights\"", "E0566"), ("open \"HERE/nothing.safetensors\" into: net", "E0560"),
    ("adam(rate: -1)", "E0580"), ("coast[99]", "E0541"),
    ("augment(coast rotation: 999)", "E0540"),
    ("step fit; save net \"/no/where.safetensors\"", "E0565"),
  ])
  func mistakes(statement: String, code: String) throws {
    let student = try Student()
    student.run(Self.setUp)
    #expect(student.errors(statement) == [code], "\(student.run(statement))")
  }
}
