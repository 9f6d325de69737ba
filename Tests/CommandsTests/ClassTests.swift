import Testing

/// Outputs of a network stand for classes by their place: a dataset with others, or in another
/// order, would be judged under wrong names, and no number would show it.
@Suite struct ClassTests {
  private static let setUp = """
    coast = load "coast/scenes" size: 48 count: 16
    net = small_cnn(classes: coast.classes input: [48, 48, 3] filters: 4 dense: 8)
    turned = coast.regroup({rocky: ["rocky"], beach: ["beach"], marsh: ["marsh"], developed: ["developed"]})

    """

  @Test(arguments: [
    "evaluate(net, turned)", "trainer(net, turned)", "train trainer(net, coast) validate: turned",
  ])
  func otherClassesAreRefused(statement: String) throws {
    let student = try Student()
    student.run(Self.setUp)
    #expect(student.errors(statement) == ["E0574"])
  }

  /// A network made for a number of classes has no names that could be wrong.
  @Test func aNetworkWithoutNamesTakesAnyOfTheNumber() throws {
    let student = try Student()
    student.run(Self.setUp)
    #expect(
      student.errors("evaluate(small_cnn(classes: 4 input: [48, 48, 3]), turned);").isEmpty)
    #expect(student.errors("trainer(new_head(net, turned.classes), turned);").isEmpty)
  }

  @Test(arguments: [
    ("[1, 1, 1, -1]", ["E0573"]), ("[0, 0, 0, 0]", ["E0573"]), ("[1, 1, 1, 1e300]", ["E0573"]),
    ("{beach: 1}", ["E0572"]), ("[1, 1]", ["E0585"]), ("[0, 1, 2, 0.5]", []),
    ("class_weights(coast)", []),
  ])
  func weightsAreChecked(weights: String, codes: [String]) throws {
    let student = try Student()
    student.run(Self.setUp)
    #expect(student.errors("trainer(net, coast class_weights: \(weights));") == codes)
  }
}
