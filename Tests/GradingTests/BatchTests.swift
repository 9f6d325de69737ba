import Foundation
import Grading
import Imagery
import TestSupport
import Testing

@Suite("Batches", .serialized) struct BatchTests {
  private static let rubric = """
    assignment "Batch" seconds: 20
    check "x" answers.x == 3 points: 2
    check "f" answers.f(2) == 4 points: 1 visibility: "hidden"
    """
  private static let good = "x = 3\ndef f(n)\n  return 2 * n\nend\nshow x\n"

  private func classroom(_ scripts: [String: String]) throws -> Classroom {
    let classroom = try Classroom()
    try classroom.write(Self.rubric, to: "test.rubric")
    for (name, script) in scripts { try classroom.write(script, to: "submissions/\(name).conch") }
    return classroom
  }

  @Test("Full marks are status 0, lost points 1, wrong usage 2")
  func statuses() throws {
    let classroom = try classroom(["ada": Self.good])
    #expect(try classroom.grade().status == ExitStatus.full)
    try classroom.write("x = 4\n", to: "submissions/bob.conch")
    let outcome = try classroom.grade()
    #expect(outcome.status == ExitStatus.pointsLost)
    #expect(outcome.output.contains("bob"))
    #expect(try classroom.result("bob").marks == "-.")
    #expect(try classroom.grade(paths: ["nobody"]).status == ExitStatus.usage)
    #expect(try classroom.grade(["--only", "cyd"]).status == ExitStatus.usage)
    try classroom.write("check \"a\" answers.x = 3\n", to: "test.rubric")
    let broken = try classroom.grade()
    #expect(broken.status == ExitStatus.usage)
    #expect(broken.errors.contains("test.rubric:1:"), "\(broken.errors)")
  }

  @Test("What has not changed is not run again; --only and --failed choose")
  func journal() throws {
    let classroom = try classroom(["ada": Self.good, "bob": "x = 1\n", "cyd": Self.good])
    func times() throws -> [String] {
      try ["ada", "bob", "cyd"].map { try modification($0, in: classroom) }
    }
    _ = try classroom.grade()
    let first = try times()
    let again = try classroom.grade()
    #expect(try times() == first)
    #expect(!again.output.contains("1/"), "\(again.output)")
    // One has changed.
    try classroom.write(Self.good, to: "submissions/bob.conch")
    let changed = try classroom.grade()
    #expect(changed.output.contains("1/1 bob  3 of 3 points"), "\(changed.output)")
    #expect(try times()[0] == first[0])
    let only = try classroom.grade(["--only", "ada"])
    #expect(only.output.contains("1/1 ada"), "\(only.output)")
    #expect(only.output.contains("3 submissions"))
    try classroom.write("x = 1\n", to: "submissions/bob.conch")
    _ = try classroom.grade()
    let failed = try classroom.grade(["--failed"])
    #expect(failed.output.contains("1/1 bob"), "\(failed.output)")
    // Another rubric: everybody again.
    try classroom.write(Self.rubric + "\ncheck \"y\" true\n", to: "test.rubric")
    #expect(try classroom.grade().output.contains("3/3"))
  }

  private func modification(_ name: String, in classroom: Classroom) throws -> String {
    let path = classroom.results.appendingPathComponent(name).appendingPathComponent("grade.json")
    let date = try FileManager.default.attributesOfItem(atPath: path.path)[.modificationDate]
    return "\(try #require(date as? Date).timeIntervalSince1970)"
  }

  @Test("Folders, archives, links and odd names: everybody has a row")
  func handIns() throws {
    let classroom = try classroom(["ada": Self.good])
    try classroom.write(Self.good, to: "submissions/bob/anything.conch")
    try classroom.write("no script", to: "submissions/cyd/notes.txt")
    try classroom.write(Self.good, to: "submissions/dan/a.conch")
    try classroom.write(Self.good, to: "submissions/dan/b.conch")
    let good = Array(Self.good.utf8)
    func zip(_ members: [(name: String, bytes: [UInt8])]) throws -> [UInt8] {
      try #require(ZipArchive.archive(members))
    }
    try classroom.write(
      try zip([("eve/week.conch", good), ("__MACOSX/._week.conch", [0])]),
      to: "submissions/eve.zip")
    try classroom.write(
      try zip([("../../escaped.conch", good)]), to: "submissions/fay.zip")
    try classroom.write([0x50, 0x4B, 9, 9], to: "submissions/gus.zip")
    // A gigabyte of zeros, as the list of the archive says.
    var bomb = try zip([("hal.conch", good)])
    let list = try #require(bomb.firstRange(of: [0x50, 0x4B, 1, 2])?.lowerBound)
    bomb.replaceSubrange((list + 24)..<(list + 28), with: [0, 0, 0, 0x40])
    try classroom.write(bomb, to: "submissions/hal.zip")
    let files = FileManager.default
    let folder = classroom.submissions.path
    try files.createSymbolicLink(
      atPath: "\(folder)/ida.conch", withDestinationPath: "/etc/passwd")
    try files.createSymbolicLink(atPath: "\(folder)/jan", withDestinationPath: "/etc")
    try files.createDirectory(
      atPath: "\(folder)/kim", withIntermediateDirectories: true)
    try files.createSymbolicLink(
      atPath: "\(folder)/kim/week.conch", withDestinationPath: "/etc/passwd")
    try classroom.write(Self.good, to: "submissions/lea\u{1B}[31m.conch")
    try classroom.write(Self.good, to: "submissions/-mia.conch")
    try classroom.write(Self.good, to: "submissions/<b>nat.conch")
    // A class in one archive, in a folder of its own.
    try classroom.write(
      try zip([("class/ora/w.conch", good), ("class/pat.conch", good), ("class/quinn/", [])]),
      to: "class.zip")
    let outcome = try classroom.grade(paths: ["submissions", "class.zip"])
    #expect(outcome.status == ExitStatus.pointsLost, "\(outcome.errors)")
    #expect(!outcome.output.contains("\u{1B}"))
    for name in ["ada", "bob", "eve", "-mia", "_b_nat", "ora", "pat"] {
      #expect(try classroom.result(name).marks == "++", "\(name)")
    }
    for (name, why) in [
      ("cyd", "no script"), ("dan", "several scripts"), ("fay", "leads out"), ("gus", "zip"),
      ("hal", "hal"), ("ida.conch", "link"), ("jan", "link"), ("kim", "link"),
      ("lea__31m", "control characters"),
    ] {
      let result = try classroom.result(name)
      #expect(result.marks == "ee", "\(name)")
      #expect(result.refusal?.contains(why) == true, "\(name): \(result.refusal ?? "")")
    }
    #expect(!files.fileExists(atPath: classroom.folder.path + "/../escaped.conch"))
  }

  @Test("One student's folder, as an autograder has it, and as an archive")
  func one() throws {
    let classroom = try classroom([:])
    try classroom.write(Self.good, to: "handed in/work.conch")
    try classroom.write("data", to: "handed in/data.csv")
    #expect(try classroom.grade(["--one"], paths: ["handed in"]).status == ExitStatus.full)
    #expect(try classroom.result("handed in").marks == "++")
  }

  /// Reports without what depends on the clock.
  private func reports(_ classroom: Classroom) throws -> [String: String] {
    var result: [String: String] = [:]
    let times = [
      #""execution_time": [0-9.e-]+"#, #"time(stamp)?="[^"]*""#, #""(seconds|time)": [^,\n]+"#,
      #"<td class="number">[0-9.]+</td><td></td></tr>"#,
    ].map { try? Regex($0) }
    for (name, text) in try classroom.reports() {
      result[name] = times.reduce(text) { text, time in
        time.map { text.replacing($0, with: "") } ?? text
      }
    }
    return result
  }

  @Test("A batch that was killed again and again goes on, and ends as an undisturbed one")
  func killed() throws {
    let script = """
      x = 3
      def f(n)
        return 2 * n
      end
      y = zeros(300, 300)
      repeat 40 times
        y = y @ y + 1
      end
      show plot([1, 2])
      """
    let scripts = Dictionary(
      uniqueKeysWithValues: (1...10).map { ("s\($0)", $0 % 3 == 0 ? "x = \($0)\n" : script) })
    let calm = try classroom(scripts)
    let stormy = try classroom(scripts)
    #expect(try calm.grade().status == ExitStatus.pointsLost)
    for delay in [60, 250, 120, 400] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: try #require(Executable.path))
      process.arguments = [
        "grade", "--rubric", "test.rubric", "submissions", "--output", "results",
      ]
      process.currentDirectoryURL = stormy.folder
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      usleep(useconds_t(delay * 1_000))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    #expect(try stormy.grade().status == ExitStatus.pointsLost)
    let (expected, given) = (try reports(calm), try reports(stormy))
    #expect(Set(expected.keys) == Set(given.keys))
    for (name, text) in expected { #expect(given[name] == text, "\(name)") }
  }

  @Test("Five hundred quick submissions in little more than their own time")
  func scale() throws {
    // Each sleeps for nothing: what is measured is what the grader adds.
    let classroom = try classroom(
      Dictionary(uniqueKeysWithValues: (1...40).map { ("s\($0)", Self.good) }))
    let start = Date()
    #expect(try classroom.grade(["--workers", "2"]).status == ExitStatus.full)
    let each = Date().timeIntervalSince(start) / 20
    // A fifth of a second that a script of one second may take longer.
    #expect(each < 0.2, "\(each) s")
  }
}
