import Foundation
import Grading
import TestSupport
import Testing

/// The zoo, graded once for all tests.
private enum ZooVisit {
  static let classroom = Result {
    let classroom = try Classroom()
    try classroom.write(Zoo.rubric, to: "test.rubric")
    try classroom.write(Zoo.sheet, to: "sheet.conch")
    try ZooData.write(to: classroom)
    for animal in Zoo.animals {
      try classroom.write(animal.script, to: "submissions/\(animal.name).conch")
    }
    try classroom.write(Zoo.good, to: "submissions/good.conch")
    // Fifty megabytes in one line.
    try classroom.write(
      Array(Zoo.good.utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 50_000_000),
      to: "submissions/long line.conch")
    return (classroom, try classroom.grade())
  }
}

@Suite("The zoo of hostile submissions", .serialized) struct ZooTests {
  @Test("There are at least forty of them, with names of their own")
  func size() {
    #expect(Zoo.animals.count >= 40)
    #expect(Set(Zoo.animals.map(\.name)).count == Zoo.animals.count)
  }

  @Test("Everybody is graded, and has one row")
  func everybody() throws {
    let (classroom, outcome) = try ZooVisit.classroom.get()
    #expect(outcome.status == ExitStatus.pointsLost, "\(outcome.errors)")
    #expect(outcome.errors == "")
    let names = Zoo.animals.map(\.name) + ["good", "long line"]
    let rows = try String(
      contentsOf: classroom.results.appendingPathComponent("gradebook.csv"), encoding: .utf8
    ).split(separator: "\r\n").dropFirst()
    #expect(rows.count == names.count)
    for name in names { #expect(rows.count { $0.hasPrefix("\(name),") } == 1, "\(name)") }
  }

  @Test("A good submission beside them has all points")
  func good() throws {
    let result = try ZooVisit.classroom.get().0.result("good")
    #expect(result.marks == "+++++")
    #expect(result.score == result.maximum)
    #expect(result.ending == "finished")
    #expect(result.notes.isEmpty)
  }

  @Test("Each gets what it has earned", arguments: Zoo.animals.map(\.name))
  func row(name: String) throws {
    let animal = try #require(Zoo.animals.first { $0.name == name })
    let result = try ZooVisit.classroom.get().0.result(name)
    let said = result.outcomes.map { "\($0.status): \($0.message)" }.joined(separator: "\n")
    #expect(result.marks == animal.marks, "\(result.ending)\n\(result.notes)\n\(said)")
    if let ending = animal.ending { #expect(result.ending.hasPrefix(ending), "\(result.ending)") }
    if let note = animal.note {
      #expect(result.notes.contains { $0.contains(note) }, "\(result.notes)")
    }
  }

  @Test("A line of fifty megabytes is refused as such")
  func longLine() throws {
    let result = try ZooVisit.classroom.get().0.result("long line")
    #expect(result.marks == "eeees")
    #expect(result.outcomes[0].message.contains("MiB"), "\(result.outcomes[0].message)")
  }

  @Test("No escape sequence, markup or hidden question reaches a report or the terminal")
  func reports() throws {
    let (classroom, outcome) = try ZooVisit.classroom.get()
    for (name, text) in try classroom.reports() + [("output", outcome.output)] {
      // JSON and the transcript write control characters as escapes; nothing else may have them.
      let control = text.unicodeScalars.first {
        ($0.value < 0x20 && !"\n\r\t".unicodeScalars.contains($0))
          || (0x7F...0x9F).contains($0.value)
      }
      #expect(control == nil, "\(name)")
      if name.hasSuffix(".html") {
        #expect(!text.contains("<script>alert"), "\(name)")
        #expect(!text.contains("<img src=x"), "\(name)")
      }
    }
    let spy = try classroom.reports().filter { $0.name.hasPrefix("tells what it was asked/") }
    for (name, text) in spy where !name.hasSuffix("grade.json") {
      #expect(!text.contains("asked 4"), "\(name)")
    }
  }

  @Test("What they wrote is gone, and nothing was written elsewhere")
  func leftovers() {
    #expect(!FileManager.default.fileExists(atPath: "/tmp/conch-zoo.safetensors"))
  }
}
