import Commands
import Language

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Completion that knows the place: labels of the call at the cursor, variables and commands,
/// properties and commands after a dot, layers in `net["…`, and files in other quotes.
struct Completer {
  let interpreter: Interpreter

  /// - Parameters:
  ///   - text: the whole entry.
  ///   - cursor: in Unicode scalars.
  func completion(of text: String, at cursor: Int) -> Completion {
    let all = Array(text.unicodeScalars)
    let cursor = min(max(0, cursor), all.count)
    let context = CursorContext(Array(all[..<cursor]))
    switch context.place {
    case .comment: return .nothing(at: cursor)
    case .text(let start):
      let after = cursor < all.count ? all[cursor] : " "
      return quoted(context, start: start, isClosed: after == "\"")
    case .code:
      let word = context.word
      if word.lowerBound > 0, context.scalars[word.lowerBound - 1] == ".",
        word.lowerBound < 2 || context.scalars[word.lowerBound - 2] != "."
      {
        return members(context, word)
      }
      if let first = context.scalars[word].first, ("0"..."9").contains(first) {
        return .nothing(at: cursor)
      }
      return names(context, word)
    }
  }

  private func matching(
    _ candidates: [Completion.Candidate], _ prefix: String, _ range: Range<Int>
  ) -> Completion {
    let exact = candidates.filter { $0.text.hasPrefix(prefix) }
    if !exact.isEmpty { return Completion(range, exact) }
    let small = prefix.lowercased()
    return Completion(range, candidates.filter { $0.text.lowercased().hasPrefix(small) })
  }

  /// Those that `vars` lists, and the session itself.
  private var variables: [Variable] {
    let session = interpreter.variable(named: "session").map {
      [Variable(name: "session", value: $0)]
    }
    return interpreter.variables.filter { $0.name != "session" } + (session ?? [])
  }

  // MARK: Names

  private static let keywords = [
    "if", "else", "for", "in", "while", "repeat", "times", "def", "return", "break", "continue",
    "try", "catch", "end", "and", "or", "not", "true", "false", "none",
  ]

  private func names(_ context: CursorContext, _ word: Range<Int>) -> Completion {
    let prefix = context.text(word)
    var candidates: [Completion.Candidate] = []
    if let call = context.call(at: word.lowerBound) {
      candidates += values(of: parameter(of: call, context, before: word.lowerBound)?.kind)
      if context.label(before: word.lowerBound) == nil {
        candidates += labels(of: call, context, before: word.lowerBound)
      }
    }
    // Before anything is typed, what fits is answer enough.
    let isAnswered = prefix.isEmpty && !candidates.isEmpty
    if isAnswered { return Completion(word, candidates) }
    candidates += variables.map { Completion.Candidate($0.name, detail: Self.brief($0.value)) }
    candidates += interpreter.commands.map { Completion.Candidate($0.name, detail: $0.summary) }
    if !prefix.isEmpty { candidates += Self.keywords.map { Completion.Candidate($0) } }
    var seen: Set<String> = []
    return matching(candidates.filter { seen.insert($0.text).inserted }, prefix, word)
  }

  /// The parameter whose value is being written: by its label, or by its place.
  private func parameter(
    of call: CursorContext.EnclosingCall, _ context: CursorContext, before end: Int
  ) -> Parameter? {
    guard let command = interpreter.command(named: call.name) else { return nil }
    if let label = context.label(before: end) {
      return command.parameters.first { $0.label == label }
    }
    let written = context.arguments(of: call, before: end)
    guard written.labels.isEmpty else { return nil }
    let place = written.positional + (call.isMethod ? 1 : 0)
    return command.parameters.indices.contains(place) ? command.parameters[place] : nil
  }

  /// What a parameter takes: what can be written down, variables that hold such a value, and commands
  /// that give one. Nothing for a parameter that takes anything.
  private func values(of kind: Kind?) -> [Completion.Candidate] {
    guard let kind, kind != .any else { return [] }
    var candidates: [Completion.Candidate] = []
    if let choices = kind.choices {
      candidates += choices.map { Completion.Candidate(Value.text($0).display) }
    }
    if kind == .boolean {
      candidates += [Completion.Candidate("true"), Completion.Candidate("false")]
    }
    candidates += variables.filter { kind.accepts($0.value) }.map {
      Completion.Candidate($0.name, detail: Self.brief($0.value))
    }
    candidates += interpreter.commands.filter { kind.isSurelyTaking($0.result) }.map {
      Completion.Candidate($0.name + "(", name: $0.name, detail: $0.summary)
    }
    return candidates
  }

  /// The labels that are still missing.
  private func labels(
    of call: CursorContext.EnclosingCall, _ context: CursorContext, before end: Int
  ) -> [Completion.Candidate] {
    let written = context.arguments(of: call, before: end)
    if let command = interpreter.command(named: call.name) {
      let taken = written.positional + (call.isMethod ? 1 : 0)
      return command.parameters.dropFirst(taken).compactMap { parameter in
        guard parameter.gathering == .one, !written.labels.contains(parameter.label) else {
          return nil
        }
        return Completion.Candidate(
          parameter.label + ": ", name: parameter.label + ":", detail: Self.describe(parameter))
      }
    }
    guard case .function(let function)? = interpreter.variable(named: call.name) else { return [] }
    return function.labels.dropFirst(written.positional).filter { !written.labels.contains($0) }
      .map { Completion.Candidate($0 + ": ", name: $0 + ":") }
  }

  static func describe(_ parameter: Parameter) -> String {
    let fallback: String
    switch parameter.fallback {
    case .required: fallback = ", required"
    case .none: fallback = ""
    case .value(let value): fallback = ", default \(value.display)"
    }
    return "\(parameter.kind.phrase)\(fallback). \(parameter.help)"
  }

  /// Kind and the beginning of the summary.
  static func brief(_ value: Value) -> String {
    switch value {
    case .object(let object):
      let first = object.summary.prefix { $0 != "\n" }
      return first.hasPrefix(object.kind) ? String(first) : "\(object.kind) \(first)"
    case .function(let function): return "function \(function.signature)"
    default: return "\(value.kind) \(value.display.prefix { $0 != "\n" })"
    }
  }

  // MARK: Members

  /// Seconds that descriptions may take.
  private static let patience = 0.02

  private func members(_ context: CursorContext, _ word: Range<Int>) -> Completion {
    let prefix = context.text(word)
    var candidates: [Completion.Candidate] = []
    let base = context.path(endingAt: word.lowerBound - 1)
    let value: Value? = base.flatMap { self.value(of: $0) }
    switch value {
    case .object(let object)?:
      // Some properties have to be worked out: what takes long is left without a description.
      let start = ProgressLine.seconds()
      for name in object.propertyNames {
        let isInTime = ProgressLine.seconds() - start < Self.patience
        let property = isInTime ? (try? object.property(name)) ?? nil : nil
        candidates.append(
          Completion.Candidate(name, detail: property.map { Self.brief($0) } ?? ""))
      }
    case .record(let record)?:
      candidates += record.fields.map { Completion.Candidate($0.key, detail: Self.brief($0.value)) }
    default: break
    }
    for command in interpreter.commands {
      guard let first = command.parameters.first else { continue }
      if let value {
        guard first.kind.accepts(value) else { continue }
      }
      candidates.append(Completion.Candidate(command.name, detail: command.summary))
    }
    var seen: Set<String> = []
    return matching(candidates.filter { seen.insert($0.text).inserted }, prefix, word)
  }

  /// The value of a path, as far as looking it up computes nothing.
  private func value(of path: (variable: String, steps: [CursorContext.Step])) -> Value? {
    guard var value = interpreter.variable(named: path.variable) else { return nil }
    for step in path.steps {
      var next: Value?
      switch (value, step) {
      case (.object(let object), .property(let name)):
        next = (try? object.property(name)) ?? nil
      case (.object(let object), .text(let name)):
        next = try? object.index([.at(.text(name))])
      case (.object(let object), .whole(let index)):
        next = try? object.index([.at(.number(Double(index)))])
      case (.record(let record), .property(let name)), (.record(let record), .text(let name)):
        next = record[name]
      case (.list(let list), .whole(let index)):
        let place = index < 0 ? list.count + index : index
        next = list.indices.contains(place) ? list[place] : nil
      default: next = nil
      }
      guard let next else { return nil }
      value = next
    }
    return value
  }

  // MARK: Texts

  private func quoted(_ context: CursorContext, start: Int, isClosed: Bool) -> Completion {
    let content = (start + 1)..<context.scalars.count
    let typed = context.text(content)
    if start > 0, context.scalars[start - 1] == "[" {
      let keys =
        context.path(endingAt: start - 1).flatMap { value(of: $0) }.map { self.keys(of: $0) } ?? []
      let closing = isClosed ? "" : "\"]"
      return matching(
        keys.map { Completion.Candidate($0.name + closing, name: $0.name, detail: $0.detail) },
        typed, content)
    }
    let closing = isClosed ? "" : "\""
    let parameter = context.call(at: start).flatMap {
      self.parameter(of: $0, context, before: start)
    }
    let words = parameter?.kind.choices ?? parameter?.files?.others ?? []
    let found = matching(
      words.map { Completion.Candidate($0 + closing, name: $0) }, typed, content)
    guard parameter?.kind.choices == nil else { return found }
    let files = self.files(typed, content, isClosed: isClosed, parameter?.files)
    guard !found.candidates.isEmpty else { return files }
    // Words that are no files stand for the whole text, files for what follows the last slash.
    return typed.contains("/") || files.candidates.isEmpty
      ? found : Completion(content, found.candidates + files.candidates)
  }

  /// What can stand in `value["…"]`: the names of a network's layers, or a record's keys.
  private func keys(of value: Value) -> [(name: String, detail: String)] {
    switch value {
    case .record(let record): return record.fields.map { ($0.key, Self.brief($0.value)) }
    case .object(let object):
      guard case .list(let layers)? = try? object.property("layers") else { return [] }
      return layers.compactMap { layer in
        guard case .text(let name)? = try? layer.property("name") else { return nil }
        return (name, Self.brief(layer))
      }
    default: return []
    }
  }

  private func files(
    _ typed: String, _ content: Range<Int>, isClosed: Bool, _ choice: Parameter.FileChoice?
  ) -> Completion {
    let folder = typed.lastIndex(of: "/").map { typed[...$0] } ?? ""
    let prefix = typed[folder.endIndex...]
    let names = Self.entries(of: folder.isEmpty ? "." : String(folder))
      .filter { name in
        name.hasPrefix(prefix) && (name.first != "." || prefix.first == ".")
          && (choice.map { $0.takes(name) || Self.isFolder(folder + name) } ?? true)
      }
    let start = content.lowerBound + folder.unicodeScalars.count
    let candidates = names.map { name in
      let isFolder = Self.isFolder(folder + name)
      return Completion.Candidate(
        isFolder ? name + "/" : isClosed ? name : name + "\"", name: isFolder ? name + "/" : name)
    }
    return Completion(start..<content.upperBound, candidates)
  }

  /// Names in a folder, sorted; those that would not stand in a quoted text are left out.
  private static func entries(of folder: String) -> [String] {
    FolderEntries.names(in: folder).filter { name in
      name.unicodeScalars.allSatisfy {
        $0.value >= 0x20 && !"\"\\{".unicodeScalars.contains($0)
      }
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
  }
}
