import Language
import Notebook

/// Answers questions about what a script has left.
struct Respondent {
  private let session: Session
  private let isLate: () -> Bool

  /// Holds what a question comes to; it has no meaning to the script.
  private static let answerName = "grading_answer"

  init(_ session: Session, isLate: @escaping () -> Bool) {
    self.session = session
    self.isLate = isLate
    session.interpreter.afterFailure = .stop
    session.onStatement = nil
  }

  func answer(to question: Question) -> Report {
    let interpreter = session.interpreter
    do {
      for name in question.variables where interpreter.variable(named: name) == nil {
        throw GradingError.notInScript(name: name).failure
      }
      for (name, value) in question.arguments {
        interpreter.define(
          name, try value.value { _, _ in throw GradingError.notSendable(kind: "value").failure })
      }
      for (name, commandName) in question.commands {
        guard let command = interpreter.command(named: commandName) else {
          throw GradingError.unknownCommand(name: commandName, remedy: nil).failure
        }
        interpreter.define(name, .function(FunctionValue(command: command)))
      }
      let source = Source(
        name: "question", text: "\(Respondent.answerName) = \(question.expression)")
      switch interpreter.run(source) {
      case .finished:
        guard let value = interpreter.variable(named: Respondent.answerName) else {
          throw GradingError.childGone.failure
        }
        return .answer(try SentValue(value))
      case .failed(let diagnostics):
        guard let first = diagnostics.first else { throw GradingError.childGone.failure }
        throw first.failure
      case .interrupted(let diagnostic):
        if isLate() { return .refused(code: Respondent.timeoutCode, message: "") }
        throw diagnostic.failure
      }
    } catch let failure as Failure {
      return .refused(code: failure.code, message: failure.message)
    } catch {
      return .refused(code: "E0500", message: "\(error)")
    }
  }

  /// Of an answer that would have taken too long.
  static let timeoutCode = GradingError.checkTimeout(seconds: 0).failure.code
}
