import Tensors

/// What a submission has earned, and why: what all reports are made of.
package struct GradeResult: Equatable, Sendable {
  package var name: String
  /// Stands for everything that the result depends on; the same key, the same result.
  package var key: String
  package var assignment: String
  /// How the script ended, in a few words.
  package var ending: String
  /// Why there was nothing to run; nil if there was.
  package var refusal: String?
  package var checks: [Rubric.Check]
  /// One for each check.
  package var outcomes: [CheckOutcome]
  /// What was put right or is odd about the submission.
  package var notes: [String]
  /// Which protections were in force.
  package var protections: [String]
  /// Seconds that the script ran.
  package var seconds: Double
  /// When it was graded: `2026-11-26T07:00:00`, in universal time.
  package var time: String

  package var maximum: Double { checks.reduce(0) { $0 + $1.points } }
  package var score: Double { zip(checks, outcomes).reduce(0) { $0 + $1.0.points * $1.1.share } }

  /// Points as they are shown: at most three digits after the point.
  package static func points(_ value: Double) -> String {
    JSON.number((value * 1000).rounded() / 1000).text
  }
}

// The result as it is kept beside the reports, and read again when a batch goes on.
extension GradeResult {
  package var json: JSON {
    .object([
      "conch grade": .integer(GradeResult.format), "name": .text(name), "key": .text(key),
      "assignment": .text(assignment), "ending": .text(ending),
      "refusal": refusal.map { .text($0) } ?? .null,
      "notes": .array(notes.map { .text($0) }),
      "protections": .array(protections.map { .text($0) }),
      "seconds": .number((seconds * 1000).rounded() / 1000), "time": .text(time),
      "checks": .array(zip(checks, outcomes).map(GradeResult.json)),
    ])
  }

  private static let format = 1

  private static func json(_ check: Rubric.Check, _ outcome: CheckOutcome) -> JSON {
    .object([
      "title": .text(check.title), "points": .number(check.points),
      "visibility": .text(check.visibility), "needs": .array(check.needs.map { .text($0) }),
      "hint": .text(check.hint), "line": .integer(check.line),
      "cell": check.cell.map { .text($0) } ?? .null, "status": .text(outcome.status.rawValue),
      "share": .number(outcome.share), "message": .text(outcome.message),
      "exchanges": .array(
        outcome.exchanges.map { .object(["asked": .text($0.asked), "answer": .text($0.answer)]) }),
    ])
  }

  /// Nil if it is not such a file, or one of another version.
  package init?(_ json: JSON) {
    guard json["conch grade"] == .integer(GradeResult.format),
      let name = json["name"]?.string, let key = json["key"]?.string,
      let assignment = json["assignment"]?.string, let ending = json["ending"]?.string,
      let notes = GradeResult.texts(json["notes"]),
      let protections = GradeResult.texts(json["protections"]),
      let seconds = json["seconds"]?.double, let time = json["time"]?.string,
      case .array(let entries)? = json["checks"]
    else { return nil }
    self.init(
      name: name, key: key, assignment: assignment, ending: ending,
      refusal: json["refusal"]?.string, checks: [], outcomes: [], notes: notes,
      protections: protections, seconds: seconds, time: time)
    for entry in entries {
      guard let title = entry["title"]?.string, let points = entry["points"]?.double,
        let visibility = entry["visibility"]?.string, let needs = GradeResult.texts(entry["needs"]),
        let hint = entry["hint"]?.string, case .integer(let line)? = entry["line"],
        let status = entry["status"]?.string.flatMap(CheckOutcome.Status.init),
        let share = entry["share"]?.double, let message = entry["message"]?.string,
        case .array(let exchanges)? = entry["exchanges"]
      else { return nil }
      checks.append(
        Rubric.Check(
          title: title, points: points, visibility: visibility, seconds: nil, needs: needs,
          hint: hint, line: line, cell: entry["cell"]?.string))
      outcomes.append(
        CheckOutcome(
          status, share: share, message: message,
          exchanges: exchanges.compactMap { exchange in
            guard let asked = exchange["asked"]?.string, let answer = exchange["answer"]?.string
            else { return nil }
            return CheckOutcome.Exchange(asked: asked, answer: answer)
          }))
    }
  }

  private static func texts(_ json: JSON?) -> [String]? {
    guard case .array(let elements)? = json else { return nil }
    let texts = elements.compactMap(\.string)
    return texts.count == elements.count ? texts : nil
  }
}
