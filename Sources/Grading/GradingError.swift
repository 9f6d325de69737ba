import Language

/// What grading itself can complain about, as facts; the sentences are here too.
enum GradingError: Error, Equatable {
  // What a check meets in a submission.
  case notInScript(name: String)
  case answerTooLarge
  case checkTimeout(seconds: Double)
  case checkLimit(String)
  case checkCrash(signal: Int)
  case childGone
  case scriptNeverRan(String)
  case scriptKilled
  case scriptCrashed(signal: Int)
  case skipped(needs: String)
  // What a teacher hears of a rubric.
  case misplaced(command: String, line: Int)
  case notLiteral(command: String, parameter: String, line: Int)
  case shareIsNaN
  case checksOnOneLine(line: Int)
  case checkTwice(description: String, line: Int)
  case unknownNeed(description: String, needs: String)
  case noChecks
  case notSendable(kind: String)
  case unknownCommand(name: String, remedy: String?)

  var failure: Failure {
    func failure(_ code: String, _ message: String, _ remedy: String? = nil) -> Failure {
      Failure(code: code, message: message, remedy: remedy)
    }
    switch self {
    case .notInScript(let name):
      return failure("E0920", "the script gives `\(name)` no value")
    case .answerTooLarge: return failure("E0921", "this value is too large to be looked at")
    case .checkTimeout(let seconds):
      return failure("E0922", "this takes longer than \(Value.number(seconds).display) s")
    case .checkLimit(let what): return failure("E0923", "this needs more than \(what)")
    case .checkCrash(let signal):
      return failure("E0924", "the program was ended by the system here (signal \(signal))")
    case .childGone: return failure("E0925", "the process that held the values has ended")
    case .scriptNeverRan(let why): return failure("E0926", why)
    case .scriptKilled:
      return failure("E0928", "the script took too long, and could not be stopped otherwise")
    case .scriptCrashed(let signal):
      return failure("E0929", "the program was ended by the system (signal \(signal))")
    case .skipped(let needs): return failure("E0927", "this needs “\(needs)” first")
    case .misplaced(let command, let line):
      return failure(
        "E0930", "`\(command)` on line \(line) is not a statement by itself",
        "let it stand alone and outside of loops, so that all students are asked the same")
    case .notLiteral(let command, let parameter, let line):
      return failure(
        "E0931", "`\(parameter)` of `\(command)` on line \(line) is not written out",
        "write it as a plain number or text, so that all students are asked the same")
    case .shareIsNaN: return failure("E0938", "the share of the points is no number")
    case .checksOnOneLine(let line):
      return failure("E0939", "there are two checks on line \(line)", "give each a line of its own")
    case .checkTwice(let description, let line):
      return failure("E0932", "the `check` on line \(line) repeats the title “\(description)”")
    case .unknownNeed(let description, let needs):
      return failure(
        "E0933", "“\(description)” needs “\(needs)”, and no check before it has that title")
    case .noChecks: return failure("E0934", "this rubric checks nothing")
    case .notSendable(let kind):
      return failure(
        "E0935", "a value of the kind “\(kind)” cannot be given to a submission",
        "let `conch` make it there: conch.load(…)")
    case .unknownCommand(let name, let remedy):
      return failure("E0936", "there is no command `\(name)`", remedy)
    }
  }
}
