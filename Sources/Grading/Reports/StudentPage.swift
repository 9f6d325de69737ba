import Tensors
/// The page that a student is given back: what was earned, what is still missing and where to look,
/// and what the script showed. Of hidden checks it says only that there are some.
enum StudentPage {
  static func html(_ result: GradeResult, _ record: RunRecord) -> String {
    let pairs = zip(result.checks, result.outcomes).filter { $0.0.visibility == "visible" }
    let hidden = result.checks.count - pairs.count
    let maximum = pairs.reduce(0) { $0 + $1.0.points }
    let score = pairs.reduce(0) { $0 + $1.0.points * $1.1.share }
    var body = [
      Page.element("h1", result.assignment), Page.element("div", result.name, class: "dim"),
      Page.element(
        "div", "\(GradeResult.points(score)) of \(GradeResult.points(maximum)) points",
        class: "score"), Page.bar(maximum > 0 ? score / maximum : 0),
    ]
    if hidden > 0 {
      body.append(
        Page.element(
          "p", "\(Summary.count(hidden, "more check")) will be looked at by your teacher.",
          class: "dim"))
    }
    if let refusal = result.refusal {
      body.append(Page.element("p", "Your script could not be run: \(refusal)."))
    }
    if let sentence = sentence(record.ending), result.refusal == nil {
      body.append(Page.element("p", sentence))
    }
    if !result.notes.isEmpty {
      body.append("<h2>Notes</h2>\n<ul>")
      body += result.notes.map { Page.element("li", $0) }
      body.append("</ul>")
    }
    body.append("<h2>Checks</h2>")
    var cell: String?
    for (check, outcome) in pairs {
      if check.cell != cell, let title = check.cell {
        body.append(Page.element("p", title, class: "dim"))
      }
      cell = check.cell
      body.append(card(check, outcome))
    }
    let shown = run(record)
    if !shown.isEmpty { body.append("<h2>What your script showed</h2>") }
    body += shown
    if !result.protections.isEmpty {
      body.append(
        Page.element(
          "p", "It ran with: " + result.protections.joined(separator: "; ") + ".", class: "dim"))
    }
    return Page.html(
      title: "\(result.assignment) – \(result.name)", body: body.joined(separator: "\n"))
  }

  private static func sentence(_ ending: RunRecord.Ending) -> String? {
    switch ending {
    case .told(.finished): nil
    case .told(.failed):
      "There was an error on the way. What stands in other cells was run all the same."
    case .told(.timeout), .killed:
      "Your script took too long and was ended. What it had by then counts."
    case .told(.statements):
      "Your script ran through too many statements and was ended. Is there a loop without an end?"
    case .told(.interrupted): "Your script was interrupted."
    case .limit(let what): "Your script needed more than \(what), and was ended."
    case .crashed: "Your script ended the program. Please tell your teacher."
    }
  }

  private static func card(_ check: Rubric.Check, _ outcome: CheckOutcome) -> String {
    let kind =
      switch outcome.status {
      case .passed: "passed"
      case .failed: "failed"
      case .error, .timeout, .limit: "error"
      case .skipped, .notAttempted: "waiting"
      }
    let sign = outcome.status == .passed ? "✓ " : ""
    let points =
      "\(GradeResult.points(check.points * outcome.share)) / \(GradeResult.points(check.points))"
    let lines = Feedback.lines(check, outcome).map(paragraph)
    return "<div class=\"check \(kind)\"><header>\(Page.element("b", sign + check.title))"
      + Page.element("span", points, class: "points") + "</header>" + lines.joined() + "</div>"
  }

  /// A line in which what stands between back quotes is code.
  private static func paragraph(_ line: String) -> String {
    let parts = line.split(separator: "`", omittingEmptySubsequences: false)
    guard parts.count % 2 == 1 else { return Page.element("p", line) }
    let markup = parts.enumerated().map { index, part in
      index % 2 == 0 ? Markup.escaped(String(part)) : Page.element("code", String(part))
    }
    return "<p>\(markup.joined())</p>"
  }

  /// Output, errors and figures in their order.
  private static func run(_ record: RunRecord) -> [String] {
    var result: [String] = []
    var text = ""
    func flush() {
      if !text.isEmpty { result.append(Page.element("pre", text)) }
      text = ""
    }
    for (index, event) in record.events.enumerated() {
      switch event {
      case .output(let more): text += more
      case .problem(_, _, _, let message):
        flush()
        result.append(Page.element("pre", message, class: "problem"))
      case .figure(let title, let summary, let description, _):
        flush()
        guard let file = record.pictures[index] else {
          text += summary + "\n"
          continue
        }
        let caption = title.isEmpty ? summary : title
        result.append(
          "<figure><img alt=\"\(Markup.escaped(description))\" "
            + "src=\"data:image/png;base64,\(Base64.encoded(file))\">"
            + Page.element("figcaption", caption) + "</figure>")
      default: break
      }
    }
    flush()
    return result
  }
}
