import Foundation
import Grading
import Tensors
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What is written about submissions, against the rules of those who read it.
@Suite("Reports", .serialized) struct ReportTests {
  private static let rubric = """
    assignment "Waves & <sand>" seconds: 20 check_seconds: 0.5
    #%% First & foremost
    check "it is 3" answers.x == 3 points: 2 hint: "Count the <dunes>."
    check "a part" share(answers.part, from: 0, to: 10) points: 4
    check "a list" same(answers.xs, [1, 2, 3])
    check "in secret" answers.f(77) == 154 visibility: "hidden"
    check "later" answers.f(1) == 2 visibility: "after_due_date"
    check "endless" answers.g(1) == 1 points: 0.5
    check "in turn" answers.x == 3 needs: "endless"
    check "absent" answers.absent == 1
    """
  private static let script = """
    #%% One
    x = 3
    part = 2.5
    xs = [1, 5, 3]
    show "<i>waves</i> & \\u{1b}[31mred"
    show plot([1, 4, 2] title: "A <plot>")
    def f(n)
      show n
      fail "asked for {n}"
    end
    def g(n)
      while true
        n += 1
      end
    end
    #%% Two
    [1][2]
    """

  private static let classroom = Result {
    let classroom = try Classroom()
    try classroom.write(rubric, to: "test.rubric")
    try classroom.write(script, to: "submissions/ada.conch")
    try classroom.write(script + "\ny = 1\n", to: "submissions/b,\"ob.conch")
    try classroom.write("x = 3\n", to: "submissions/=cyd.conch")
    let outcome = try classroom.grade()
    #expect(outcome.status == ExitStatus.pointsLost, "\(outcome.errors)")
    return classroom
  }

  private func report(_ name: String) throws -> String {
    let classroom = try Self.classroom.get()
    return String(
      decoding: try Data(contentsOf: classroom.results.appendingPathComponent(name)), as: UTF8.self)
  }

  @Test("Marks, and what is said of them")
  func marks() throws {
    let result = try Self.classroom.get().result("ada")
    #expect(result.marks == "+--eetse")
    #expect(result.score == 3)
    #expect(result.outcomes[1].share == 0.25)
    #expect(result.outcomes[2].message == "[1]: 5 instead of 2")
  }

  /// The rules of Gradescope's results.json.
  @Test("results.json is what Gradescope reads")
  func gradescope() throws {
    let text = try report("ada/results.json")
    let json = try JSON.parse(Array(text.utf8))
    let top: Set<String> = [
      "score", "execution_time", "output", "output_format", "test_output_format",
      "test_name_format", "visibility", "stdout_visibility", "extra_data", "tests", "leaderboard",
    ]
    guard case .object(let members) = json else {
      Issue.record("not an object")
      return
    }
    #expect(Set(members.map(\.name)).isSubset(of: top))
    // A score would override the sum of the tests.
    #expect(json["score"] == nil)
    guard case .number? = json["execution_time"] else {
      Issue.record("execution_time is no number")
      return
    }
    guard case .array(let tests)? = json["tests"] else {
      Issue.record("no tests")
      return
    }
    #expect(tests.count == 8)
    let known: Set<String> = [
      "score", "max_score", "status", "name", "name_format", "number", "output", "output_format",
      "tags", "visibility", "extra_data",
    ]
    for test in tests {
      guard case .object(let fields) = test else { continue }
      #expect(Set(fields.map(\.name)).isSubset(of: known))
      guard case .text(let status)? = test["status"],
        case .text(let visibility)? = test["visibility"]
      else {
        Issue.record("a test without status or visibility")
        continue
      }
      #expect(["passed", "failed"].contains(status))
      #expect(["hidden", "after_due_date", "after_published", "visible"].contains(visibility))
    }
    // Of a hidden check nobody hears what was asked.
    #expect(!text.contains("77") && !text.contains("asked for"))
    #expect(text.contains("Count the <dunes>.") == false)
  }

  /// The rules of the strictest schema (windyroad/JUnit-Schema).
  @Test("results.xml is valid JUnit in its strictest form")
  func junit() throws {
    let text = try report("ada/results.xml")
    let document = try XMLDocument(data: Data(text.utf8))
    let suites = try #require(document.rootElement())
    #expect(suites.name == "testsuites")
    let suite = try #require(suites.elements(forName: "testsuite").first)
    for name in [
      "name", "timestamp", "hostname", "tests", "failures", "errors", "time", "package", "id",
    ] {
      #expect(suite.attribute(forName: name)?.stringValue?.isEmpty == false, "\(name)")
    }
    let time = try #require(suite.attribute(forName: "timestamp")?.stringValue)
    #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/) != nil)
    let children = try #require(suite.children).compactMap { $0 as? XMLElement }
    let order = children.compactMap(\.name)
    #expect(order.first == "properties")
    #expect(order.suffix(2) == ["system-out", "system-err"])
    #expect(order.dropFirst().dropLast(2).allSatisfy { $0 == "testcase" })
    let cases = suite.elements(forName: "testcase")
    #expect(suite.attribute(forName: "tests")?.stringValue == "\(cases.count)")
    var counts = ["failure": 0, "error": 0, "skipped": 0]
    for one in cases {
      for name in ["name", "classname", "time"] {
        #expect(one.attribute(forName: name)?.stringValue?.isEmpty == false)
      }
      let inner = (one.children ?? []).compactMap { $0 as? XMLElement }
      #expect(inner.count <= 1)
      for element in inner {
        counts[element.name ?? "", default: 0] += 1
        if element.name != "skipped" {
          #expect(element.attribute(forName: "type")?.stringValue?.isEmpty == false)
        }
      }
    }
    #expect(suite.attribute(forName: "failures")?.stringValue == "\(counts["failure"] ?? -1)")
    #expect(suite.attribute(forName: "errors")?.stringValue == "\(counts["error"] ?? -1)")
    #expect(counts == ["failure": 2, "error": 4, "skipped": 1])
  }

  @Test("A student's page is whole, escaped, and silent about hidden checks")
  func page() throws {
    let text = try report("ada/report.html")
    #expect(text.contains("Waves &amp; &lt;sand&gt;"))
    #expect(text.contains("&lt;i&gt;waves&lt;/i&gt; &amp; \u{FFFD}[31mred"))
    #expect(text.contains("data:image/png;base64,iVBORw0KGgo"))
    #expect(text.contains("A &lt;plot&gt;"))
    #expect(text.contains("[1]: 5 instead of 2"))
    #expect(text.contains("2 more checks"))
    #expect(!text.contains("in secret") && !text.contains("later") && !text.contains("asked for"))
    #expect(!text.contains("http://") && !text.contains("https://") && !text.contains("<script"))
    #expect(balanced(text))
  }

  @Test("The teacher's page and the gradebook have everybody once, and the like side by side")
  func overview() throws {
    let page = try report("index.html")
    #expect(balanced(page))
    #expect(!page.contains("<sand>"))
    #expect(
      page.contains("href=\"b_%20ob/report.html\"") || page.contains("href=\"b%2C_ob/report.html\"")
    )
    let rows = try report("gradebook.csv").split(separator: "\r\n").map(String.init)
    #expect(rows.count == 4)
    #expect(rows[0].hasPrefix("name,points,of,ending,notes,it is 3,a part"))
    // A spreadsheet must not take a name for a formula.
    #expect(rows.contains { $0.hasPrefix("_cyd,") || $0.hasPrefix("'=cyd,") }, "\(rows)")
    #expect(rows.contains { $0.hasPrefix("\"b,_ob\",3,11.5") }, "\(rows)")
    #expect(try report("similar.csv").contains("ada"))
  }

  /// Whether every element that is opened is closed, in order.
  private func balanced(_ html: String) -> Bool {
    let empty: Set<String> = ["meta", "img", "br", "rect"]
    var open: [String] = []
    for match in html.matches(of: /<(\/?)([a-z0-9]+)[^>]*?(\/?)>/) {
      let name = String(match.2)
      if match.1 == "/" {
        guard open.popLast() == name else { return false }
      } else if match.3 != "/", !empty.contains(name) {
        open.append(name)
      }
    }
    return open.isEmpty
  }

  @Test("The bundle is what Gradescope unpacks, and its runner leaves a result whatever happens")
  func bundle() throws {
    let classroom = try Self.classroom.get()
    let root = classroom.folder.appendingPathComponent("autograder")
    let source = root.appendingPathComponent("source")
    let files = FileManager.default
    try files.createDirectory(at: source, withIntermediateDirectories: true)
    let made = try Executable.run(
      ["bundle", "--rubric", "test.rubric", "--output", "bundle.zip"], folder: classroom.folder)
    #expect(made.status == 0, "\(made.errors)")
    let unpack = Process()
    unpack.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    unpack.arguments = ["python3", "-m", "zipfile", "-e", "bundle.zip", source.path]
    unpack.currentDirectoryURL = classroom.folder
    try unpack.run()
    unpack.waitUntilExit()
    guard unpack.terminationStatus == 0 else { return }
    for name in ["setup.sh", "run_autograder", "conch"] {
      try files.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: source.appendingPathComponent(name).path)
    }
    func run() throws -> String {
      let process = Process()
      process.executableURL = source.appendingPathComponent("run_autograder")
      process.environment = ["CONCH_AUTOGRADER": root.path, "PATH": "/usr/bin:/bin"]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      return try String(
        contentsOf: root.appendingPathComponent("results/results.json"), encoding: .utf8)
    }
    try classroom.write(Self.script, to: "autograder/submission/mine.conch")
    #expect(try run().contains("\"it is 3\""))
    try files.removeItem(at: source.appendingPathComponent("conch"))
    let broken = try JSON.parse(Array(try run().utf8))
    #expect(broken["score"] == .integer(0))
  }
}
