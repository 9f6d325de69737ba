import Notebook
import Testing

@Suite("The command line") struct InvocationTests {
  private static let plain = Invocation.Options()
  private static let cases: [([String], Invocation)] = [
    ([], .prompt(plain)),
    (["week1.conch"], .script(path: "week1.conch", arguments: [], plain)),
    (["a.conch", "--slow", "x"], .script(path: "a.conch", arguments: ["--slow", "x"], plain)),
    (
      ["a.conch", "--quick", "x"],
      .script(path: "a.conch", arguments: ["x"], Invocation.Options(quick: true))
    ),
    (
      ["--quick", "--threads", "2", "a.conch"],
      .script(path: "a.conch", arguments: [], Invocation.Options(threads: 2, quick: true))
    ),
    (["--threads=4"], .prompt(Invocation.Options(threads: 4))),
    (["-c", "1 + 1", "x"], .statements("1 + 1", arguments: ["x"], plain)),
    (["-", "x"], .standardInput(arguments: ["x"], plain)),
    (["--", "-odd.conch"], .script(path: "-odd.conch", arguments: [], plain)),
    (["check", "a", "b"], .check(paths: ["a", "b"])),
    (["format", "a", "--check"], .format(paths: ["a"], onlyChecks: true)),
    (["--resume"], .prompt(plain, resumes: true)),
    (["lesson", "1", "--quick"], .lesson("1", Invocation.Options(quick: true))),
    (["lesson"], .lesson(nil, plain)),
    (
      ["export", "a.conch", "--to=md", "--output", "b"],
      .export(path: "a.conch", format: .md, output: "b", plain)
    ),
    (
      ["export", "--output", "b.ipynb", "a.conch", "--quick"],
      .export(path: "a.conch", format: .ipynb, output: "b.ipynb", Invocation.Options(quick: true))
    ),
    (["export", "a.conch"], .export(path: "a.conch", format: .html, output: nil, plain)),
    (["import", "a.ipynb"], .importNotebook(path: "a.ipynb", output: nil)),
    (["--help"], .help), (["--version"], .version),
  ]

  @Test("Arguments after the script's name are the script's", arguments: cases)
  func parse(_ arguments: [String], _ expected: Invocation) throws {
    #expect(try Invocation.parse(arguments) == expected)
  }

  @Test(
    "Wrong usage is said in one sentence with the nearest remedy",
    arguments: [
      (["-c"], "needs statements"), (["check"], "needs a file"),
      (["--quik"], "did you mean `--quick`?"), (["--threads", "0"], "from 1 to 1024"),
      (["export"], "needs one file"), (["export", "a", "--to", "pdf"], "--to html, --to ipynb"),
      (["export", "a", "--output"], "needs a value"), (["import", "a", "b"], "needs one file"),
      (["lesson", "1", "2"], "takes one lesson"), (["export", "a", "--too", "md"], "`--too`"),
      (["--threads"], "from 1 to 1024"), (["--thread=2"], "did you mean `--threads`?"),
    ])
  func usage(_ arguments: [String], _ sentence: String) {
    let error = #expect(throws: Invocation.UsageError.self) { try Invocation.parse(arguments) }
    #expect(error?.text.contains(sentence) == true, "\(error?.text ?? "")")
  }

  @Test("A file that is not there may be a mistyped command")
  func mistypedCommand() {
    #expect(
      Invocation.cannotOpen("chekc", reason: "no such file").text
        .contains("did you mean `conch check`?"))
    #expect(!Invocation.cannotOpen("chekc.conch", reason: "x").text.contains("did you mean"))
  }
}
