import Language
import Testing

@Suite("Layout") struct FormatterTests {
  private static let cases: [(String, String)] = [
    ("x = 1   \n\n\n\n\ny = 2\n\n", "x = 1\n\n\ny = 2\n"),
    (
      "for i in 0..2\nif i == 1\n      show i\nelse\n\tshow 0\nend\n  end\n",
      "for i in 0..2\n  if i == 1\n    show i\n  else\n    show 0\n  end\nend\n"
    ),
    ("def f(x)\nreturn x\nend", "def f(x)\n  return x\nend\n"),
    ("try\nx = 1 // 0\ncatch p\nshow p\nend", "try\n  x = 1 // 0\ncatch p\n  show p\nend\n"),
    ("x = [\n1,\n[2,\n3],\n]\n", "x = [\n  1,\n  [2,\n    3],\n]\n"),
    ("x = 1 +\n2\ny = 3", "x = 1 +\n  2\ny = 3\n"),
    (
      "s = \"\"\"\n  a  \n b\n\"\"\"\nif true\ns\nend",
      "s = \"\"\"\n  a  \n b\n\"\"\"\nif true\n  s\nend\n"
    ),
    (
      "#!/usr/bin/env conch\n#%% A [markdown]\n# text\n#   - item\n#%% B\nif a\n# why\nb\nend",
      "#!/usr/bin/env conch\n#%% A [markdown]\n# text\n#   - item\n#%% B\nif a\n  # why\n  b\nend\n"
    ),
    ("f(a,\nb: 1\nc: 2)", "f(a,\n  b: 1\n  c: 2)\n"),
    ("x = 1 if a else 2\nif a show 1 end", "x = 1 if a else 2\nif a show 1 end\n"),
    ("", ""),
  ]

  @Test("Blocks and continued lines are indented; texts and comments stay", arguments: cases)
  func layout(_ text: String, _ expected: String) throws {
    let once = try #require(Formatter.formatted(Source(name: "a", text: text)))
    #expect(once == expected)
    #expect(Formatter.formatted(Source(name: "a", text: once)) == once)
  }

  @Test("A source with mistakes is left alone", arguments: ["if a", "x = = 1", "end", "\"a"])
  func mistakes(_ text: String) {
    #expect(Formatter.formatted(Source(name: "a", text: text)) == nil)
  }
}
