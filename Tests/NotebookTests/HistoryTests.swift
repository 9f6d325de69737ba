import Foundation
import Notebook
import TestSupport
import Testing

@Suite("History") struct HistoryTests {
  private func file() throws -> String {
    try Executable.folder().appendingPathComponent("conch/history").path
  }

  @Test("Entries of several lines, quotes and any script come back as they were")
  func roundTrip() throws {
    let path = try file()
    let entries = [
      "x = 1", "for i in xs\n  show \"é {i} \\n\"\nend", "漢字 = \"😀\"\t# tab", "a\u{1}b",
    ]
    let history = History(path: path)
    entries.forEach(history.add)
    history.add("   ")
    history.add("a\u{1}b")
    #expect(History(path: path).entries == entries)
  }

  @Test("A line cut off by a kill costs that line and none after it")
  func tornLine() throws {
    let path = try file()
    History(path: path).add("first")
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    handle.write(Data("{\"entry\":\"half of it".utf8))
    try handle.close()
    let history = History(path: path)
    #expect(history.entries == ["first"])
    history.add("second")
    #expect(History(path: path).entries == ["first", "second"])
  }

  @Test("Two prompts at once lose nothing of each other")
  func twoAtOnce() throws {
    let path = try file()
    let (one, two) = (History(path: path), History(path: path))
    for number in 0..<50 {
      one.add("one \(number)")
      two.add("two \(number)")
    }
    #expect(Set(History(path: path).entries).count == 100)
    #expect(one.entries.count == 50)
  }

  @Test("A history that cannot be written is no error")
  func unwritable() {
    let history = History(path: "/proc/no/such/place/history")
    history.add("x")
    #expect(history.entries == ["x"])
  }

  @Test("The search by prefix passes over what is shown already")
  func prefix() {
    let history = History(path: nil)
    ["a = 1", "b = 2", "a = 3", "a = 1"].forEach(history.add)
    let last = history.previous(before: 4, prefix: "a", current: "a")
    #expect(last == 3)
    #expect(history.previous(before: 3, prefix: "a", current: "a = 1") == 2)
    #expect(history.previous(before: 2, prefix: "a", current: "a = 3") == 0)
    #expect(history.next(after: 0, prefix: "a", current: "a = 1") == 2)
    #expect(history.search("= 2", before: 4) == 1)
    #expect(history.search("zebra", before: 4) == nil)
  }
}
