import Language

/// What the arguments on the command line ask for.
package enum Invocation: Equatable {
  case prompt(Options)
  case script(path: String, arguments: [String], Options)
  case statements(String, arguments: [String], Options)
  case standardInput(arguments: [String], Options)
  case check(paths: [String])
  /// A command of the grader, and the words after it.
  case grading(GradingCommand, [String], Options)
  case help
  case version

  package struct Options: Equatable {
    /// Threads of the engine, from 1; nil for as many as the machine has cores.
    package var threads: Int?
    /// Lessons run in their short form.
    package var quick = false

    package init(threads: Int? = nil, quick: Bool = false) {
      self.threads = threads
      self.quick = quick
    }
  }

  /// Wrong usage: a sentence, and at most one remedy.
  package struct UsageError: Error, Equatable {
    package let message: String
    package let remedy: String?

    package init(_ message: String, remedy: String? = nil) {
      self.message = message
      self.remedy = remedy
    }

    /// For standard error, without a final newline.
    package var text: String {
      "conch: " + message + (remedy.map { "; " + $0 } ?? "")
        + "\n`conch --help` shows what can be written."
    }
  }

  package enum GradingCommand: String, CaseIterable, Sendable {
    case run, replay, grade, bundle
  }

  package static let commands = ["check"] + GradingCommand.allCases.map(\.rawValue)
  private static let options = ["-c", "--threads", "--quick", "--help", "--version"]

  package static let usage = """
    conch                          the prompt
    conch FILE [arguments]         runs a script; `arguments` is a list of texts in it
    conch -c 'STATEMENTS' [arguments]
    conch - [arguments]            runs standard input as a script
    conch check FILE …             looks for mistakes without running anything
    conch run FILE [arguments] --record TRANSCRIPT
                                   runs a script and writes down what happens
    conch replay TRANSCRIPT        runs it again, and says what differs
    conch grade --rubric FILE SUBMISSIONS… [--output FOLDER] [--workers N] [--only NAME] [--failed]
                                   marks scripts, folders and zip archives of them
    conch bundle --rubric FILE [--output FILE.zip]
                                   packs a rubric for Gradescope

    --threads N                    threads of the engine (default: the machine's cores)
    --quick                        lessons in their short form; may follow FILE too
    --version, --help

    Exit status: 0, 1 after an error in the script, 2 for wrong usage, 130 after an interrupt.
    `grade`: 0 if all have all points, 1 if somebody lost some, 3 if the grader itself failed.
    `replay`: 1 if something differs.
    """

  /// - Parameter arguments: without the program's name.
  package static func parse(_ arguments: [String]) throws(UsageError) -> Invocation {
    var options = Options()
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "--help", "-h": return .help
      case "--version": return .version
      case "--quick": options.quick = true
      case "-":
        return .standardInput(arguments: Array(rest), options)
      case "-c":
        guard let statements = rest.popFirst() else {
          throw UsageError("`-c` needs statements", remedy: "write conch -c 'show 1 + 1'")
        }
        return .statements(statements, arguments: Array(rest), options)
      case "--":
        guard let path = rest.popFirst() else { return .prompt(options) }
        return .script(path: path, arguments: Array(rest), options)
      case "check":
        guard !rest.isEmpty else {
          throw UsageError("`check` needs a file", remedy: "write conch check FILE")
        }
        return .check(paths: Array(rest))
      default:
        if let command = GradingCommand(rawValue: word) {
          return .grading(command, Array(rest), options)
        }
        if word == "--threads" || word.hasPrefix("--threads=") {
          options.threads = try threads(
            word == "--threads" ? rest.popFirst() : String(word.dropFirst("--threads=".count)))
        } else if word.hasPrefix("-") {
          throw unknown(option: word)
        } else {
          // `./Lessons/week1.conch --quick` comes in this order.
          options.quick = options.quick || rest.contains("--quick")
          return .script(path: word, arguments: rest.filter { $0 != "--quick" }, options)
        }
      }
    }
    return .prompt(options)
  }

  private static func threads(_ text: String?) throws(UsageError) -> Int {
    guard let text, let count = Int(text), (1...1024).contains(count) else {
      throw UsageError("`--threads` needs a whole number from 1 to 1024")
    }
    return count
  }

  private static func unknown(option: String) -> UsageError {
    let name = option.split(separator: "=", maxSplits: 1).first.map(String.init) ?? option
    let near = Spelling.nearest(to: name, among: options)
    return UsageError(
      "there is no option `\(name)`", remedy: near.map { "did you mean `\($0)`?" })
  }

  /// For a script that cannot be opened: a mistyped command looks just like a file's name.
  package static func cannotOpen(_ path: String, reason: String) -> UsageError {
    let near =
      path.contains(".") || path.contains("/")
      ? nil : Spelling.nearest(to: path, among: commands)
    return UsageError(
      "cannot open `\(path)` (\(reason))", remedy: near.map { "did you mean `conch \($0)`?" })
  }
}
