import Language

/// What the arguments on the command line ask for.
package enum Invocation: Equatable {
  /// The prompt, or with `resumes` the last session again.
  case prompt(Options, resumes: Bool = false)
  /// A lesson by its number or its file; nil lists the lessons.
  case lesson(String?, Options)
  case export(path: String, format: ExportFormat, output: String?, Options)
  case importNotebook(path: String, output: String?)
  case script(path: String, arguments: [String], Options)
  case statements(String, arguments: [String], Options)
  case standardInput(arguments: [String], Options)
  case check(paths: [String])
  /// Lays files out anew, or with `onlyChecks` says which of them are not.
  case format(paths: [String], onlyChecks: Bool)
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

  package static let commands =
    ["check", "format", "lesson", "export", "import"] + GradingCommand.allCases.map(\.rawValue)
  private static let options = [
    "-c", "--threads", "--quick", "--resume", "--to", "--output", "--help", "--version",
  ]

  package static let usage = """
    conch                          the prompt
    conch FILE [arguments]         runs a script; `arguments` is a list of texts in it
    conch -c 'STATEMENTS' [arguments]
    conch - [arguments]            runs standard input as a script
    conch lesson [NUMBER or FILE]  goes through a lesson cell by cell; alone, lists the lessons
    conch --resume                 the prompt as it was when the last session broke off
    conch check FILE …             looks for mistakes without running anything
    conch format FILE …            indents scripts anew; with --check only says which are not
    conch export FILE --to html    runs a script and writes it as a web page, with its figures
                                   (or as a notebook: ipynb, or as text: md)
    conch import FILE.ipynb        makes a script of a notebook
    conch run FILE [arguments] --record TRANSCRIPT
                                   runs a script and writes down what happens
    conch replay TRANSCRIPT        runs it again, and says what differs
    conch grade --rubric FILE SUBMISSIONS… [--output FOLDER] [--workers N] [--only NAME] [--failed]
                                   marks scripts, folders and zip archives of them
    conch bundle --rubric FILE [--output FILE.zip]
                                   packs a rubric for Gradescope

    --threads N                    threads of the engine (default: the machine's cores)
    --output FILE                  where `export` and `import` write (default: FILE's name)
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
    var resumes = false
    while let word = rest.popFirst() {
      switch word {
      case "--help", "-h": return .help
      case "--version": return .version
      case "--quick": options.quick = true
      case "--resume":
        resumes = true
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
      case "format":
        let paths = rest.filter { $0 != "--check" }
        if let option = paths.first(where: { $0.hasPrefix("-") }) { throw unknown(option: option) }
        guard !paths.isEmpty else {
          throw UsageError("`format` needs a file", remedy: "write conch format FILE")
        }
        return .format(paths: Array(paths), onlyChecks: rest.contains("--check"))
      case "lesson": return try lesson(rest, options)
      case "export": return try export(rest, options)
      case "import":
        let given = try Words(rest, ["--output"])
        return .importNotebook(
          path: try given.path("import", "conch import FILE.ipynb"), output: given["--output"])
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
    return .prompt(options, resumes: resumes)
  }

  private static func lesson(
    _ rest: ArraySlice<String>, _ options: Options
  ) throws(UsageError) -> Invocation {
    var options = options
    if rest.contains("--quick") { options.quick = true }
    let words = rest.filter { $0 != "--quick" }
    guard words.count <= 1 else {
      throw UsageError("`lesson` takes one lesson", remedy: "write conch lesson 1")
    }
    return .lesson(words.first, options)
  }

  private static func export(
    _ rest: ArraySlice<String>, _ options: Options
  ) throws(UsageError) -> Invocation {
    var options = options
    if rest.contains("--quick") { options.quick = true }
    let given = try Words(rest.filter { $0 != "--quick" }, ["--to", "--output"])
    let path = try given.path("export", "conch export FILE --to html")
    let ending = given["--output"]?.split(separator: ".").last.map(String.init)
    let name = given["--to"] ?? ending ?? ExportFormat.html.rawValue
    guard let format = ExportFormat(rawValue: name) else {
      throw UsageError(
        "there is no format `\(name)`",
        remedy: "write --to " + ExportFormat.allCases.map(\.rawValue).joined(separator: ", --to "))
    }
    return .export(path: path, format: format, output: given["--output"], options)
  }

  /// Words behind a command: options with their values, and files.
  private struct Words {
    private var values: [String: String] = [:]
    private var files: [String] = []

    init(_ words: some Sequence<String>, _ options: [String]) throws(UsageError) {
      var rest = Array(words)[...]
      while let word = rest.popFirst() {
        if let option = options.first(where: { word == $0 || word.hasPrefix($0 + "=") }) {
          let value =
            word == option ? rest.popFirst() : String(word.dropFirst(option.count + 1))
          guard let value, !value.isEmpty else { throw UsageError("`\(option)` needs a value") }
          values[option] = value
        } else if word.hasPrefix("-") {
          throw unknown(option: word)
        } else {
          files.append(word)
        }
      }
    }

    subscript(option: String) -> String? { values[option] }

    func path(_ command: String, _ remedy: String) throws(UsageError) -> String {
      guard files.count == 1 else {
        throw UsageError("`\(command)` needs one file", remedy: "write \(remedy)")
      }
      return files[0]
    }
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
