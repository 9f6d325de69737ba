import Tensors

/// One thing that happened while a script ran. The list of them is what a run is to replay and to
/// grading: it has no times, no paths of the machine and nothing that depends on threads or locale.
package enum Event: Equatable, Sendable {
  /// A top-level statement begins; `cell` is the cell's `id`, or its title.
  case statement(line: Int, cell: String?)
  /// Text that was shown, whole lines.
  case output(String)
  /// The value of a statement was shown; `hash` stands for all of it where the text does not.
  case value(kind: String, hash: String?)
  case figure(title: String, summary: String, description: String, hash: String)
  case check(
    title: String, passed: Bool, problem: String?, points: Double, visibility: String, line: Int)
  /// An error, as it is printed.
  case problem(code: String, message: String, line: Int, text: String)
  /// A file, or a folder of files, that was read.
  case read(name: String, files: Int, hash: String)
  case wrote(name: String, hash: String)
  case finished(Ending)

  package enum Ending: String, Sendable {
    case finished, failed, interrupted, timeout, statements
  }
}

extension Event {
  /// The event as a line of JSON, without its end. Members come in one order.
  package var line: String {
    switch self {
    case .statement(let line, let cell):
      JSON.line([("event", "statement"), ("line", line), ("cell", cell)])
    case .output(let text): JSON.line([("event", "output"), ("text", text)])
    case .value(let kind, let hash):
      JSON.line([("event", "value"), ("kind", kind), ("hash", hash)])
    case .figure(let title, let summary, let description, let hash):
      JSON.line([
        ("event", "figure"), ("title", title), ("summary", summary),
        ("description", description), ("hash", hash),
      ])
    case .check(let title, let passed, let problem, let points, let visibility, let line):
      JSON.line([
        ("event", "check"), ("title", title), ("passed", passed), ("problem", problem),
        ("points", points), ("visibility", visibility), ("line", line),
      ])
    case .problem(let code, let message, let line, let text):
      JSON.line([
        ("event", "problem"), ("code", code), ("message", message), ("line", line), ("text", text),
      ])
    case .read(let name, let files, let hash):
      JSON.line([("event", "read"), ("name", name), ("files", files), ("hash", hash)])
    case .wrote(let name, let hash):
      JSON.line([("event", "wrote"), ("name", name), ("hash", hash)])
    case .finished(let ending):
      JSON.line([("event", "finished"), ("ending", ending.rawValue)])
    }
  }

  /// - Throws: `JSON.Problem`
  package init(line: some Collection<UInt8>) throws {
    try self.init(try JSON.parse(line, maximumDepth: 4))
  }

  init(_ json: JSON) throws {
    func missing(_ name: String) -> JSON.Problem {
      JSON.Problem(offset: 0, what: "an event without a proper \"\(name)\"")
    }
    func text(_ name: String) throws -> String {
      guard case .text(let text)? = json[name] else { throw missing(name) }
      return text
    }
    func optional(_ name: String) throws -> String? {
      switch json[name] {
      case nil, .null?: return nil
      case .text(let text)?: return text
      default: throw missing(name)
      }
    }
    func whole(_ name: String) throws -> Int {
      guard case .integer(let number)? = json[name], (0..<1 << 40).contains(number) else {
        throw missing(name)
      }
      return number
    }
    switch try text("event") {
    case "statement": self = .statement(line: try whole("line"), cell: try optional("cell"))
    case "output": self = .output(try text("text"))
    case "value": self = .value(kind: try text("kind"), hash: try optional("hash"))
    case "figure":
      self = .figure(
        title: try text("title"), summary: try text("summary"),
        description: try text("description"), hash: try text("hash"))
    case "check":
      guard case .boolean(let passed)? = json["passed"] else { throw missing("passed") }
      guard let points = json["points"]?.double, points >= 0 else { throw missing("points") }
      self = .check(
        title: try text("title"), passed: passed, problem: try optional("problem"),
        points: points, visibility: try text("visibility"), line: try whole("line"))
    case "problem":
      self = .problem(
        code: try text("code"), message: try text("message"), line: try whole("line"),
        text: try text("text"))
    case "read":
      self = .read(name: try text("name"), files: try whole("files"), hash: try text("hash"))
    case "wrote": self = .wrote(name: try text("name"), hash: try text("hash"))
    case "finished":
      guard let ending = Ending(rawValue: try text("ending")) else { throw missing("ending") }
      self = .finished(ending)
    default: throw missing("event")
    }
  }
}
