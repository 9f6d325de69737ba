import Language

/// What the judge tells the child.
enum Order {
  /// The first: what to run, and under which limits.
  case run(RunOrder)
  /// Copies the process as it is after the run; the copy answers until `endCopy`, at most so long.
  case beginCopy(seconds: Double)
  case ask(Question)
  case endCopy

  var bytes: [UInt8] {
    var writer = ByteWriter()
    switch self {
    case .run(let order):
      writer.byte(1)
      order.write(to: &writer)
    case .beginCopy(let seconds):
      writer.byte(2)
      writer.number(seconds)
    case .ask(let question):
      writer.byte(3)
      question.write(to: &writer)
    case .endCopy: writer.byte(4)
    }
    return writer.bytes
  }

  init(_ bytes: [UInt8]) throws {
    var reader = ByteReader(bytes)
    switch try reader.byte() {
    case 1: self = .run(try RunOrder(from: &reader))
    case 2: self = .beginCopy(seconds: try reader.number())
    case 3: self = .ask(try Question(from: &reader))
    case 4: self = .endCopy
    default: throw BrokenMessage()
    }
    guard reader.isAtEnd else { throw BrokenMessage() }
  }
}

/// What a child is to run.
struct RunOrder {
  /// What errors call the script.
  var name: String
  var source: [UInt8]
  var arguments: [String] = []
  var isQuick: Bool
  /// Whether the cells after one that failed are run.
  var goesOn = true
  var limits: RunLimits
  /// Folders and files that may be read.
  var readable: [String]

  func write(to writer: inout ByteWriter) {
    writer.text(name)
    writer.data(source)
    writer.list(arguments) { $0.text($1) }
    writer.byte(isQuick ? 1 : 0)
    writer.byte(goesOn ? 1 : 0)
    writer.list(limits.numbers) { $0.number($1) }
    writer.list(readable) { $0.text($1) }
  }

  init(
    name: String, source: [UInt8], arguments: [String] = [], isQuick: Bool, goesOn: Bool = true,
    limits: RunLimits, readable: [String]
  ) {
    self.name = name
    self.source = source
    self.arguments = arguments
    self.isQuick = isQuick
    self.goesOn = goesOn
    self.limits = limits
    self.readable = readable
  }

  init(from reader: inout ByteReader) throws {
    name = try reader.text()
    source = try reader.data()
    arguments = try reader.list { try $0.text() }
    isQuick = try reader.boolean()
    goesOn = try reader.boolean()
    guard let limits = RunLimits(try reader.list { try $0.number() }) else {
      throw BrokenMessage()
    }
    self.limits = limits
    readable = try reader.list { try $0.text() }
  }
}

/// An expression of the language about the values that a script has left.
///
/// It is worked out by the child's own evaluator, so that indexing, labels and methods mean what they
/// mean in a script. What the judge contributes comes as named values, never as text.
struct Question {
  var expression: String
  var arguments: [(name: String, value: SentValue)]
  /// Names that stand for commands of the language, whatever the script has made of their names.
  var commands: [(name: String, command: String)]
  /// Names that must be variables of the script, and not commands.
  var variables: [String]

  init(
    _ expression: String, commands: [(name: String, command: String)] = [],
    variables: [String] = []
  ) {
    self.expression = expression
    arguments = []
    self.commands = commands
    self.variables = variables
  }

  func write(to writer: inout ByteWriter) {
    writer.text(expression)
    writer.list(arguments) {
      $0.text($1.name)
      $1.value.write(to: &$0)
    }
    writer.list(commands) {
      $0.text($1.name)
      $0.text($1.command)
    }
    writer.list(variables) { $0.text($1) }
  }

  init(from reader: inout ByteReader) throws {
    expression = try reader.text()
    arguments = try reader.list { (try $0.text(), try SentValue(from: &$0)) }
    commands = try reader.list { (try $0.text(), try $0.text()) }
    variables = try reader.list { try $0.text() }
  }
}

/// What the child tells the judge.
enum Report {
  /// Which protections are in force, in words.
  case confined([String])
  /// What happened in the run, as one line of a transcript.
  case event([UInt8])
  /// A figure as PNG, right after its event.
  case picture([UInt8])
  case ran
  case copyBegan
  case answer(SentValue)
  case refused(code: String, message: String)
  /// The copy has ended by itself, or was killed by a signal.
  case copyEnded(signal: Int, peak: Double)

  var bytes: [UInt8] {
    var writer = ByteWriter()
    switch self {
    case .confined(let protections):
      writer.byte(1)
      writer.list(protections) { $0.text($1) }
    case .event(let line):
      writer.byte(2)
      writer.data(line)
    case .picture(let file):
      writer.byte(3)
      writer.data(file)
    case .ran: writer.byte(4)
    case .copyBegan: writer.byte(5)
    case .answer(let value):
      writer.byte(6)
      value.write(to: &writer)
    case .refused(let code, let message):
      writer.byte(7)
      writer.text(code)
      writer.text(message)
    case .copyEnded(let signal, let peak):
      writer.byte(8)
      writer.count(signal)
      writer.number(peak)
    }
    return writer.bytes
  }

  init(_ bytes: [UInt8]) throws {
    var reader = ByteReader(bytes)
    switch try reader.byte() {
    case 1: self = .confined(try reader.list { try $0.text() })
    case 2: self = .event(try reader.data())
    case 3: self = .picture(try reader.data())
    case 4: self = .ran
    case 5: self = .copyBegan
    case 6: self = .answer(try SentValue(from: &reader))
    case 7: self = .refused(code: try reader.text(), message: try reader.text())
    case 8: self = .copyEnded(signal: try reader.count(), peak: try reader.number())
    default: throw BrokenMessage()
    }
    guard reader.isAtEnd else { throw BrokenMessage() }
  }
}

/// What one submission may use.
package struct RunLimits: Equatable, Sendable {
  /// Seconds that the script may take.
  package var seconds = 120.0
  /// Seconds that one check may take, unless it says otherwise.
  package var checkSeconds = 20.0
  /// Statements and turns of loops, for the script and for each question; 0 for no limit.
  package var statements = 200_000_000.0
  /// Bytes of memory.
  package var memory = 2.0 * 1_073_741_824
  /// Bytes of output that are kept.
  package var outputBytes = 200_000.0
  /// Bytes and files that may be written.
  package var writtenBytes = 256.0 * 1_048_576
  package var writtenFiles = 1_000.0
  /// Threads of the engine; 0 for the machine's cores.
  package var threads = 1.0

  package init() {}

  var numbers: [Double] {
    [
      seconds, checkSeconds, statements, memory, outputBytes, writtenBytes, writtenFiles, threads,
    ]
  }

  init?(_ numbers: [Double]) {
    guard numbers.count == 8, numbers.allSatisfy({ $0 >= 0 && $0 < 1e15 }) else { return nil }
    seconds = numbers[0]
    checkSeconds = numbers[1]
    statements = numbers[2]
    memory = numbers[3]
    outputBytes = numbers[4]
    writtenBytes = numbers[5]
    writtenFiles = numbers[6]
    threads = numbers[7]
  }
}
