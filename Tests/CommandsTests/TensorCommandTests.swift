import Testing

@Suite struct TensorCommandTests {
  /// What a student types, and the line it must print.
  @Test(arguments: [
    ("tensor([[1, 2], [3, 4]])[0, 1]", "2"),
    ("(tensor([[1, 2], [3, 4]]) @ tensor([[1], [1]]))[1, 0]", "7"),
    ("(ones(2, 3) * 4).sum()", "24"),
    ("ones(4, 5, 6)[0, ..., -1].shape", "[5]"),
    ("tensor([1, 2, 3, 4])[::2].shape", "[2]"),
    ("(tensor([7, -7]) // 2)[1]", "-4"),
    ("(tensor([7, -7]) % 3)[1]", "2"),
    ("tensor([3, 4]).norm()", "5"),
    ("tensor([[1, 5], [9, 2]]).argmax()", "2"),
    ("tensor([[1, 5], [9, 2]]).max(axis: 0)[1]", "5"),
    ("where(tensor([-1, 2]) > 0, 1, 0)[0]", "0"),
    ("concatenate([zeros(1, 2), ones(3, 2)]).shape", "[4, 2]"),
    ("stack([zeros(2), ones(2)], axis: 1).shape", "[2, 2]"),
    ("relu(tensor([-3, 3]))[0]", "0"),
    ("softmax(tensor([1, 1]))[0]", "0.5"),
    ("abs(tensor([-3, 3]))[0]", "3"),
    ("tensor([1, 2]) == tensor([1, 2])", nil),
  ])
  func statements(statement: String, expected: String?) throws {
    let printed = try Student().run(statement)
    if let expected { #expect(printed == expected + "\n", "\(statement) gave \(printed)") }
    #expect(!printed.contains("error"), "\(printed)")
  }

  /// Every mistake has a code of its own and changes nothing; none may end the process.
  @Test(arguments: [
    ("ones(2, 3) + ones(4)", "E0505"), ("ones(2, 3)[5]", "E0508"), ("ones(2)[0, 0]", "E0509"),
    ("ones(2, 3).reshape(4)", "E0512"), ("zeros(100000, 100000, 1000)", "E0503"),
    ("tensor([[1, 2], [3]])", "E0516"), ("tensor([\"a\"])", "E0517"),
    ("ones(2, 3).sum(axis: 7)", "E0507"), ("ones(2)[0.5]", "E0501"),
  ])
  func mistakes(statement: String, code: String) throws {
    #expect(try Student().errors(statement) == [code], "\(statement)")
  }

  /// The same seed must give the same numbers, and drawing elsewhere must not shift a stream.
  @Test func randomNumbersFollowTheSeed() throws {
    let (one, other) = (try Student(), try Student())
    one.workspace.seed = 7
    other.workspace.seed = 7
    other.run("random_normal(100);")
    #expect(one.run("random(3)") == other.run("random(3)"))
    #expect(one.run("random(3)") != one.run("random(3)"))
  }
}
