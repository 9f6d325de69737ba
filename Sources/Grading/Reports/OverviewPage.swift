import Tensors

/// The teacher's page: how it went, what was hard, who needs a look, and who wrote alike.
enum OverviewPage {
  static func html(
    _ results: [GradeResult], _ rubric: Rubric, similar: [Similarity.Pair]
  ) -> String {
    let scores = results.map(\.score)
    let maximum = rubric.points
    var body = [
      Page.element("h1", rubric.assignment.title),
      Page.element(
        "div",
        "\(Summary.count(results.count, "submission")), \(GradeResult.points(maximum)) points; "
          + "mean \(rounded(mean(scores))), median \(rounded(median(scores))), "
          + "\(results.count { $0.score >= $0.maximum }) with all points", class: "dim"),
      "<h2>How many have how much (per cent of the points)</h2>", distribution(scores, maximum),
      "<h2>Checks, the hardest first</h2>",
      checks(results, rubric), "<h2>Submissions</h2>", submissions(results),
      "<h2>Similar submissions</h2>", pairs(similar),
    ]
    if let protections = results.first(where: { !$0.protections.isEmpty })?.protections {
      body.append(
        Page.element("p", "In force: " + protections.joined(separator: "; ") + ".", class: "dim"))
    }
    return Page.html(title: rubric.assignment.title, body: body.joined(separator: "\n"))
  }

  private static func mean(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }

  private static func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  private static func rounded(_ value: Double) -> String {
    GradeResult.points((value * 100).rounded() / 100)
  }

  /// Bars of how many have how much, in ten parts of the points and one for all of them.
  private static func distribution(_ scores: [Double], _ maximum: Double) -> String {
    guard maximum > 0, !scores.isEmpty else { return "" }
    var counts = [Int](repeating: 0, count: 11)
    for score in scores {
      counts[score >= maximum ? 10 : min(9, max(0, Int(score / maximum * 10)))] += 1
    }
    let most = max(counts.max() ?? 1, 1)
    let (width, height) = (56, 120)
    var svg =
      "<svg viewBox=\"0 0 \(11 * width) \(height + 44)\" role=\"img\" width=\"\(11 * width)\" "
      + "aria-label=\"How many have how many points\">"
    for (index, count) in counts.enumerated() {
      let bar = height * count / most
      let x = index * width
      svg +=
        "<rect x=\"\(x + 6)\" y=\"\(20 + height - bar)\" width=\"\(width - 12)\" height=\"\(bar)\" rx=\"3\"/>"
      if count > 0 {
        svg +=
          "<text x=\"\(x + width / 2)\" y=\"\(14 + height - bar)\" text-anchor=\"middle\">\(count)</text>"
      }
      let label = index == 10 ? "all" : "\(index * 10)–\(index * 10 + 10)"
      svg +=
        "<text x=\"\(x + width / 2)\" y=\"\(height + 38)\" text-anchor=\"middle\">\(label)</text>"
    }
    return svg + "</svg>"
  }

  private static func checks(_ results: [GradeResult], _ rubric: Rubric) -> String {
    struct Row {
      let check: Rubric.Check
      let share: Double
      let counts: [(CheckOutcome.Status, Int)]
    }
    let rows = rubric.checks.indices.map { index in
      let outcomes = results.compactMap { index < $0.outcomes.count ? $0.outcomes[index] : nil }
      return Row(
        check: rubric.checks[index], share: mean(outcomes.map(\.share)),
        counts: CheckOutcome.Status.allCases.map { status in
          (status, outcomes.count { $0.status == status })
        })
    }.enumerated().sorted { ($0.element.share, $0.offset) < ($1.element.share, $1.offset) }
    return Page.table(
      ["Check", "#Points", "Earned", "#", "What became of it"],
      rows.map(\.element).map { row in
        let hidden = row.check.visibility == "visible" ? "" : " (\(row.check.visibility))"
        let words = row.counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0.rawValue)" }
        return [
          Markup.escaped(row.check.title + hidden), GradeResult.points(row.check.points),
          Page.bar(row.share), "\(Int((100 * row.share).rounded()))\u{A0}%",
          Markup.escaped(words.joined(separator: ", ")),
        ]
      })
  }

  private static func submissions(_ results: [GradeResult]) -> String {
    Page.table(
      ["Name", "#Points", "", "How it ended", "#Seconds", "Notes"],
      results.map { result in
        [
          "<a href=\"\(reference(result.name))/report.html\">\(Markup.escaped(result.name))</a>",
          GradeResult.points(result.score),
          Page.bar(result.maximum > 0 ? result.score / result.maximum : 0),
          Markup.escaped(result.refusal ?? result.ending),
          result.refusal == nil ? rounded(result.seconds) : "",
          Markup.escaped(result.notes.joined(separator: "; ")),
        ]
      })
  }

  private static func pairs(_ similar: [Similarity.Pair]) -> String {
    guard !similar.isEmpty else {
      return Page.element(
        "p", "No two submissions have much in common besides the sheet.", class: "dim")
    }
    return Page.table(
      ["One", "Another", "#In common"],
      similar.prefix(50).map {
        [
          Markup.escaped($0.first), Markup.escaped($0.second),
          "\(Int((100 * $0.share).rounded()))\u{A0}%",
        ]
      })
  }

  /// A name as a part of an address.
  private static func reference(_ name: String) -> String {
    name.utf8.map { byte in
      let isPlain =
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || "-_.".utf8.contains(byte)
      guard !isPlain else { return String(Unicode.Scalar(byte)) }
      let digits = String(byte, radix: 16, uppercase: true)
      return "%" + (digits.count == 1 ? "0" : "") + digits
    }.joined()
  }
}
