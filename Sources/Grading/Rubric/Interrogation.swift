import Language

/// The questions that one check asks of a submission, and what came back.
final class Interrogation {
  private let child: ChildProcess
  /// Why nothing can be asked at all.
  var obstacle: Failure?
  /// What the check that runs has asked so far.
  private(set) var exchanges: [CheckOutcome.Exchange] = []
  /// What went wrong with its last question.
  private(set) var problem: Failure?
  private var seconds = 0.0
  private var argumentCount = 0

  private static let shownLimit = 20

  init(_ child: ChildProcess) { self.child = child }

  /// Begins the next check; its first question makes the copy that answers.
  func begin(seconds: Double) {
    child.endCopy()
    self.seconds = seconds
    exchanges = []
    problem = nil
  }

  func end() { child.endCopy() }

  func ask(_ inquiry: Inquiry) throws -> Value {
    do {
      if let obstacle { throw obstacle }
      if !child.hasCopy {
        // What a copy has done wrong ends its check: there is no second one.
        if let problem { throw problem }
        try child.beginCopy(seconds: seconds)
      }
      let value = try child.ask(inquiry.question).value { sent, path in
        RemoteValue.value(sent, inquiry.followed(by: path), self)
      }
      note(CheckOutcome.Exchange(asked: inquiry.shown, answer: value.display))
      return value
    } catch let failure as Failure {
      problem = failure
      note(.failed(inquiry.shown, failure.message))
      throw failure
    } catch {
      problem = GradingError.childGone.failure
      throw GradingError.childGone.failure
    }
  }

  private func note(_ exchange: CheckOutcome.Exchange) {
    guard exchanges.count < Interrogation.shownLimit else { return }
    // A question that goes on from the one before says the same and more.
    if let last = exchanges.last, exchange.asked.hasPrefix(last.asked) {
      exchanges.removeLast()
    }
    exchanges.append(exchange)
  }

  func newArgumentName() -> String {
    argumentCount += 1
    return "grading_argument_\(argumentCount)"
  }
}

/// A question that is being put together: an expression, and what the rubric contributes to it.
struct Inquiry {
  private(set) var question: Question
  /// How it reads: with the arguments in their places.
  private(set) var shown: String

  static func variable(_ name: String) -> Inquiry {
    Inquiry(question: Question(name, variables: [name]), shown: name)
  }

  /// A command of the language, under a name that the script cannot have taken.
  static func command(_ name: String, _ interrogation: Interrogation) -> Inquiry {
    let alias = interrogation.newArgumentName()
    return Inquiry(question: Question(alias, commands: [(alias, name)]), shown: name)
  }

  /// - Parameter path: `.name`, `[2]["key"]`.
  func followed(by path: String) -> Inquiry {
    var result = self
    result.question.expression =
      path.isEmpty ? question.expression : "(\(question.expression))\(path)"
    result.shown += path
    return result
  }

  /// - Parameter arguments: a label, or none, and a value each.
  func called(
    with arguments: [(label: String?, value: Value)], _ interrogation: Interrogation
  ) throws -> Inquiry {
    try applied("(", arguments, ")", interrogation)
  }

  func indexed(
    by items: [IndexItem], _ interrogation: Interrogation
  ) throws -> Inquiry {
    var result = self
    var texts: [String] = []
    var shown: [String] = []
    for item in items {
      func bound(_ bound: Int?) -> String { bound.map(String.init) ?? "" }
      switch item {
      case .at(let value):
        texts.append(try result.add(value, interrogation))
        shown.append(value.display)
      case .slice(let start, let end, let step):
        let text = "\(bound(start)):\(bound(end))" + (step.map { ":\($0)" } ?? "")
        texts.append(text)
        shown.append(text)
      case .range(let range):
        texts.append(try result.add(.range(range), interrogation))
        shown.append(Value.range(range).display)
      case .ellipsis:
        texts.append("...")
        shown.append("...")
      }
    }
    result.question.expression = "(\(question.expression))[\(texts.joined(separator: ", "))]"
    result.shown += "[\(shown.joined(separator: ", "))]"
    return result
  }

  private func applied(
    _ open: String, _ arguments: [(label: String?, value: Value)], _ close: String,
    _ interrogation: Interrogation
  ) throws -> Inquiry {
    var result = self
    var texts: [String] = []
    var shown: [String] = []
    for (label, value) in arguments {
      let lead = label.map { "\($0): " } ?? ""
      texts.append(lead + (try result.add(value, interrogation)))
      shown.append(lead + Inquiry.shown(value))
    }
    result.question.expression =
      "(\(question.expression))\(open)\(texts.joined(separator: ", "))\(close)"
    result.shown += "\(open)\(shown.joined(separator: ", "))\(close)"
    return result
  }

  private static func shown(_ value: Value) -> String {
    if case .object(let remote as RemoteValue) = value { return remote.inquiry.shown }
    let text = value.display
    return text.utf8.count <= 60 && !text.utf8.contains(10) ? text : "<\(value.kind)>"
  }

  /// The text that stands for a value: a new name, or the expression of what lies in the child.
  private mutating func add(_ value: Value, _ interrogation: Interrogation) throws -> String {
    if case .object(let remote as RemoteValue) = value {
      question.arguments += remote.inquiry.question.arguments
      question.commands += remote.inquiry.question.commands
      question.variables += remote.inquiry.question.variables
      return "(\(remote.inquiry.question.expression))"
    }
    let sent = try SentValue(value)
    // Only what is plain can be made again in the child.
    _ = try sent.value { other, _ in
      let kind = if case .object(let kind, _) = other { kind } else { "function" }
      throw GradingError.notSendable(kind: kind).failure
    }
    let name = interrogation.newArgumentName()
    question.arguments.append((name, sent))
    return name
  }
}
