/// Where in a program the cursor stands, as far as completion needs to know. It reads only what
/// stands before the cursor, and text that is not yet a program.
struct CursorContext {
  /// A call whose arguments the cursor is among.
  struct EnclosingCall {
    let name: String
    /// `a.name(`: the first parameter is taken.
    let isMethod: Bool
    /// Where its arguments begin.
    let arguments: Int
  }

  enum Place: Equatable {
    case code
    /// Behind the quote at `start`.
    case text(start: Int)
    case comment
  }

  let scalars: [Unicode.Scalar]
  private(set) var place = Place.code
  /// Innermost last: open brackets, and where they stand.
  private(set) var brackets: [(character: Unicode.Scalar, position: Int)] = []
  /// Where the statement in hand begins, behind an `=` if it has one.
  private(set) var statementStart = 0

  /// - Parameter scalars: the text before the cursor.
  init(_ scalars: [Unicode.Scalar]) {
    self.scalars = scalars
    scan()
  }

  /// The name that ends at the cursor; empty if there is none.
  var word: Range<Int> { nameRange(endingAt: scalars.count) }

  func text(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[range])
    return String(view)
  }

  // MARK: Scanning

  private mutating func scan() {
    var index = 0
    /// Depths of brackets at which `{…}` in a text returns to that text.
    var interpolations: [(depth: Int, start: Int, isTriple: Bool)] = []
    while index < scalars.count {
      let scalar = scalars[index]
      switch scalar {
      case "#":
        place = .comment
        while index < scalars.count, scalars[index] != "\n" { index += 1 }
        if index == scalars.count { return }
        place = .code
        continue
      case "\"":
        let isTriple = starts(with: "\"\"\"", at: index)
        index = scanText(from: index + (isTriple ? 3 : 1), start: index, isTriple, &interpolations)
        if case .text = place { return }
        continue
      case "(", "[", "{": brackets.append((scalar, index))
      case ")", "]":
        _ = brackets.popLast()
      case "}":
        _ = brackets.popLast()
        if let last = interpolations.last, last.depth == brackets.count {
          interpolations.removeLast()
          index = scanText(from: index + 1, start: last.start, last.isTriple, &interpolations)
          if case .text = place { return }
          continue
        }
      case "\n", ";":
        if brackets.isEmpty { statementStart = index + 1 }
      case "=":
        let isComparison =
          index + 1 < scalars.count && (scalars[index + 1] == "=" || scalars[index + 1] == ">")
        let before = index > 0 ? scalars[index - 1] : " "
        if isComparison {
          index += 1
        } else if brackets.isEmpty, !"<>!=".unicodeScalars.contains(before) {
          statementStart = index + 1
        }
      default:
        if brackets.isEmpty, isName(scalar), index == 0 || !isName(scalars[index - 1]) {
          let name = nameRange(startingAt: index)
          if Self.openers.contains(text(name)), name.upperBound < scalars.count {
            statementStart = name.upperBound
          }
          index = name.upperBound
          continue
        }
      }
      index += 1
    }
  }

  /// Words after which a statement or an expression begins anew.
  private static let openers: Set<String> = ["else", "times", "try", "not", "return"]

  /// The place behind the text's end, or `scalars.count` with `place` set when it does not end.
  private mutating func scanText(
    from first: Int, start: Int, _ isTriple: Bool,
    _ interpolations: inout [(depth: Int, start: Int, isTriple: Bool)]
  ) -> Int {
    var index = first
    while index < scalars.count {
      let scalar = scalars[index]
      if scalar == "\\" {
        index += 2
      } else if scalar == "{" {
        interpolations.append((brackets.count, start, isTriple))
        brackets.append((scalar, index))
        return index + 1
      } else if scalar == "\"", !isTriple || starts(with: "\"\"\"", at: index) {
        return index + (isTriple ? 3 : 1)
      } else if scalar == "\n", !isTriple {
        return index
      } else {
        index += 1
      }
    }
    place = .text(start: start)
    return scalars.count
  }

  private func starts(with mark: String, at index: Int) -> Bool {
    scalars[index...].starts(with: mark.unicodeScalars)
  }

  func isName(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
  }

  func nameRange(endingAt end: Int) -> Range<Int> {
    var start = end
    while start > 0, isName(scalars[start - 1]) { start -= 1 }
    return start..<end
  }

  private func nameRange(startingAt start: Int) -> Range<Int> {
    var end = start
    while end < scalars.count, isName(scalars[end]) { end += 1 }
    return start..<end
  }

  // MARK: What surrounds the cursor

  /// The call whose argument is being written at `position`, in either form.
  func call(at position: Int) -> EnclosingCall? {
    if let bracket = brackets.last {
      guard bracket.character == "(" else { return nil }
      let name = nameRange(endingAt: bracket.position)
      guard !name.isEmpty else { return nil }
      let isMethod = name.lowerBound > 0 && scalars[name.lowerBound - 1] == "."
      return EnclosingCall(
        name: text(name), isMethod: isMethod, arguments: bracket.position + 1)
    }
    var start = statementStart
    while start < scalars.count, scalars[start] == " " || scalars[start] == "\n" { start += 1 }
    let name = nameRange(startingAt: start)
    guard !name.isEmpty, name.upperBound < position, scalars[name.upperBound] == " " else {
      return nil
    }
    return EnclosingCall(name: text(name), isMethod: false, arguments: name.upperBound)
  }

  /// Labels written in the call before `end`, and how many arguments come before the first of them.
  func arguments(
    of call: EnclosingCall, before end: Int
  ) -> (labels: [String], positional: Int) {
    var labels: [String] = []
    var positional = 0
    var depth = 0
    var index = call.arguments
    var isInArgument = false
    while index < end {
      let scalar = scalars[index]
      if scalar == "\"" {
        index += 1
        while index < end, scalars[index] != "\"" {
          index += scalars[index] == "\\" ? 2 : 1
        }
        isInArgument = true
      } else if "([{".unicodeScalars.contains(scalar) {
        depth += 1
        isInArgument = true
      } else if ")]}".unicodeScalars.contains(scalar) {
        depth -= 1
      } else if depth == 0, isName(scalar) {
        let name = nameRange(startingAt: index)
        let after = name.upperBound
        if after < scalars.count, scalars[after] == ":" {
          labels.append(text(name))
        }
        isInArgument = true
        index = after
        continue
      } else if depth == 0, scalar == "," {
        if isInArgument, labels.isEmpty { positional += 1 }
        isInArgument = false
      } else if scalar != " " && scalar != "\n" {
        isInArgument = true
      }
      index += 1
    }
    // What stands before a space is finished, also without a comma.
    if isInArgument, labels.isEmpty, end > 0, scalars[end - 1] == " " { positional += 1 }
    return (labels, positional)
  }

  /// The label that stands just before `position`: `padding: ▮`.
  func label(before position: Int) -> String? {
    var end = position
    while end > 0, scalars[end - 1] == " " { end -= 1 }
    guard end > 0, scalars[end - 1] == ":" else { return nil }
    let name = nameRange(endingAt: end - 1)
    return name.isEmpty ? nil : text(name)
  }

  /// One step from a value to a part of it.
  enum Step: Equatable {
    case property(String)
    case text(String)
    case whole(Int)
  }

  /// `net["Conv1"].kernel` before `end`, as a variable and steps; nil for anything that would have
  /// to be computed.
  func path(endingAt end: Int) -> (variable: String, steps: [Step])? {
    var steps: [Step] = []
    var end = end
    while true {
      if end > 0, scalars[end - 1] == "]" {
        guard let open = scalars[..<end].lastIndex(of: "[") else { return nil }
        let inner = scalars[(open + 1)..<(end - 1)]
        if inner.first == "\"", inner.last == "\"", inner.count >= 2 {
          steps.append(.text(text((open + 2)..<(end - 2))))
        } else if let whole = Int(text((open + 1)..<(end - 1))) {
          steps.append(.whole(whole))
        } else {
          return nil
        }
        end = open
        continue
      }
      let name = nameRange(endingAt: end)
      guard let first = name.first, !("0"..."9").contains(scalars[first]) else { return nil }
      if name.lowerBound > 0, scalars[name.lowerBound - 1] == "." {
        steps.append(.property(text(name)))
        end = name.lowerBound - 1
        continue
      }
      return (text(name), steps.reversed())
    }
  }
}
