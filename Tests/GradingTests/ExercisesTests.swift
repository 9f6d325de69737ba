import Foundation
import Grading
import Language
import TestSupport
import Testing

/// The exercises of the lessons, and the checks that mark them: a solution has everything, an untouched
/// sheet nothing, and whoever gets one thing wrong loses the points of that thing and no other.
@Suite("Exercises to hand in", .serialized) struct ExercisesTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
      "Lessons/Exercises")

  private static func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }

  /// A mistake that a student makes, and the titles of the checks that it costs.
  struct Mutant: Sendable {
    let old: String
    let new: String
    let lost: [String]

    init(_ old: String, _ new: String, _ lost: [String]) {
      self.old = old
      self.new = new
      self.lost = lost
    }
  }

  @Test("Sheet, solution and mistakes", arguments: 1...4)
  func week(number: Int) throws {
    let classroom = try Classroom()
    let name = "week\(number)"
    for file in ["\(name).conch", "\(name).rubric"] {
      try classroom.write(try Self.text(file), to: file)
    }
    let solution = try Self.text("\(name).solution.conch")
    try classroom.write(try Self.text("\(name).conch"), to: "submissions/sheet.conch")
    try classroom.write(solution, to: "submissions/solution.conch")
    let mutants = Mutants.all[number - 1]
    #expect(mutants.count >= 10)
    for (index, mutant) in mutants.enumerated() {
      #expect(solution.contains(mutant.old), "\(mutant.old)")
      try classroom.write(
        solution.replacingOccurrences(of: mutant.old, with: mutant.new),
        to: "submissions/mutant\(index).conch")
    }
    let outcome = try Executable.run(
      ["grade", "--rubric", "\(name).rubric", "submissions", "--output", "results"],
      folder: classroom.folder)
    #expect(outcome.status == ExitStatus.pointsLost, "\(outcome.errors)")
    let full = try classroom.result("solution")
    #expect(full.score == full.maximum, "\(lost(full))")
    #expect(full.notes.isEmpty)
    #expect(try classroom.result("sheet").score == 0)
    for (index, mutant) in mutants.enumerated() {
      let result = try classroom.result("mutant\(index)")
      #expect(lost(result) == mutant.lost, "\(mutant.old) → \(mutant.new)")
    }
  }

  private func lost(_ result: GradeResult) -> [String] {
    zip(result.checks, result.outcomes).filter { $0.1.share < 1 }.map { $0.0.title }
  }

  @Test("Every lesson has its sheet, solution and rubric")
  func complete() throws {
    let lessons = try FileManager.default.contentsOfDirectory(
      atPath: Self.folder.deletingLastPathComponent().path
    ).filter { $0.hasSuffix(".conch") }
    #expect(!lessons.isEmpty)
    for lesson in lessons {
      let name = String(lesson.dropLast(".conch".count))
      for file in ["\(name).conch", "\(name).solution.conch", "\(name).rubric"] {
        #expect(try !Self.text(file).isEmpty)
      }
      // The locked cells are the same in both.
      let sheet = Source(name: name, text: try Self.text("\(name).conch"))
      let solution = Source(name: name, text: try Self.text("\(name).solution.conch"))
      let (one, other) = (Cells.split(sheet), Cells.split(solution))
      #expect(one.map(\.title) == other.map(\.title))
      for (first, second) in zip(one, other) where first.isLocked {
        #expect(sheet.slice(first.span) == solution.slice(second.span))
      }
    }
  }
}
