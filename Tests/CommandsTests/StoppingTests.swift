import Testing

/// Ctrl-C in a loop of slow commands: the evaluator alone would notice only after hundreds of them,
/// and a student would wait for minutes.
@Suite struct StoppingTests {
  @Test(arguments: [
    "for i in 0..50 show i end",
    "for sample in coast show sample.label end",
    "coast.map(sample => show(sample.label))",
    "for i in 0..50 show net[\"conv_1\"].output(x).shape end",
  ])
  func aLoopEndsAtOnce(loop: String) throws {
    let student = try Student()
    student.run(
      """
      coast = load "coast/scenes" size: 48 count: 40
      x = zeros(48, 48, 3)
      net = small_cnn(classes: coast.classes input: [48, 48, 3] filters: 4 dense: 8)
      """)
    student.stop(afterLines: 3)
    #expect(student.run(loop).contains("interrupted"))
    #expect(student.output.count { $0 == "\n" } == 3, "\(student.output)")
  }

  @Test(arguments: [
    "mean_images(coast)", "coast.batches(2)", "predictions(net, coast)", "show coast",
  ])
  func longWorkEnds(statement: String) throws {
    let student = try Student()
    student.run(
      """
      coast = load "coast/scenes" size: 48 count: 8
      net = small_cnn(classes: coast.classes input: [48, 48, 3] filters: 4 dense: 8)
      """)
    var looks = 0
    student.workspace.checkpoint = { [unowned student] in
      looks += 1
      if looks == 3 { try student.stop() }
    }
    #expect(student.errors(statement) == ["E0407"])
    #expect(looks == 3)
  }

  /// After a script there is nothing to go on with: its variables end with it.
  @Test(arguments: ["train fit", "step fit"])
  func onlyThePromptPromisesToGoOn(statement: String) throws {
    let student = try Student()
    student.run(
      """
      coast = load "coast/scenes" size: 48 count: 8
      net = small_cnn(classes: coast.classes input: [48, 48, 3] filters: 4 dense: 8)
      fit = trainer(net, coast batch: 2)
      """)
    // Pressed during the first step, as the commands look for it.
    student.workspace.interruptCount = { 1 }
    #expect(!student.run(statement).contains("goes on"), "\(student.output)")
    student.workspace.canGoOn = true
    #expect(student.run(statement).contains("goes on"), "\(student.output)")
  }
}
