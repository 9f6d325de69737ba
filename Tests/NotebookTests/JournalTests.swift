import Foundation
import Notebook
import TestSupport
import Testing

@Suite("The journal") struct JournalTests {
  private func folder() throws -> String {
    try Executable.folder().appendingPathComponent("sessions").path
  }

  private func append(_ text: String, to folder: String) throws {
    let name = try #require(FileManager.default.contentsOfDirectory(atPath: folder).sorted().last)
    let handle = try #require(FileHandle(forWritingAtPath: "\(folder)/\(name)"))
    try handle.seekToEnd()
    handle.write(Data(text.utf8))
    try handle.close()
  }

  @Test("What came to its end comes back as it was, whatever stands in it")
  func roundTrip() throws {
    let folder = try folder()
    let entries = [
      Journal.Entry(kept: "for i in xs\n  show \"é {i} \\n\"\nend", title: "A “title”", place: 3),
      Journal.Entry(kept: ""),
      Journal.Entry(kept: "x = 1", interrupted: "while true end", looks: [17, 40]),
    ]
    do {
      let journal = Journal(folder: folder, lesson: "a b.conch", isQuick: true)
      for entry in entries {
        journal.begin(entry.kept)
        journal.end(entry)
      }
      journal.begin("crash()")
      // While it lives, it is no session that broke off.
      #expect(Journal.last(in: folder) == nil)
      #expect(!Journal.hasCrashed(in: folder))
    }
    let past = try #require(Journal.last(in: folder))
    #expect(past.entries == entries)
    #expect(past.lesson == "a b.conch" && past.isQuick && !past.hasLeft)
    #expect(past.unfinished == "crash()")
    #expect(Journal.hasCrashed(in: folder))
  }

  @Test("A line that a kill has cut off costs that line")
  func tornLine() throws {
    let folder = try folder()
    do {
      let journal = Journal(folder: folder)
      journal.end(Journal.Entry(kept: "x = 1"))
    }
    try append("{\"kept\":\"y = ", to: folder)
    let past = try #require(Journal.last(in: folder))
    #expect(past.entries == [Journal.Entry(kept: "x = 1")])
  }

  @Test("A session that broke off is taken before a later one that was left, and that before none")
  func choice() throws {
    let folder = try folder()
    func session(_ text: String, leaves: Bool) {
      let journal = Journal(folder: folder)
      journal.end(Journal.Entry(kept: text))
      if leaves { journal.leave() }
    }
    session("first", leaves: true)
    #expect(Journal.last(in: folder)?.entries.first?.kept == "first")
    session("second", leaves: false)
    session("third", leaves: true)
    #expect(Journal.last(in: folder)?.entries.first?.kept == "second")
    #expect(!Journal.hasCrashed(in: folder))
  }

  @Test("Old sessions go; a session in which nothing ran leaves no file")
  func old() throws {
    let folder = try folder()
    for number in 0..<40 {
      let journal = Journal(folder: folder)
      journal.end(Journal.Entry(kept: "x = \(number)"))
      journal.leave()
    }
    _ = Journal(folder: folder)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 30)
    #expect(Journal.last(in: folder)?.entries.first?.kept == "x = 39")
  }

  @Test("A journal that cannot be written is no error, and damaged ones are none")
  func damaged() throws {
    let journal = Journal(folder: "/proc/no/such/place")
    journal.begin("x")
    journal.end(Journal.Entry(kept: "x"))
    #expect(Journal.last(in: "/proc/no/such/place") == nil)
    let folder = try folder()
    do { Journal(folder: folder).end(Journal.Entry(kept: "x = 1")) }
    try append(
      "\u{0}\n[]\n{\"kept\":5}\n{\"kept\":\"y\",\"place\":\"z\",\"looks\":{}}\n", to: folder)
    #expect(Journal.last(in: folder)?.entries.map(\.kept) == ["x = 1", "y"])
  }
}
