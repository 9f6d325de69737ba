/// Lays a script out anew: two spaces for each block and for what goes on from the line before, no
/// white space at line ends, no more than two blank lines. What stands within a line stays, and so do
/// texts over lines and the prose of comments.
package struct Formatter {
  private let source: Source
  private let tokens: [Token]
  /// For each line, from 0: blocks that it lies in.
  private var depths: [Int]
  /// Lines that begin a statement.
  private var beginnings: Set<Int> = []
  /// Lines that begin within a text.
  private var insideTexts: Set<Int> = []

  /// Nil if the source has mistakes in its form. The result has the same tokens, so it means the same.
  package static func formatted(_ source: Source) -> String? {
    let script = Parser.parse(source)
    guard script.errors.isEmpty, script.open == nil else { return nil }
    let result = Formatter(source, script).result
    return words(of: Source(name: "", text: result)) == words(of: source) ? result : nil
  }

  /// What a script says, apart from its layout.
  private static func words(of source: Source) -> [String] {
    Scanner.scan(source).items.map { source.slice($0.span) }
  }

  private init(_ source: Source, _ script: Script) {
    self.source = source
    tokens = Scanner.scan(source).items
    depths = Array(repeating: 0, count: source.lineCount)
    for statement in script.statements { visit(statement) }
    findTexts()
  }

  private func line(_ offset: Int32) -> Int { source.line(of: offset) - 1 }

  private mutating func visit(_ statement: Statement) {
    beginnings.insert(line(statement.span.start))
    let blocks = statement.blocks + (statement.functionBody.map { [$0] } ?? [])
    guard !blocks.isEmpty else { return }
    let (first, last) = (line(statement.span.start), line(statement.span.end))
    if last > first { for inner in (first + 1)...last { depths[inner] += 1 } }
    for block in blocks { block.forEach { visit($0) } }
  }

  private mutating func findTexts() {
    for token in tokens {
      switch token.kind {
      case .text, .textChunk:
        let (first, last) = (line(token.start), line(token.end))
        if last > first { insideTexts.formUnion((first + 1)...last) }
      default: break
      }
    }
  }

  // MARK: Writing

  private var result: String {
    var output: [String] = []
    var brackets: [Int] = []
    var next = 0
    var blanks = 0
    for number in 0..<source.lineCount {
      let text = source.slice(source.lineSpan(number + 1))
      let first = next
      while next < tokens.count, tokens[next].kind != .endOfFile,
        line(tokens[next].start) == number
      {
        next += 1
      }
      let onLine = tokens[first..<next]
      let indentation = self.indentation(number, onLine.first, open: Set(brackets).count)
      follow(onLine, number, &brackets)
      if insideTexts.contains(number) {
        output.append(endsWithinText(number) ? text : Self.withoutEnd(text))
        blanks = 0
        continue
      }
      let content = text.drop { $0 == " " || $0 == "\t" }
      guard !content.isEmpty else {
        blanks += 1
        if blanks <= 2 { output.append("") }
        continue
      }
      blanks = 0
      let kept = endsWithinText(number) ? String(content) : Self.withoutEnd(String(content))
      output.append(String(repeating: " ", count: 2 * indentation) + kept)
    }
    while output.last == "" { output.removeLast() }
    return output.isEmpty ? "" : output.joined(separator: "\n") + "\n"
  }

  private func indentation(_ number: Int, _ first: Token?, open: Int) -> Int {
    var depth = depths[number] + open
    guard let first else { return depth }
    switch first.kind {
    case .end, .else, .catch: if open == 0 { depth -= 1 }
    case .rightParenthesis, .rightBracket, .rightBrace: if open > 0 { depth -= 1 }
    default:
      // The line goes on from the one before.
      if open == 0, !beginnings.contains(number) { depth += 1 }
    }
    return max(0, depth)
  }

  /// The lines on which the brackets that are open after a line were opened.
  private func follow(_ tokens: ArraySlice<Token>, _ number: Int, _ brackets: inout [Int]) {
    for token in tokens {
      switch token.kind {
      case .leftParenthesis, .leftBracket, .leftBrace, .interpolationOpen: brackets.append(number)
      case .rightParenthesis, .rightBracket, .rightBrace, .interpolationClose:
        _ = brackets.popLast()
      default: break
      }
    }
  }

  private func endsWithinText(_ number: Int) -> Bool { insideTexts.contains(number + 1) }

  private static func withoutEnd(_ text: String) -> String {
    var text = text
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}

extension Statement {
  /// The statements of a `def`.
  fileprivate var functionBody: [Statement]? {
    guard case .define(let function, _) = self, case .block(let body) = function.body else {
      return nil
    }
    return body
  }
}
