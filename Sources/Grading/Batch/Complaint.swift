import Language
import Tensors

/// What went wrong with grading, for standard error, and the exit status that goes with it.
package enum Complaint {
  package static func of(_ error: any Error) -> (text: String, status: Int32) {
    func line(_ text: String) -> String { "conch: \(Markup.plain(text))\n" }
    switch error {
    case let failure as Failure:
      let remedy = failure.remedy.map { "; \($0)" } ?? ""
      return (line(failure.message + remedy), ExitStatus.usage)
    case let mistakes as RubricMistakes: return (mistakes.text, ExitStatus.usage)
    case let broke as GraderBroke: return (line(broke.what), ExitStatus.graderBroke)
    case FileError.notFound(let path):
      return (line("there is no file `\(path)`"), ExitStatus.usage)
    case FileError.notWritable(let path, let reason):
      return (line("`\(path)` cannot be written: \(reason)"), ExitStatus.graderBroke)
    default: return (line("\(error)"), ExitStatus.graderBroke)
    }
  }
}
