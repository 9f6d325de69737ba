import Foundation
import TestSupport
import Testing

/// The program without a terminal: scripts, pipes, exit statuses.
@Suite("From the shell", .serialized) struct ProgramTests {
  private func script(_ text: String, name: String = "script.conch") throws -> URL {
    let folder = try Executable.folder()
    try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    return folder
  }

  @Test("Statements from the command line show their values")
  func statements() throws {
    let result = try Executable.run(["-c", "1 + 1; 2 + 2\nshow arguments", "a", "b"])
    #expect(result.status == 0)
    #expect(result.output == "4\n[\"a\", \"b\"]\n")
    #expect(result.errors == "")
  }

  /// A student who keeps results with `> results.txt` must hear that the disk was full.
  @Test(
    "What cannot be written is not lost silently",
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func fullDisk() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Executable.path))
    process.arguments = ["-c", "1 + 1"]
    process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let said = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(said.contains("could not be written"), "\(said)")
  }

  @Test("A script runs with its arguments; its first line may start with #!")
  func script() throws {
    let folder = try script(
      "#!/usr/bin/env conch\n#%% Title\nshow arguments\nfor i in 0..2\n  i\nend\n")
    let result = try Executable.run(["script.conch", "--slow", "x"], folder: folder)
    #expect(result.output == "[\"--slow\", \"x\"]\n0\n1\n")
    #expect(result.status == 0)
  }

  @Test("Prompt, script, -c and standard input show the same")
  func sameOutput() throws {
    let text = "x = [1, 2]\nx\nshow \"text\"\nif true\n  x + [3]\nend\n"
    let folder = try script(text)
    let expected = "[1, 2]\ntext\n[1, 2, 3]\n"
    #expect(try Executable.run(["script.conch"], folder: folder).output == expected)
    #expect(try Executable.run(["-c", text]).output == expected)
    #expect(try Executable.run(["-"], input: text).output == expected)
    #expect(try Executable.run([], input: text).output == expected)
  }

  @Test("An error in a script: status 1, on standard error, with its place")
  func scriptError() throws {
    let folder = try script("show 1\nx = [1]; show x[5]\nshow 2\n")
    let result = try Executable.run(["script.conch"], folder: folder)
    #expect(result.status == 1)
    #expect(result.output == "1\n")
    #expect(result.errors.hasPrefix("script.conch:2:"))
    #expect(!result.errors.contains("\u{1B}"))
  }

  @Test("Standard input is read line by line and stops at the first error")
  func pipe() throws {
    let result = try Executable.run(
      [], input: "show 1\nfor i in 0..1\nx = [1]\nshow x[5]\nend\nshow 2\n")
    #expect(result.status == 1)
    #expect(result.output == "1\n")
    #expect(result.errors.contains("error E"))
    let unfinished = try Executable.run([], input: "show 1\nfor i in 0..1\n")
    #expect(unfinished.status == 1)
    #expect(unfinished.output == "1\n")
  }

  @Test("`check` finds mistakes and runs nothing")
  func check() throws {
    let folder = try script("show 1\nshow unknown_name\n")
    try Data("show 1\n".utf8).write(to: folder.appendingPathComponent("good.conch"))
    let bad = try Executable.run(["check", "good.conch", "script.conch"], folder: folder)
    #expect(bad.status == 1)
    #expect(bad.output == "")
    #expect(bad.errors.contains("script.conch:2:6"))
    let good = try Executable.run(["check", "good.conch"], folder: folder)
    #expect(good.status == 0)
    #expect(good.output + good.errors == "")
  }

  @Test(
    "Wrong usage: status 2, and one remedy",
    arguments: [
      (["--quik"], "did you mean `--quick`?"), (["chekc"], "did you mean `conch check`?"),
      (["no/such/file.conch"], "no such file"), (["-c"], "needs statements"),
      (["check"], "needs a file"), (["check", "no-such-file"], "no such file"),
    ])
  func usage(_ arguments: [String], _ sentence: String) throws {
    let result = try Executable.run(arguments)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.contains(sentence), "\(result.errors)")
  }

  @Test("`--help` and `--version` answer and leave")
  func information() throws {
    #expect(try Executable.run(["--help"]).output.contains("conch FILE"))
    #expect(try Executable.run(["--version"]).output.hasPrefix("conch "))
  }

  @Test("`quit` ends a script with status 0")
  func quit() throws {
    let result = try Executable.run(["-c", "show 1\nquit\nshow 2"])
    #expect(result.status == 0)
    #expect(result.output == "1\n")
  }

  @Test("Ctrl-C ends a script with status 130 and says how to go on")
  func interrupt() throws {
    let folder = try script("show \"begun\"\nx = 0\nwhile true\n  x += 1\nend\n")
    let terminal = try Terminal(["script.conch"], folder: folder)
    terminal.wait(for: "begun")
    terminal.type(Terminal.control("c"))
    #expect(terminal.waitForEnd() == 130)
    #expect(terminal.screen.text.contains("Interrupted at script.conch:"))
    #expect(terminal.screen.text.contains("`conch script.conch` begins again"))
    #expect(terminal.isSane)
  }

  @Test("On a terminal, a script's cells are announced and its prose is shown")
  func cells() throws {
    let folder = try script(
      """
      #%% Look at the data
      show 1
      #%% [markdown]
      # ## Why
      # Because *seeing* is
      # believing.
      #%% The end
      show 2
      """)
    let terminal = try Terminal(["script.conch"], folder: folder)
    #expect(terminal.waitForEnd() == 0)
    let lines = terminal.screen.text.split(separator: "\n").map(String.init)
    #expect(lines.count == 6, "\(lines)")
    #expect(lines.first?.hasPrefix("── Look at the data ──") == true)
    // Prose that begins with a heading is announced by it, once.
    #expect(lines[1] == "1" && lines[2].hasPrefix("── Why ──"), "\(lines)")
    #expect(lines[3] == "Because seeing is believing.")
    #expect(lines.last == "2")
  }

  @Test("A script's progress and colours stay out of a pipe")
  func plainPipe() throws {
    let result = try Executable.run(
      ["-c", "help\nvars\nundefined_name"], environment: ["TERM": "xterm-256color"])
    #expect(!(result.output + result.errors).contains("\u{1B}"))
  }

  // MARK: Lessons and documents

  @Test("A lesson is exported to its name in each format, and imported back")
  func exportAndImport() throws {
    let folder = try script(LessonText.small, name: "small.conch")
    for format in ["html", "ipynb", "md"] {
      let result = try Executable.run(["export", "small.conch", "--to", format], folder: folder)
      #expect(result.status == 0 && result.output == "Wrote small.\(format).\n", "\(result.errors)")
    }
    let there = try Executable.run(["import", "small.ipynb"], folder: folder)
    #expect(there.status == 1 && there.errors.contains("is there already"))
    let back = try Executable.run(
      ["import", "small.ipynb", "--output", "back.conch"], folder: folder)
    #expect(back.status == 0)
    let text = try String(contentsOf: folder.appendingPathComponent("back.conch"), encoding: .utf8)
    #expect(text == LessonText.small)
  }

  @Test("A script that fails is exported as far as it came, with status 1; a folder is no target")
  func exportFailure() throws {
    let folder = try script("#%% A\nshow 1\nshow [][3]\n")
    let failed = try Executable.run(["export", "script.conch"], folder: folder)
    #expect(failed.status == 1 && failed.errors.contains("does not come to its end"))
    let page = try String(contentsOf: folder.appendingPathComponent("script.html"), encoding: .utf8)
    #expect(page.contains("class=\"problem\""))
    let refused = try Executable.run(
      ["export", "script.conch", "--output", "/no/such/place.html"], folder: folder)
    #expect(refused.status == 1 && refused.errors.contains("cannot write"))
  }

  @Test("`format` lays a file out in place, and `--check` only says so")
  func format() throws {
    let folder = try script("if true\nshow 1\nend\n")
    #expect(try Executable.run(["format", "--check", "script.conch"], folder: folder).status == 1)
    #expect(try Executable.run(["format", "script.conch"], folder: folder).status == 0)
    #expect(try Executable.run(["format", "--check", "script.conch"], folder: folder).status == 0)
    let broken = try script("if true\n")
    let result = try Executable.run(["format", "script.conch"], folder: broken)
    #expect(result.status == 1 && result.errors.contains("error E0"))
  }

  @Test("A lesson from a pipe runs with an empty line for each cell; the lessons are listed")
  func lesson() throws {
    let folder = try script(LessonText.small, name: "small.conch")
    let result = try Executable.run(
      ["lesson", "small.conch"], input: "\n\nrate * 100\n", folder: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("Predict first: What is rate times steps?\n5\n"))
    #expect(result.output.contains("\n50\n"))
    let list = try Executable.run(["lesson"], folder: folder)
    #expect(list.output.hasPrefix("conch lesson 1   Week 1"), "\(list.output)")
    let missing = try Executable.run(["lesson", "99"], folder: folder)
    #expect(missing.status == 2 && missing.errors.contains("no lesson 99"))
  }

  @Test("Without a session that broke off, `--resume` says so")
  func nothingToResume() throws {
    let folder = try Executable.folder()
    let result = try Executable.run(
      ["--resume"], environment: ["XDG_STATE_HOME": folder.path], folder: folder)
    #expect(result.status == 2 && result.errors.contains("there is no session to resume"))
  }
}
