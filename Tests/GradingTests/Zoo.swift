import Foundation

/// Submissions that try to break the grader, to reach what they may not, or to earn what they did not
/// do; and what each of them must get.
enum Zoo {
  struct Animal: Sendable {
    let name: String
    let script: [UInt8]
    /// The statuses of the checks, as `GradeResult.marks` writes them.
    let marks: String
    /// What the way in which the script ended begins with; nil for anything.
    let ending: String?
    /// What one of the notes contains.
    let note: String?

    init(
      _ name: String, _ script: [UInt8], marks: String, ending: String? = nil, note: String? = nil
    ) {
      self.name = name
      self.script = script
      self.marks = marks
      self.ending = ending
      self.note = note
    }

    init(
      _ name: String, _ script: String, marks: String, ending: String? = nil, note: String? = nil
    ) {
      self.init(name, Array(script.utf8), marks: marks, ending: ending, note: note)
    }
  }

  static let rubric = """
    assignment "Zoo" sheet: "sheet.conch" data: ["data"] seconds: 1.5 check_seconds: 1 memory: 400 statements: 3000000
    check "double" answers.double(21) == 42 points: 2 hint: "Twice as much."
    check "words" same(answers.words, ["sand", "rock"])
    check "sum" same(answers.total.sum, 6) points: 1
    check "double of another number" answers.double(4) == 8 points: 2 visibility: "hidden"
    check "both" answers.double(1) == 2 needs: ["double", "words"]
    """

  static let setup = """
    #%% Setup id="setup" locked=true
    numbers = [1, 2, 3]

    """
  static let double = """
    #%% Double id="q1" points=2
    def double(x)
      return 2 * x
    end

    """
  static let words = """
    #%% Words id="q2" points=1
    words = ["sand", "rock"]

    """
  static let total = """
    #%% Sum id="q3" points=1
    total = tensor(numbers)

    """
  static let good = setup + double + words + total

  static let sheet =
    setup + """
      #%% Double id="q1" points=2
      def double(x)
        return …
      end

      #%% Words id="q2" points=1
      words = …

      #%% Sum id="q3" points=1
      total = …

      """

  /// A function in place of `double`.
  private static func doubling(_ body: String, before: String = "") -> String {
    setup + "#%% Double id=\"q1\" points=2\n\(before)\ndef double(x)\n\(body)\nend\n\n" + words
      + total
  }

  /// Statements before everything that earns points.
  private static func first(_ statements: String) -> String {
    setup + "#%% Mine\n\(statements)\n" + double + words + total
  }

  private static func last(_ statements: String) -> String {
    good + "#%% Mine\n\(statements)\n"
  }

  private static func replacing(_ old: String, _ new: String) -> String {
    good.replacingOccurrences(of: old, with: new)
  }

  static let animals: [Animal] = loops + memory + forgeries + shapes + files + cells + spies

  // MARK: What does not end

  private static let loops = [
    Animal("loop first", first("while true\n  x = 1\nend"), marks: "lllls", ending: "limit"),
    Animal("loop last", last("while true\n  x = 1\nend"), marks: "+++++", ending: "limit"),
    Animal(
      "loop that catches", last("while true\n  try\n    fail \"no\"\n  catch p\n    p\n  end\nend"),
      marks: "+++++"),
    Animal("loop in function", doubling("  while true\n    x += 1\n  end"), marks: "l++ls"),
    Animal("recursion", doubling("  return double(x + 1)"), marks: "l++ls"),
    Animal(
      "recursion through map", doubling("  return [x].map(y => double(y))[0]"), marks: "l++ls"),
    Animal(
      "slow products", last("x = random(400, 400)\nwhile true\n  x = x @ x\nend"), marks: "+++++",
      ending: "timeout"),
    Animal(
      "slow products first", first("x = random(400, 400)\nwhile true\n  x = x @ x\nend"),
      marks: "tttts", ending: "timeout"),
    Animal(
      "one endless product",
      doubling(
        "  y = zeros(2500, 2500)\n  return (\(Array(repeating: "y", count: 24).joined(separator: " @ "))).sum + 2 * x"
      ), marks: "t++ts"),
  ]

  // MARK: What needs too much

  private static let memory = [
    Animal("long text", last("s = \"a\"\nwhile true\n  s = s + s\nend"), marks: "+++++"),
    Animal("long list", last("xs = [1]\nwhile true\n  xs = xs + xs\nend"), marks: "+++++"),
    Animal(
      "many texts", last("xs = []\nwhile true\n  xs += [\"{xs.count}\" * 100000]\nend"),
      marks: "+++++"),
    Animal(
      "huge tensor", first("x = zeros(100000, 100000)"), marks: "+++++", ending: "with errors"),
    Animal(
      "many tensors", last("xs = []\nwhile true\n  xs += [random(1000, 1000)]\nend"),
      marks: "+++++", ending: "with errors"),
    Animal(
      "memory in function",
      doubling("  xs = []\n  while true\n    xs += [zeros(1000, 1000) + 1]\n  end"), marks: "l++ls"),
    Animal(
      "answer too large",
      replacing("words = [\"sand\", \"rock\"]", "words = (0..1500000).map(i => i)"),
      marks: "+l++s"),
    Animal(
      "long answer",
      replacing("words = [\"sand\", \"rock\"]", "words = [\"sand\", \"r\" * 20000000]"),
      marks: "+l++s"),
    Animal(
      "deep answer",
      replacing(
        "words = [\"sand\", \"rock\"]",
        "words = []\nwhile true\n  words = [words]\nend"), marks: "+-++s"),
    Animal(
      "nan storm",
      doubling("  return 0 * x * infinity").replacingOccurrences(
        of: "total = tensor(numbers)", with: "total = log(tensor([0, 0 - 1, 0]) * 1e38)"),
      marks: "-+--s"),
    Animal(
      "flood", last("while true\n  show \"all work and no play\"\nend"), marks: "+++++"),
    Animal(
      "many figures", last("while true\n  show plot([1, 2, 3])\nend"), marks: "+++++",
      ending: "timeout"),
    Animal(
      "many files",
      last("i = 0\nwhile true\n  save tensor([1]) \"t{i}.safetensors\"\n  i += 1\nend"),
      marks: "+++++"),
    Animal(
      "large file", last("while true\n  save zeros(2000, 2000) \"t.safetensors\"\nend"),
      marks: "+++++", ending: "with errors"),
  ]

  // MARK: What was not earned

  private static let forgeries = [
    Animal(
      "forged output",
      setup
        + "show \"\"\"\\{\"tests\": [\\{\"name\": \"double\", \"score\": 2, \"status\": \"passed\"}]}\"\"\"\n",
      marks: "....s"),
    Animal(
      "forged events",
      setup
        + "show \"\"\"\\{\"event\":\"check\",\"title\":\"double\",\"passed\":true,\"points\":2,\"visibility\":\"visible\",\"line\":1}\"\"\"\n",
      marks: "....s"),
    Animal(
      "own checks",
      setup + "check \"double\" true points: 1000\ncheck \"words\" true points: 1000\n",
      marks: "....s"),
    Animal(
      "forged files",
      setup + "#%% Mine\nsave tensor([1]) \"../results/forged files/results.safetensors\"\n",
      marks: "eeees", ending: "with errors"),
    Animal(
      "absolute file", last("save tensor([1]) \"/tmp/conch-zoo.safetensors\""), marks: "+++++",
      ending: "with errors"),
    Animal(
      "early exit", setup + "#%% Mine\nquit\n" + double + words + total, marks: "....s",
      ending: "finished"),
    Animal("exit in function", doubling("  quit\n  return 2 * x"), marks: "e++es"),
    Animal(
      "names of the grader",
      last(
        "grading_answer = 42\ngrading_argument_1 = 1\nanswers = {}\nconch = 3\nsubmission = 4\nshown = []\n"
      ),
      marks: "+++++"),
    Animal(
      "other commands",
      last("same = (a, b) => true\nkind = x => \"number\"\nsum = x => 6\nmap = 3\ntensor = 4\n"),
      marks: "+++++"),
    Animal("equal to all", doubling("  return {equal: true}"), marks: "-++-s"),
    Animal(
      "function as answer", replacing("words = [\"sand\", \"rock\"]", "words = x => x"),
      marks: "+-++s"),
    Animal(
      "network as answer",
      replacing(
        "total = tensor(numbers)",
        "i = input(4, 4, 1)\ntotal = network(i, conv(i filters: 2 kernel: 3))"),
      marks: "++e++"),
    Animal("wrong kind", doubling("  return \"42\""), marks: "-++-s"),
    Animal("error in function", doubling("  return [1][x]"), marks: "e++es"),
  ]

  // MARK: What is hardly a script

  private static let shapes = [
    Animal("empty", "", marks: "....s", note: "missing"),
    Animal("untouched", sheet, marks: "....s"),
    Animal("syntax error", good + "\nx = (1\n", marks: "++e++"),
    Animal("deep nesting", good + "x = " + String(repeating: "(", count: 100_000), marks: "++e++"),
    Animal(
      "deep blocks", good + String(repeating: "if true\n", count: 50_000), marks: "++e++"),
    Animal(
      "long chain", good + "x = 1" + String(repeating: " + 1", count: 200_000), marks: "++e++"),
    Animal(
      "not UTF-8", Array(good.utf8) + [0x78, 0x20, 0x3D, 0x20, 0x22, 0xFF, 0xFE, 0x22, 10],
      marks: "eeees"),
    Animal("NUL", Array(good.utf8) + [0x78, 0, 0x3D, 0x20, 0x31, 10], marks: "++e++"),
    Animal("CRLF", good.replacingOccurrences(of: "\n", with: "\r\n"), marks: "+++++"),
    Animal("CR", good.replacingOccurrences(of: "\n", with: "\r"), marks: "+++++"),
    Animal("byte order mark", "\u{FEFF}" + good, marks: "+++++"),
    Animal(
      "binary",
      [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0]
        + (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 7919) },
      marks: "eeees"),
    Animal("many cells", good + String(repeating: "#%% more\n", count: 100_000), marks: "+++++"),
    Animal("many names", good + (0..<70_000).map { "v\($0) = 1\n" }.joined(), marks: "eeees"),
    Animal(
      "terminal escapes",
      last("show \"\\u{1b}]0;owned\\u{7}\\u{1b}[2J\\u{9b}31m\"\nfail \"\\u{1b}[31mred\\u{202e}\""),
      marks: "+++++"),
    Animal(
      "markup",
      replacing(
        "words = [\"sand\", \"rock\"]",
        "words = [\"</pre><script>alert(1)</script>\", \"]]>&<!--\"]\nshow words[0]\nshow plot([1, 2] title: \"<script>alert(2)</script>\")"
      ),
      marks: "+-++s"),
    Animal(
      "markup in titles",
      good
        + "#%% <script>alert(3)</script> id=\"<b>\" points=1\nfail \"<img src=x onerror=alert(4)>\"\n",
      marks: "+++++"),
  ]

  // MARK: What reaches for files

  private static let files = [
    Animal(
      "reads passwords", last("x = open \"/etc/passwd\""), marks: "+++++", ending: "with errors"),
    Animal(
      "reads the rubric", first("x = load \"../test.rubric\"\nshow x"), marks: "+++++",
      ending: "with errors"),
    Animal(
      "reads its environment", last("x = open \"/proc/self/environ\""), marks: "+++++",
      ending: "with errors"),
    Animal(
      "climbs", last("x = open \"data/../../test.rubric\""), marks: "+++++", ending: "with errors"),
    Animal("lists folders", last("x = load \"/\""), marks: "+++++", ending: "with errors"),
    Animal(
      "writes to the data", last("save tensor([1]) \"data/new.safetensors\""), marks: "+++++",
      ending: "with errors"),
    Animal(
      "reads its data", first("x = open \"data/good.safetensors\"\nshow x.tensor.sum"),
      marks: "+++++",
      ending: "finished"),
    Animal(
      "broken weights", last("x = open \"data/broken.safetensors\""), marks: "+++++",
      ending: "with errors"),
    Animal(
      "weights of the wrong length", last("x = open \"data/short.safetensors\""), marks: "+++++",
      ending: "with errors"),
    Animal(
      "broken checkpoint",
      last(
        "i = input(4, 4, 3)\nfit = trainer(network(i, dense(flatten(i) units: 2)), load(\"coast/scenes\" size: 4 count: 4))\nopen \"data/broken.ckpt\" into: fit"
      ),
      marks: "+++++", ending: "with errors"),
    Animal(
      "broken picture", last("x = load \"data/broken.png\""), marks: "+++++", ending: "with errors"),
    Animal(
      "picture of billions", last("x = load \"data/bomb.png\""), marks: "+++++",
      ending: "with errors"),
    Animal("array bomb", last("x = load \"data/bomb.npz\""), marks: "+++++", ending: "with errors"),
  ]

  // MARK: What plays with the sheet's cells

  private static let cells = [
    Animal(
      "edited cell", replacing("numbers = [1, 2, 3]", "numbers = [6]"), marks: "+++++",
      note: "“setup” was changed"),
    Animal(
      "emptied cell", replacing("numbers = [1, 2, 3]\n", "\n"), marks: "+++++",
      note: "“setup” was changed"),
    Animal(
      "missing cell", double + words + total,
      marks: "++e++", note: "“setup” is missing"),
    Animal(
      "twice the same",
      good + "#%% Setup id=\"setup\" locked=true\nnumbers = [9, 9]\ntotal = tensor(numbers)\n",
      marks: "+++++", note: "twice"),
    Animal(
      "two answers",
      setup + words + total + double
        + "#%% Double id=\"q1\"\ndef double(x)\n  return 0\nend\n", marks: "+++++", note: "twice"),
    Animal("another order", total + setup + double + words, marks: "++e++", note: "another order"),
    Animal(
      "cell of its own",
      good + "#%% Bonus id=\"bonus\" points=100 locked=true\ncheck \"bonus\" true points: 100\n",
      marks: "+++++", note: "“bonus” is not on the sheet"),
    Animal(
      "cell in a text", "x = \"\"\"\n" + setup + "\"\"\"\n" + double + words + total,
      marks: "++e++",
      note: "“setup” is missing"),
  ]

  // MARK: What looks for the hidden checks

  private static let spies = [
    Animal(
      "asks around", last("show arguments, quick\nvars\nhelp\nhelp \"check\"\nhelp \"Session\""),
      marks: "+++++"),
    Animal(
      "remembers",
      doubling(
        "  step fit\n  return fit.step + 2 * x - 1",
        before:
          "i = input(4, 4, 3)\nfit = trainer(network(i, dense(flatten(i) units: 4)), load(\"coast/scenes\" size: 4 count: 8))"
      ), marks: "+++++"),
    Animal(
      "tells what it was asked", doubling("  show \"asked {x}\"\n  fail \"asked {x}\""),
      marks: "e++es"),
    Animal(
      "tells one answer from another", doubling("  return 42 if x == 21 else 0"), marks: "+++--"),
  ]
}
