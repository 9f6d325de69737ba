import Commands
import Figures
import Notebook
import Testing

@Suite("Pasted text") struct TranscriptTests {
  private func clean(_ text: String) -> String {
    Transcript.cleaned(text.unicodeScalars) { $0.contains("for") && !$0.contains("end") }
  }

  @Test("Line ends are made one kind, control characters go, one final line end goes")
  func lineEnds() {
    #expect(clean("a\r\nb\rc\n") == "a\nb\nc")
    #expect(clean("a\u{1B}[31m\u{7}b\tc") == "a[31mb\tc")
  }

  @Test("Of a copied session, the statements stay")
  func session() {
    let copied = """
      conch> a = 1
      conch> a
      1
      conch> for i in 0..2
        for>   show i
        for> end
      0
      1
      conch> b = 2
      """
    #expect(clean(copied) == "a = 1\na\nfor i in 0..2\n  show i\nend\nb = 2")
  }
}

@Suite("Prose of markdown cells") struct MarkdownTests {
  private let marks = Markdown.Style(
    bold: { "<b>\($0)</b>" }, emphasis: { "<i>\($0)</i>" }, code: { "<c>\($0)</c>" })

  @Test("Headings, emphasis, code and links")
  func spans() {
    let text = "# A *coast*\n\nA **bold _word_** and *one* `x_y_z`, a_b_c, 2 * 3, [here](a.b)."
    #expect(
      Markdown.render(text, width: 80, style: marks) == """
        <b>A coast</b>

        A <b>bold _word_</b> and <i>one</i> <c>x_y_z</c>, a_b_c, 2 * 3, here (a.b).
        """)
  }

  @Test("Paragraphs are joined and wrapped, lists hang, emphasis survives a line's end")
  func wrapping() {
    let text = "one two\nthree *four five* six\n\n- a list item that wraps\n2. second"
    #expect(
      Markdown.render(text, width: 16, style: marks) == """
        one two three
        <i>four five</i> six

          • a list item
            that wraps
          2. second
        """)
  }
}

@Suite("The progress line") struct ProgressLineTests {
  private final class Recorder {
    var written: [String] = []
    var time = 0.0
  }

  @Test("It is drawn ten times a second at most, clipped, and taken away before other lines")
  func onTerminal() {
    let recorder = Recorder()
    let progress = ProgressLine(
      isTerminal: true, columns: { 10 }, write: { recorder.written.append($0) },
      clock: { recorder.time })
    progress.update("step 1")
    recorder.time = 0.05
    progress.update("never built")
    recorder.time = 0.2
    progress.update("a line that is too long")
    progress.milestone("epoch 1")
    progress.clear()
    #expect(recorder.written == ["\rstep 1", "\ra line t…", "\r\u{1B}[K", "epoch 1\n"])
  }

  @Test("Elsewhere there is one plain line an epoch")
  func elsewhere() {
    let recorder = Recorder()
    let progress = ProgressLine(
      isTerminal: false, columns: { 10 }, write: { recorder.written.append($0) })
    progress.update("step 1")
    progress.milestone("epoch 1, and more than ten columns of it")
    #expect(recorder.written == ["epoch 1, and more than ten columns of it\n"])
  }
}

@Suite("Lists of candidates") struct CompletionTests {
  @Test("Few candidates are described, many stand in columns, no line is too wide")
  func listing() {
    let few = Completion(
      0..<0,
      [
        Completion.Candidate("rate: ", name: "rate:", detail: "a number, default 0.1. How fast."),
        Completion.Candidate("steps: ", name: "steps:", detail: "a whole number. How many."),
      ])
    #expect(few.commonText == "")
    #expect(
      few.listing(columns: 40) == """
          rate:   a number, default 0.1. How f…
          steps:  a whole number. How many.

        """)
    let many = Completion(0..<0, (10..<50).map { Completion.Candidate("block_\($0)") })
    #expect(many.commonText == "block_")
    let lines = many.listing(columns: 40).split(separator: "\n")
    #expect(lines.count == 14)
    #expect(lines.allSatisfy { displayWidth(String($0)) < 40 })
  }
}
