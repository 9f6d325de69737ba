import Figures
import Language

/// The pages of `help`, made from what commands declare about themselves.
struct Help {
  private let interpreter: Interpreter
  private let page: TerminalPage
  private var style: TerminalStyle { page.style }

  init(_ session: Session) {
    interpreter = session.interpreter
    page = session.workspace.page
  }

  // MARK: Pages

  /// For a newcomer.
  func overview() -> String {
    var lines = [
      style.bold("Conch") + ": learn how convolutional networks work by taking them apart.",
      "",
      "Type a statement and press Enter; a value alone is shown.",
      "  " + style.cyan("1 + 1") + "            arithmetic",
      "  " + style.cyan("x = [1, 2, 3]") + "    a name for a value",
      "  " + style.cyan("show x") + "           look at it",
      "  " + style.cyan("help show") + "        what a command does, with examples",
      "",
      style.bold("Topics") + " (`help \"topic\"`)",
    ]
    let groups = groups
    let width = groups.reduce(0) { max($0, displayWidth($1.name)) }
    for group in groups {
      let names = group.commands.map(\.name).joined(separator: " ")
      lines.append(
        "  " + padded(group.name, to: width) + "  "
          + style.dim(truncated(names, to: max(10, page.columns - width - 5))))
    }
    lines += [
      "",
      "`help keys` shows the keys, `help lesson` what a lesson takes, `help words to find` searches, Ctrl-D leaves.",
    ]
    return lines.flatMap { wrapKeepingIndent($0) }.joined(separator: "\n")
  }

  func page(about value: Value) -> String {
    switch value {
    case .text(let text): return page(for: text)
    case .function(let function):
      if let command = function.command { return page(for: command) }
      return "`\(function.signature)` is a function of this session."
    case .object(let object):
      var lines = [object.summary]
      if !object.propertyNames.isEmpty {
        lines += ["", style.bold("Properties")]
        lines += wrapped(object.propertyNames.joined(separator: " "), to: page.columns - 2)
          .map { "  " + $0 }
      }
      let commands = interpreter.commands.filter {
        if case .object(object.kind)? = $0.parameters.first?.kind { return true }
        return false
      }
      if !commands.isEmpty {
        lines += ["", style.bold("Commands that take \(Kind.object(object.kind).phrase)")]
        lines += rows(commands)
      }
      return lines.joined(separator: "\n")
    default: return "\(value.display) is \(article(value.kind))."
    }
  }

  /// A topic, a command, `keys`, or words that are looked for everywhere.
  func page(for topic: String) -> String {
    let words = topic.split(separator: " ").map(String.init)
    guard let first = words.first else { return overview() }
    if words.count == 1 || topic == words.joined(separator: " ") {
      if topic == "keys" { return keys() }
      if topic == "lesson" { return lesson() }
      if let command = interpreter.command(named: topic) { return page(for: command) }
      if let group = groups.first(where: { $0.name.lowercased() == topic.lowercased() }) {
        return ([style.bold(group.name)] + rows(group.commands)).joined(separator: "\n")
      }
      if let variable = interpreter.variable(named: topic) { return page(about: variable) }
    }
    let isSearch = words.count > 1 && first == "search"
    return search(isSearch ? Array(words.dropFirst()) : words)
  }

  private func page(for command: Command) -> String {
    var lines = [style.bold(command.signature), command.summary]
    if !command.details.isEmpty { lines += [""] + prose(command.details) }
    if !command.parameters.isEmpty {
      lines += ["", style.bold("Parameters")]
      let width = min(
        command.parameters.reduce(0) { max($0, displayWidth($1.label)) }, page.columns / 3)
      for parameter in command.parameters {
        let description = wrapped(
          Completer.describe(parameter), to: max(16, page.columns - width - 5))
        for (number, line) in description.enumerated() {
          let label = number == 0 ? padded(parameter.label, to: width) : ""
          lines.append(
            "  " + (number == 0 ? style.cyan(label) : padded("", to: width)) + "  " + line)
        }
      }
    }
    if !command.examples.isEmpty {
      lines += ["", style.bold(command.examples.count == 1 ? "Example" : "Examples")]
      for example in command.examples {
        lines += example.split(separator: "\n").map { "  " + style.cyan(String($0)) }
      }
    }
    let neighbours = interpreter.commands.filter {
      $0.group == command.group && $0.name != command.name
    }
    if !neighbours.isEmpty {
      let names = neighbours.prefix(12).map(\.name).joined(separator: " ")
      lines +=
        [""]
        + wrapped("See also (\(command.group)): \(names)", to: page.columns)
        .map(style.dim)
    }
    return lines.joined(separator: "\n")
  }

  private func search(_ words: [String]) -> String {
    let wanted = words.map { $0.lowercased() }
    let found = interpreter.commands.filter { command in
      var text = "\(command.name) \(command.group) \(command.summary) \(command.details)"
      for parameter in command.parameters { text += " \(parameter.label) \(parameter.help)" }
      text = text.lowercased()
      return wanted.allSatisfy { text.contains($0) }
    }
    let topic = words.joined(separator: " ")
    if !found.isEmpty {
      return ([style.bold("About “\(topic)”")] + rows(found)).joined(separator: "\n")
    }
    let near = Spelling.nearest(to: topic, among: interpreter.commands.map(\.name))
    return "There is no help about “\(topic)”"
      + (near.map { "; did you mean `help \($0)`?" } ?? ". `help` shows the topics.")
  }

  private func keys() -> String {
    let keys = [
      ("Enter", "runs the entry; goes to a new line while it is not complete"),
      ("Alt-Enter", "a new line in any case"),
      ("Tab", "completes: commands, labels, variables, properties, layers, files"),
      ("Up, Down", "lines of the entry, then earlier entries that begin with what is typed"),
      ("Ctrl-R", "searches earlier entries; again for the one before"),
      ("Home, End", "start and end of the line; PageUp, PageDown of the entry"),
      ("Ctrl-Left, -Right", "by words; so do the arrows with Alt"),
      ("Ctrl-W, -U, -K", "cut the word before, to the line's start, to its end; Ctrl-Y puts back"),
      ("Alt-U", "undoes the last change of the entry"),
      ("Ctrl-L", "clears the screen"),
      ("Ctrl-C", "gives up the entry; while work runs, ends it after the step in hand"),
      ("Ctrl-C twice", "ends work at once, without the step in hand"),
      ("Ctrl-D", "leaves; asks once where a training would be lost"),
    ]
    var lines = table("Keys", keys)
    if let command = interpreter.command(named: "keys") {
      lines += ["", style.dim("`help(keys)` explains the command `\(command.signature)`.")]
    }
    return lines.joined(separator: "\n")
  }

  private func lesson() -> String {
    let words = [
      (
        "Enter, next",
        "runs the cell that is shown, and shows the next; asks for an exercise's answer"
      ),
      ("back, back 3", "shows an earlier cell, to run it again; nothing is taken back"),
      ("skip, skip 3", "goes on without running"),
      ("rerun", "brings stale cells up to date; where none is stale, runs the last cell again"),
      ("where", "lists the lesson's cells, and which have run"),
      ("edit", "opens the cell that is shown in your editor, and runs it"),
    ]
    return table("In a lesson (`conch lesson 1`)", words).joined(separator: "\n")
      + "\n\n"
      + wrapped(
        "Anything else is typed as ever, on the variables of the lesson. "
          + "`save session \"mine.conch\"` keeps what was run.", to: page.columns
      ).joined(separator: "\n")
  }

  // MARK: Parts

  /// A title, and rows of a word and what it means.
  private func table(_ title: String, _ rows: [(word: String, meaning: String)]) -> [String] {
    let width = rows.reduce(0) { max($0, displayWidth($1.word)) }
    var lines = [style.bold(title)]
    for (word, meaning) in rows {
      for (number, line) in wrapped(meaning, to: max(16, page.columns - width - 5)).enumerated() {
        let name = padded(number == 0 ? word : "", to: width)
        lines.append("  " + (number == 0 ? style.cyan(name) : name) + "  " + line)
      }
    }
    return lines
  }

  /// Topics in order of declaration.
  private var groups: [(name: String, commands: [Command])] {
    var groups: [(name: String, commands: [Command])] = []
    for command in interpreter.commands {
      if let place = groups.firstIndex(where: { $0.name == command.group }) {
        groups[place].commands.append(command)
      } else {
        groups.append((command.group, [command]))
      }
    }
    return groups
  }

  private func rows(_ commands: [Command]) -> [String] {
    let width = commands.reduce(0) { max($0, displayWidth($1.name)) }
    return commands.map {
      let name = style.cyan(padded($0.name, to: width))
      return "  " + name + "  " + truncated($0.summary, to: max(10, page.columns - width - 5))
    }
  }

  private func article(_ kind: String) -> String { kind == "none" ? "none" : "a \(kind)" }

  /// Paragraphs, filled anew; lines that are indented stay as they are.
  private func prose(_ text: String) -> [String] {
    var lines: [String] = []
    var paragraph = ""
    func close() {
      if !paragraph.isEmpty { lines += wrapped(paragraph, to: min(page.columns, 100)) }
      paragraph = ""
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty || line.first == " " {
        close()
        lines.append(truncated(String(line), to: page.columns))
      } else {
        paragraph += (paragraph.isEmpty ? "" : " ") + line
      }
    }
    close()
    return lines
  }

  private func wrapKeepingIndent(_ line: String) -> [String] {
    line.hasPrefix(" ") || line.isEmpty
      ? [truncated(line, to: page.columns)] : wrapped(line, to: page.columns)
  }
}

/// Help asked for in the prompt's short forms.
enum HelpRequest {
  /// The topic of `?topic`, `topic?` and `help some words`; nil for anything that is a statement.
  static func topic(of entry: String) -> String? {
    var text = Substring(entry)
    while let last = text.last, last.isWhitespace { text.removeLast() }
    text = text.drop { $0.isWhitespace }
    guard !text.contains("\n") else { return nil }
    if text.first == "?" { return words(text.drop { $0 == "?" }) }
    if text.last == "?" {
      while text.last == "?" { text.removeLast() }
      return isPlain(text) ? words(text) : nil
    }
    // Words only: anything else is an argument to be computed, as in a script.
    guard text.hasPrefix("help ") else { return nil }
    return isPlain(text.dropFirst(5)) ? words(text.dropFirst(5)) : nil
  }

  private static func isPlain(_ text: Substring) -> Bool {
    text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == " " }
  }

  private static func words(_ text: Substring) -> String {
    text.split(separator: " ").joined(separator: " ")
  }
}
