import Testing

/// The networks of weeks 2 to 4 as a student builds them.
@Suite struct ModelCommandTests {
  /// The rule that the help states: one name is that class against the rest.
  @Test(arguments: [
    ("classes: [\"reef\"]", "[32, 32, 1]"), ("classes: [\"water\", \"sand\"]", "[32, 32, 2]"),
    ("classes: 1", "[32, 32, 1]"), ("classes: 4", "[32, 32, 4]"), ("width: 2", "[32, 32, 1]"),
  ]) func aClassForEachPixel(_ arguments: String, _ shape: String) throws {
    let student = try Student()
    for model in ["unet", "residual_unet"] {
      let printed = student.run("\(model)(\(arguments) input: [32, 32, 3]).output")
      #expect(printed == shape + "\n", "\(model): \(printed)")
    }
  }

  @Test func aDetectorShowsBothOutputs() throws {
    let student = try Student()
    student.run(
      """
      body = mobilenet_v2(alpha: 0.35 input: [64, 64, 3])
      net = retinanet(body, classes: ["person", "dog"] width: 8)
      """)
    #expect(student.run("net.output") == "[[774, 2], [774, 4]]\n")
    #expect(student.run("net.classes") == "[\"person\", \"dog\"]\n")
    #expect(student.run("net.preprocessing") == "\"symmetric\"\n")
    let summary = student.run("net")
    #expect(summary.contains("64×64×3 → 774×2 and 774×4"), "\(summary)")
    let table = student.run("show net")
    #expect(table.contains("8×8×8 (first of 5)"), "\(table)")
    #expect(student.run("net[\"class_out\"]").contains("(first of 5)"))
    // The body's weights are in it.
    #expect(
      student.run("(net[\"Conv1\"].kernel - body[\"Conv1\"].kernel).abs().max()") == "0\n")
    #expect(student.run("net[\"class_out\"].output(random(64, 64, 3)).shape") == "[8, 8, 18]\n")
  }

  @Test func backbonesAndTheirTaps() throws {
    let student = try Student()
    let build = """
      x = input(64, 64, 3)
      a = conv(x filters: 4 kernel: 3 stride: 8 padding: "same" name: "a")
      b = conv(a filters: 4 kernel: 3 stride: 2 padding: "same" name: "b")
      c = conv(b filters: 4 kernel: 3 stride: 2 padding: "same" name: "c")
      body = network(x, c);

      """
    #expect(student.errors(build + "retinanet(body, classes: 1)") == ["E0535"])
    #expect(student.errors("retinanet(body, classes: 1 taps: [\"a\", \"b\"])") == ["E0535"])
    #expect(student.errors("retinanet(body, classes: 1 taps: [\"a\", \"b\", \"d\"])") == ["E0530"])
    #expect(student.errors("retinanet(body, classes: 1 taps: [\"a\", \"b\", \"b\"])") == ["E0520"])
    #expect(
      student.run("retinanet(body, classes: 1 width: 4 taps: [\"a\", \"b\", \"c\"]).output")
        == "[[774, 1], [774, 4]]\n")
    #expect(student.errors("retinanet(classes: 1)") == ["E0536"])
    #expect(student.errors("retinanet(body, classes: 1 input: [96, 96, 3])") == ["E0537"])
    #expect(student.errors("retinanet(\"resnet50\", classes: 1 input: [90, 96, 3])") == ["E0520"])
  }

  @Test func embeddingsOnTheirOwnOrOnATrunk() throws {
    let student = try Student()
    #expect(student.run("embedding(dimension: 8 input: [64, 64, 3]).parameters") == "94280\n")
    #expect(
      student.run("embedding(dimension: 16 input: [64, 64, 3] size: \"large\").parameters")
        == "392528\n")
    #expect(student.errors("embedding(dimension: 8)") == ["E0536"])
    #expect(
      student.run(
        "net = embedding(dimension: 3 input: [32, 32, 3] normalize: true); "
          + "net[\"embedding_normalize\"].output(random(32, 32, 3)).norm().round(digits: 3)")
        == "1\n")
  }

  @Test func theCodeOfAnImage() throws {
    let student = try Student()
    let printed = student.run(
      """
      net = autoencoder(dimension: 5 input: [16, 16, 3] filters: [4, 8])
      net["code"].output(random(16, 16, 3)).shape
      net.output
      """)
    #expect(printed == "[5]\n[16, 16, 3]\n")
    #expect(student.errors("autoencoder(input: [18, 16, 3])") == ["E0520"])
  }

  @Test func preprocessingThatDoesNotFitTheBands() throws {
    let student = try Student()
    let build = "resnet50(classes: 2 input: [32, 32, 4]"
    #expect(student.run(build + ").preprocessing") == "\"symmetric\"\n")
    let printed = student.run(build + " preprocessing: \"caffe\")")
    #expect(printed.contains("E0530") && printed.contains("has 4"), "\(printed)")
  }

  /// Masks get a new head as classes do; a network of two outputs has no one last layer.
  @Test func newHeads() throws {
    let student = try Student()
    #expect(
      student.run(
        "new_head(unet(classes: 2 input: [32, 32, 3] width: 2 depth: 2), [\"a\", \"b\", \"c\"]).output"
      ) == "[32, 32, 3]\n")
    #expect(
      student.errors(
        "x = input(8, 8, 1); y = conv(x filters: 1 kernel: 1); "
          + "new_head(network(x, [y, conv(y filters: 1 kernel: 1)]), 2)") == ["E0533"])
    #expect(student.errors("new_head(autoencoder(input: [16, 16, 1]), 2)") == ["E0533"])
  }

  @Test func shapesOfSymbols() throws {
    let student = try Student()
    student.run("x = input(8, 8, 18)")
    #expect(student.run("x.reshape(-1, 2).shape") == "[576, 2]\n")
    #expect(
      student.run("concatenate([x.reshape(-1, 2), x.reshape(-1, 2)] axis: 0).shape")
        == "[1152, 2]\n")
    #expect(student.run("concatenate([x, x]).shape") == "[8, 8, 36]\n")
    #expect(student.run("concatenate([ones(1, 2), ones(3, 2)]).shape") == "[4, 2]\n")
    #expect(student.errors("x.reshape(-1, 5)") == ["E0520"])
    #expect(student.errors("concatenate([x, x] axis: 4)") == ["E0520"])
  }
}
