import Notebook
import Testing

@Suite("Editing an entry") struct EntryTextTests {
  @Test("Vertical moves keep their column through shorter lines")
  func verticalMoves() {
    var entry = EntryText("a long line\nx\nanother line")
    #expect(entry.cursor == 26)
    var places: [Int] = []
    for step in [-1, -1, -1, 1, 1, 1] {
      entry.moveLine(by: step)
      places.append(entry.cursor)
    }
    #expect(places == [13, 11, 11, 13, 26, 26])
  }

  @Test("A new line takes over the indentation, and a closing word gives one level back")
  func indentation() {
    var entry = EntryText("for x in xs")
    entry.breakLine(deeper: true)
    entry.insert("show x")
    entry.dedentClosingLine()
    entry.breakLine(deeper: false)
    entry.insert("end")
    entry.dedentClosingLine()
    #expect(entry.text == "for x in xs\n  show x\nend")
    entry.dedentClosingLine()
    #expect(entry.text == "for x in xs\n  show x\nend")
  }

  @Test("Backspace in indentation takes a level, elsewhere a character")
  func backspace() {
    var entry = EntryText("if a\n    ")
    entry.deleteBack()
    #expect(entry.text == "if a\n  ")
    entry.insert("é")
    entry.deleteBack()
    #expect(entry.text == "if a\n  ")
    var empty = EntryText()
    let isDone = empty.deleteBack()
    #expect(!isDone)
  }

  @Test("Words are what is cut, and undo brings everything back")
  func wordsAndUndo() {
    var entry = EntryText("train fit epochs: 3")
    entry.cut(entry.wordLeft..<entry.cursor)
    #expect(entry.text == "train fit epochs: ")
    entry.cut(entry.wordLeft..<entry.cursor)
    #expect(entry.text == "train fit ")
    entry.yank()
    #expect(entry.text == "train fit epochs: ")
    for _ in 0..<3 { entry.undo() }
    #expect(entry.text == "train fit epochs: 3")
    let isDone = entry.undo()
    #expect(!isDone)
  }
}

@Suite("What is drawn of an entry") struct EntryViewTests {
  private func view(_ entry: EntryText, rows: Int = 10, columns: Int = 40) -> EntryView {
    EntryView(entry, promptWidth: 4, rows: rows, columns: columns) { _ in "..> " }
  }

  private func text(_ scalars: [Unicode.Scalar]) -> String {
    String(String.UnicodeScalarView(scalars))
  }

  @Test("Continuation prompts stand between the lines and are no part of the entry")
  func prompts() {
    var entry = EntryText("if a\nb")
    let view = view(entry)
    #expect(text(view.scalars) == "if a\n..> b")
    #expect(view.cursor == 10)
    var drawn = view.scalars
    drawn.insert("c", at: 10)
    view.update(&entry, drawn: drawn, cursor: 11)
    #expect(entry.text == "if a\nbc")
    #expect(entry.cursor == 7)
  }

  @Test("What is typed goes before the cursor also where it equals its neighbours")
  func repeatedLetters() {
    for place in 0...3 {
      var entry = EntryText("aaa")
      entry.move(to: place)
      let view = view(entry)
      view.update(&entry, drawn: view.scalars + ["a"], cursor: place + 1)
      #expect(entry.text == "aaaa")
      #expect(entry.cursor == place + 1)
    }
  }

  @Test("An entry higher than the window shows the lines around the cursor")
  func window() {
    let lines = (0..<100).map { "line \($0)" }.joined(separator: "\n")
    var entry = EntryText(lines)
    let atEnd = view(entry, rows: 10)
    #expect(atEnd.firstLine == 90)
    #expect(atEnd.rows(promptWidth: 4, columns: 40).above == 9)
    entry.move(to: 0)
    let atStart = view(entry, rows: 10)
    #expect(atStart.firstLine == 0)
    #expect(atStart.rows(promptWidth: 4, columns: 40).below == 9)
  }

  @Test("Rows count wrapping and wide characters")
  func rows() {
    var entry = EntryText(String(repeating: "漢", count: 20) + "\nb")
    #expect(view(entry, columns: 20).rows(promptWidth: 4, columns: 20).above == 3)
    entry.move(to: 0)
    #expect(view(entry, columns: 20).rows(promptWidth: 4, columns: 20).below == 3)
  }
}
