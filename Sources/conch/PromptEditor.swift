import CTerminal
import Figures
import Language
import Notebook

/// The prompt's line editor: libedit reads keys and draws; the text, its lines, history, search
/// and completion are ours.
///
/// libedit knows one text with newlines in it and no continuation prompts, so what it is given to
/// draw is an `EntryView`, and what it inserted is taken back from there before each key.
final class PromptEditor: LineSource {
  let isInteractive = true

  private let session: Session
  private let history: History
  private let prompt: Prompts
  /// What is asked for.
  private var request = Request.entry
  private var isGivenUp = false
  private var openLines: OpenLines
  private var handle: OpaquePointer?
  private var entry = EntryText()
  private var view = EntryView(
    EntryText(), promptWidth: Prompts.width, rows: 1, columns: 80, prompt: { _ in "" })
  private var submitted: String?
  private var walk: HistoryWalk?
  private var search: Search?

  /// A walk through the history, as long as nothing is typed.
  private struct HistoryWalk {
    var index: Int
    /// What was typed before the walk began; only entries that start so are shown.
    var prefix: String
    var draft: EntryText
    var shown: String
  }

  /// A search that is typed letter by letter (Ctrl-R).
  private struct Search {
    var query = ""
    var index: Int
    var hasFailed = false
    let before: EntryText
  }

  /// Nil where libedit cannot work with this terminal.
  init?(session: Session, history: History, style: TerminalStyle) {
    self.session = session
    self.history = history
    prompt = Prompts(style: style)
    openLines = OpenLines { [unowned session] in session.openConstruct(in: $0) }
    let handler: EditorHandler = { context, key in
      guard let context else { return Int32(EDITOR_LEAVE.rawValue) }
      return Unmanaged<PromptEditor>.fromOpaque(context).takeUnretainedValue().handle(key)
    }
    // The editor is closed before this object goes, so it need not be retained.
    let context = Unmanaged.passUnretained(self).toOpaque()
    guard let handle = editor_open("conch", handler, context) else { return nil }
    self.handle = handle
    editor_set_prompt(handle, prompt.first(request))
  }

  deinit {
    if let handle { editor_close(handle) }
  }

  /// Applies `~/.editrc`-like settings; false if a line of it was refused.
  func readSettings(_ path: String) -> Bool {
    guard let handle else { return true }
    return editor_read_settings(handle, path) == 0
  }

  func next(_ request: Request) -> Reply {
    guard let handle else { return .end }
    self.request = request
    while true {
      entry.clear()
      walk = nil
      submitted = nil
      isGivenUp = false
      view = makeView()
      editor_set_prompt(handle, prompt.first(request))
      guard editor_read(handle) == 1 else {
        if isGivenUp { return .givenUp }
        write("\n")
        return .end
      }
      if submitted == nil { takeBack() }
      let text = submitted ?? entry.text
      if text.isBlank {
        if request.takesNothing { return .text("") }
        continue
      }
      if request.isProgram { history.add(text) }
      return .text(text)
    }
  }

  // MARK: Keys

  private func handle(_ key: Int32) -> Int32 {
    takeBack()
    if let walk, walk.shown != entry.text { self.walk = nil }
    let answer = act(EditorKey(UInt32(key)))
    guard answer != EDITOR_SUBMIT else { return Int32(answer.rawValue) }
    // libedit draws nothing where only a mark above a letter has gone.
    if view.hasMarks || entry.scalars.contains(where: { EntryView.isMark($0) }) {
      redraw(after: above() + "\u{1B}[J")
    } else {
      show()
    }
    return Int32(answer.rawValue)
  }

  /// Takes what libedit has inserted into the entry.
  private func takeBack() {
    guard let handle else { return }
    let drawn = UnsafeBufferPointer(start: editor_text(handle), count: editor_length(handle))
    let characters = drawn.map { Unicode.Scalar($0) ?? "\u{FFFD}" }
    view.update(&entry, drawn: characters, cursor: editor_cursor(handle))
    if characters != view.scalars { view = makeView() }
  }

  private func act(_ key: EditorKey) -> EditorAnswer {
    switch key {
    case EDITOR_ENTER: return enter()
    case EDITOR_NEWLINE:
      entry.breakLine(deeper: false)
      return EDITOR_CONTINUE
    case EDITOR_COMPLETE: return complete()
    case EDITOR_UP: return up()
    case EDITOR_DOWN: return down()
    case EDITOR_LEFT: return answer(entry.move(to: entry.cursor - 1))
    case EDITOR_RIGHT: return answer(entry.move(to: entry.cursor + 1))
    case EDITOR_LINE_START: return quiet(entry.move(to: entry.lineStart))
    case EDITOR_LINE_END: return quiet(entry.move(to: entry.lineEnd))
    case EDITOR_ENTRY_START: return quiet(entry.move(to: 0))
    case EDITOR_ENTRY_END: return quiet(entry.move(to: entry.scalars.count))
    case EDITOR_WORD_LEFT: return quiet(entry.move(to: entry.wordLeft))
    case EDITOR_WORD_RIGHT: return quiet(entry.move(to: entry.wordRight))
    case EDITOR_DELETE_BACK: return answer(entry.deleteBack())
    case EDITOR_DELETE_FORWARD: return answer(entry.deleteForward())
    case EDITOR_DELETE_WORD_BACK: return answer(entry.cut(entry.wordLeft..<entry.cursor))
    case EDITOR_DELETE_WORD_FORWARD: return answer(entry.cut(entry.cursor..<entry.wordRight))
    case EDITOR_CUT_TO_END:
      // At a line's end, the line below is joined.
      let end = entry.lineEnd
      let isAtEnd = end == entry.cursor && end < entry.scalars.count
      return answer(entry.cut(entry.cursor..<(isAtEnd ? end + 1 : end)))
    case EDITOR_CUT_TO_START: return answer(entry.cut(entry.lineStart..<entry.cursor))
    case EDITOR_YANK: return answer(entry.yank())
    case EDITOR_UNDO: return answer(entry.undo())
    case EDITOR_SEARCH:
      startSearch()
      return EDITOR_CONTINUE
    case EDITOR_CHARACTER: return continueSearch()
    case EDITOR_CLEAR_SCREEN:
      redraw(after: "\u{1B}[H\u{1B}[2J")
      return EDITOR_CONTINUE
    case EDITOR_INTERRUPT: return interrupt()
    case EDITOR_END_OF_INPUT:
      guard entry.isEmpty else { return answer(entry.deleteForward()) }
      return EDITOR_LEAVE
    case EDITOR_PASTE: return paste()
    case EDITOR_RESIZED:
      resize()
      return EDITOR_CONTINUE
    default: return EDITOR_CONTINUE
    }
  }

  private func answer(_ isDone: Bool) -> EditorAnswer { isDone ? EDITOR_CONTINUE : EDITOR_BEEP }
  private func quiet(_ isDone: Bool) -> EditorAnswer { EDITOR_CONTINUE }

  private func enter() -> EditorAnswer {
    let typed = entry.text
    entry.dedentClosingLine()
    let text = entry.text
    if isOpen(text) {
      let line = String(String.UnicodeScalarView(entry.scalars[entry.lineStart..<entry.cursor]))
      entry.breakLine(deeper: Prompts.opensBlock(line))
      return EDITOR_CONTINUE
    }
    if text != typed {
      // The dedented line is still to be drawn.
      redraw(after: above() + "\u{1B}[J")
    }
    leaveEntry()
    submitted = text
    return EDITOR_SUBMIT
  }

  /// Ctrl-C: the entry is given up, and the prompt stays.
  private func interrupt() -> EditorAnswer {
    leaveEntry(mark: "^C")
    endSearch()
    if request.canBeGivenUp {
      isGivenUp = true
      return EDITOR_LEAVE
    }
    entry.clear()
    walk = nil
    redraw(after: "")
    return EDITOR_CONTINUE
  }

  private func paste() -> EditorAnswer {
    guard let handle else { return EDITOR_LEAVE }
    var pasted: [Unicode.Scalar] = []
    let ending = Array("\u{1B}[201~".unicodeScalars)
    while !pasted.suffix(ending.count).elementsEqual(ending) {
      var character: UInt32 = 0
      guard editor_next_character(handle, &character) == 1 else { return EDITOR_LEAVE }
      pasted.append(Unicode.Scalar(character) ?? "\u{FFFD}")
    }
    entry.insert(Transcript.cleaned(pasted.dropLast(ending.count), isOpen: isOpen))
    return EDITOR_CONTINUE
  }

  private func isOpen(_ text: String) -> Bool {
    request.isProgram && session.openConstruct(in: text) != nil
  }

  // MARK: History

  private func up() -> EditorAnswer {
    if entry.moveLine(by: -1) { return EDITOR_CONTINUE }
    var walk =
      self.walk
      ?? HistoryWalk(
        index: history.entries.count, prefix: entry.textBeforeCursor, draft: entry,
        shown: entry.text)
    guard
      let index = history.previous(before: walk.index, prefix: walk.prefix, current: walk.shown)
    else { return EDITOR_BEEP }
    walk.index = index
    walk.shown = history.entries[index]
    let firstLine = walk.shown.unicodeScalars.prefix { $0 != "\n" }.count
    // At the end of the first line, so that another Up goes on to the entry before.
    entry.set(walk.shown, cursor: firstLine)
    self.walk = walk
    return EDITOR_CONTINUE
  }

  private func down() -> EditorAnswer {
    if entry.moveLine(by: 1) { return EDITOR_CONTINUE }
    guard var walk else { return EDITOR_BEEP }
    if let index = history.next(after: walk.index, prefix: walk.prefix, current: walk.shown) {
      walk.index = index
      walk.shown = history.entries[index]
      entry.set(walk.shown)
      self.walk = walk
    } else {
      entry.set(walk.draft.text, cursor: walk.draft.cursor)
      self.walk = nil
    }
    return EDITOR_CONTINUE
  }

  private func startSearch() {
    guard let handle else { return }
    search = Search(index: history.entries.count, before: entry)
    editor_every_character(handle, 1)
  }

  private func endSearch() {
    guard let handle else { return }
    search = nil
    editor_every_character(handle, 0)
  }

  private func continueSearch() -> EditorAnswer {
    guard let handle, var search else { return EDITOR_CONTINUE }
    let character = Unicode.Scalar(editor_character(handle)) ?? "\u{FFFD}"
    var from = min(search.index + 1, history.entries.count)
    switch character.value {
    case 0x12: from = search.index
    case 0x08, 0x7F:
      guard !search.query.isEmpty else { return EDITOR_BEEP }
      search.query.unicodeScalars.removeLast()
      from = history.entries.count
    case 0x07:
      let before = search.before
      endSearch()
      entry.set(before.text, cursor: before.cursor)
      return EDITOR_CONTINUE
    case ..<0x20:
      // Any other key ends the search and does its work on what was found.
      endSearch()
      editor_give_back(handle, character.value)
      return EDITOR_CONTINUE
    default: search.query.unicodeScalars.append(character)
    }
    let found = history.search(search.query, before: from)
    search.hasFailed = found == nil && !search.query.isEmpty
    if let found {
      search.index = found
      entry.set(history.entries[found])
    }
    self.search = search
    return search.hasFailed ? EDITOR_BEEP : EDITOR_CONTINUE
  }

  // MARK: Completion

  private func complete() -> EditorAnswer {
    let line = entry.scalars[entry.lineStart..<entry.cursor]
    if line.allSatisfy({ $0 == " " }) && !(entry.isOnFirstLine && entry.isEmpty) {
      entry.insert("  ")
      return EDITOR_CONTINUE
    }
    let completion = session.completion(of: entry.text, at: entry.cursor)
    guard !completion.candidates.isEmpty else { return EDITOR_BEEP }
    let common = completion.commonText
    let present = String(String.UnicodeScalarView(entry.scalars[completion.range]))
    if completion.candidates.count == 1
      || common.unicodeScalars.count > present.unicodeScalars.count
    {
      entry.replace(completion.range, with: common.unicodeScalars)
      return EDITOR_CONTINUE
    }
    leaveEntry()
    write(completion.listing(columns: columns))
    redraw(after: "")
    return EDITOR_CONTINUE
  }

  // MARK: Drawing

  private var columns: Int { max(1, Int(terminal_columns(1))) }
  private var rows: Int {
    let rows = Int(terminal_rows(1))
    return rows > 0 ? rows : 24
  }

  private var promptText: (drawn: String, width: Int) {
    guard let search else {
      return view.firstLine == 0
        ? (prompt.first(request), Prompts.width)
        : (Prompts.continuation(openLines.before(line: view.firstLine, of: entry)), Prompts.width)
    }
    let text = "(\(search.hasFailed ? "not found" : "search")) \(search.query): "
    return (text, displayWidth(text))
  }

  private func makeView() -> EntryView {
    EntryView(
      entry, promptWidth: Prompts.width, rows: max(1, rows - 1), columns: columns
    ) { Prompts.continuation(openLines.before(line: $0, of: entry)) }
  }

  /// Hands libedit what there is to draw; it draws the difference.
  private func show() {
    guard let handle else { return }
    view = makeView()
    editor_set_prompt(handle, promptText.drawn)
    let characters = view.scalars.map(\.value)
    editor_replace(handle, characters, characters.count, view.cursor)
  }

  /// Draws all of it from the beginning of the line in which the terminal's cursor is left.
  private func redraw(after bytes: String) {
    guard let handle else { return }
    write(bytes)
    show()
    editor_draw(handle)
  }

  /// Moves below the entry, so that something else can be written.
  private func leaveEntry(mark: String = "") {
    let (_, below, column) = view.rows(promptWidth: promptText.width, columns: columns)
    write((below > 0 ? "\u{1B}[\(below)B" : "") + "\r")
    if column > 0, !mark.isEmpty { write("\u{1B}[\(column)C" + mark) }
    write("\r\n")
  }

  /// Terminals wrap the drawn lines anew before they say that the window has changed.
  private func resize() {
    redraw(after: above() + "\u{1B}[J")
  }

  /// To the beginning of the first row that is drawn.
  private func above() -> String {
    let above = view.rows(promptWidth: promptText.width, columns: columns).above
    return "\r" + (above > 0 ? "\u{1B}[\(above)A" : "")
  }

  private func write(_ text: String) { Output.write(text, to: 1) }
}
