/// Facts as words. Every sentence of the language is in this file.
enum Wording {
  struct Words {
    let code: String
    let message: String
    var remedy: String?
    var note: String?
  }

  static func words(for fact: Fact) -> Words {
    switch fact {
    case .unexpectedCharacter, .foreignSyntax, .unterminatedText, .badNumber, .badEscape,
      .emptyInterpolation, .expectedExpression, .expected, .unclosed, .missingEnd, .strayKeyword,
      .tooDeepSyntax, .sourceTooLarge, .tooManyTokens, .notUTF8, .outsideLoop,
      .returnOutsideFunction, .badTarget, .chainedComparison, .duplicateParameter, .repeatedField,
      .requiredAfterOptional, .assignmentInCondition, .ternaryWithoutElse, .badCommandArgument:
      syntaxWords(fact)
    case .unknownName, .positionalCount, .unknownLabel, .missingArgument, .literalKind,
      .repeatedLabel, .positionalAfterLabel, .notACommand, .usedBeforeAssignment, .tooManyNames:
      callWords(fact)
    default:
      valueWords(fact)
    }
  }

  private static func syntaxWords(_ fact: Fact) -> Words {
    switch fact {
    case .unexpectedCharacter(let character):
      Words(code: "E0101", message: "`\(character)` has no meaning here")
    case .foreignSyntax(let found, let remedy):
      Words(code: "E0102", message: "`\(found)` is not written like this here", remedy: remedy)
    case .unterminatedText:
      Words(
        code: "E0103", message: "this text has no closing quote",
        remedy: "close it with `\"`; a text over several lines is written `\"\"\"…\"\"\"`")
    case .badNumber(let text):
      Words(code: "E0104", message: "`\(text)` is not a number")
    case .badEscape(let text):
      Words(
        code: "E0105", message: "`\(text)` is not an escape",
        remedy: #"there are `\n`, `\t`, `\"`, `\\`, `\{` and `\u{…}`; a backslash is `\\`"#)
    case .emptyInterpolation:
      Words(
        code: "E0106", message: "there is nothing between these braces",
        remedy: #"write `\{` for a brace"#)
    case .expectedExpression(let found):
      Words(code: "E0107", message: "a value was expected, and \(found) found")
    case .expected(let what, let found, let remedy):
      Words(code: "E0108", message: "\(what) was expected, and \(found) found", remedy: remedy)
    case .unclosed(let bracket):
      Words(
        code: "E0109", message: "this `\(bracket)` is never closed",
        remedy: "add `\(closing(bracket))`")
    case .missingEnd(let block, let line):
      Words(
        code: "E0110", message: "the `\(block)` of line \(line) has no `end`", remedy: "add `end`")
    case .strayKeyword(let word):
      Words(
        code: "E0111",
        message: word == "end" ? "this `end` closes nothing" : "`\(word)` belongs to no block here",
        remedy: word == "end" ? "leave it out" : nil)
    case .tooDeepSyntax(let limit):
      Words(code: "E0112", message: "this is nested more than \(limit) levels deep")
    case .sourceTooLarge(let limit):
      Words(
        code: "E0113", message: "this source is larger than \(limit >> 20) MiB",
        remedy: "keep data in a file, and `load` it")
    case .tooManyTokens(let limit):
      Words(
        code: "E0113", message: "this source has more than \(limit) words and signs",
        remedy: "keep data in a file, and `load` it")
    case .notUTF8:
      Words(
        code: "E0114", message: "this is not UTF-8 text",
        remedy: "save the file with the encoding UTF-8")
    case .outsideLoop(let word):
      Words(code: "E0115", message: "`\(word)` is outside a loop")
    case .returnOutsideFunction:
      Words(code: "E0116", message: "`return` is outside a function")
    case .badTarget(let found):
      Words(
        code: "E0117", message: "\(found) cannot be assigned to",
        remedy: "values never change: give a name a new value, `name = …`")
    case .chainedComparison(let symbol):
      Words(
        code: "E0118", message: "comparisons cannot be chained with `\(symbol)`",
        remedy: "write `a < b and b < c`")
    case .duplicateParameter(let name):
      Words(code: "E0119", message: "the parameter `\(name)` is there twice")
    case .repeatedField(let name):
      Words(code: "E0119", message: "the field `\(name)` is there twice")
    case .requiredAfterOptional(let name):
      Words(
        code: "E0119", message: "`\(name)` has no default, but comes after one that has",
        remedy: "put it first, or write `\(name): …`")
    case .assignmentInCondition:
      Words(
        code: "E0120", message: "`=` gives a name a value; it does not compare",
        remedy: "write `==`")
    case .ternaryWithoutElse:
      Words(
        code: "E0121", message: "this `if` inside a statement has no `else`",
        remedy: "write `a if condition else b`")
    case .badCommandArgument(let command, let remedy):
      Words(
        code: "E0122", message: "`\(command)` followed by a sign is not a call",
        remedy: "write `\(remedy)`")
    default: preconditionFailure("not a fact of syntax")
    }
  }

  private static func callWords(_ fact: Fact) -> Words {
    switch fact {
    case .unknownName(let name, let remedy):
      Words(code: "E0201", message: "the name `\(name)` is not known", remedy: remedy)
    case .usedBeforeAssignment(let name, let line):
      Words(code: "E0202", message: "`\(name)` gets its value only later, on line \(line)")
    case .positionalCount(let command, let allowed, let given, let signature):
      Words(
        code: "E0203",
        message:
          "`\(command)` takes \(count(allowed, "argument")), and \(given) \(given == 1 ? "is" : "are") given",
        remedy: "it is `\(signature)`", note: help(command))
    case .unknownLabel(let command, let label, let suggestion):
      Words(
        code: "E0204", message: "`\(command)` has no parameter `\(label)`",
        remedy: suggestion.map { "did you mean `\($0)`?" },
        note: "`help \(command)` shows its parameters.")
    case .missingArgument(let command, let parameter):
      Words(
        code: "E0205", message: "`\(command)` needs `\(parameter)`", note: help(command))
    case .literalKind(let command, let parameter, let expected, let given, let remedy):
      Words(
        code: "E0206",
        message: "`\(parameter)` of `\(command)` needs \(expected), and \(given) is given",
        remedy: remedy, note: help(command))
    case .repeatedLabel(let command, let label):
      Words(
        code: "E0207", message: "`\(label)` is given twice to `\(command)`", note: help(command))
    case .positionalAfterLabel(let command):
      Words(
        code: "E0208", message: "an argument without a label comes after one with a label",
        remedy: "put it first, or label it", note: help(command))
    case .notACommand(let name, let kind):
      Words(
        code: "E0209", message: "`\(name)` is \(withArticle(kind)) here, not the command",
        remedy: "use another name for the variable")
    case .tooManyNames(let limit):
      Words(code: "E0210", message: "there are more than \(limit) names")
    default: preconditionFailure("not a fact of calls")
    }
  }

  private static func valueWords(_ fact: Fact) -> Words {
    switch fact {
    case .operatorKinds(let symbol, let left, let right, let remedy):
      Words(
        code: "E0301", message: "`\(symbol)` cannot combine \(left) and \(right)", remedy: remedy)
    case .negation(let given):
      Words(code: "E0301", message: "`-` needs a number, and \(given) is given")
    case .unordered(let left, let right):
      Words(code: "E0301", message: "\(left) and \(right) have no order")
    case .notCallable(let given, let remedy):
      Words(code: "E0302", message: "\(given) is not a function", remedy: remedy)
    case .noProperty(let kind, let name, let remedy, let note):
      Words(
        code: "E0303", message: "\(withArticle(kind)) has no property `\(name)`", remedy: remedy,
        note: note)
    case .cannotIndex(let kind):
      Words(code: "E0304", message: "\(withArticle(kind)) has no elements to take with `[…]`")
    case .indexOutOfRange(let index, let count, let what):
      Words(
        code: "E0305",
        message: "there is no element \(index): \(what) has \(self.count(count, "element"))",
        remedy: count == 0 ? nil : "the first is 0, the last is \(count - 1)")
    case .indexKind(let given):
      Words(code: "E0306", message: "an index must be a whole number, and \(given) is given")
    case .indexCount(let kind, let given):
      Words(
        code: "E0306", message: "\(withArticle(kind)) takes one index, and \(given) are given")
    case .badSlice(let given):
      Words(code: "E0306", message: "a slice needs whole numbers, and \(given) is given")
    case .conditionKind(let what, let given, let remedy):
      Words(
        code: "E0307", message: "`\(what)` needs true or false, and \(given) is given",
        remedy: remedy)
    case .notIterable(let given, let remedy):
      Words(code: "E0308", message: "`for` cannot go through \(given)", remedy: remedy)
    case .cannotTakeApart(let given):
      Words(code: "E0309", message: "\(given) cannot be taken apart into several names")
    case .takeApartCount(let names, let values):
      Words(
        code: "E0309",
        message: "\(count(values, "value")) cannot be taken apart into \(names) names")
    case .blankReached(let title):
      Words(
        code: "E0310",
        message: title.map { "this blank of “\($0)” is still to be filled" }
          ?? "this blank is still to be filled",
        remedy: "put your answer here")
    case .divisionByZero(let symbol):
      Words(code: "E0311", message: "`\(symbol)` by zero")
    case .noValueYet(let name):
      Words(code: "E0312", message: "`\(name)` has no value yet")
    case .argumentKind(let command, let parameter, let expected, let given):
      Words(
        code: "E0313",
        message: "`\(parameter)` of `\(command)` needs \(expected), and \(given) is given",
        note: help(command))
    case .argumentRange(let command, let parameter, let expected, let given):
      Words(
        code: "E0314",
        message: "`\(parameter)` of `\(command)` needs \(expected), and \(given) is given",
        note: help(command))
    case .notANumber(let text):
      Words(code: "E0315", message: "the text \(text) is not a number")
    case .empty(let command):
      Words(code: "E0316", message: "`\(command)` of nothing has no value")
    case .outsideDomain(let command, let given, let expected):
      Words(code: "E0314", message: "`\(command)` needs \(expected), and \(given) is given")
    case .rangeKind(let given):
      Words(code: "E0317", message: "a range goes between numbers, and \(given) is given")
    case .zeroStep:
      Words(code: "E0317", message: "a step of 0 goes nowhere")
    case .repeatCount(let given):
      Words(
        code: "E0318", message: "`repeat` needs a whole number of times, and \(given) is given")
    case .scriptFailure(let message):
      Words(code: "E0319", message: message)
    case .tooDeepCalls(let limit):
      Words(
        code: "E0401", message: "functions call each other more than \(limit) deep",
        remedy: "does this function ever stop calling itself?")
    case .textTooLong(let limit):
      Words(code: "E0402", message: "this text would be longer than \(limit >> 20) MiB")
    case .listTooLong(let limit):
      Words(code: "E0403", message: "this list would have more than \(limit) elements")
    case .valueTooDeep(let limit):
      Words(code: "E0404", message: "lists and records are nested more than \(limit) deep")
    case .valueTooLarge:
      Words(code: "E0405", message: "this value would be too large")
    case .outOfMemory:
      Words(
        code: "E0405", message: "the memory is nearly used up",
        remedy: "use less data, or smaller batches")
    case .budgetSpent(let statements):
      Words(code: "E0406", message: "the budget of \(statements) statements is spent")
    case .interrupted:
      Words(code: "E0407", message: "interrupted")
    case .foreignError(let command, let description):
      Words(code: "E0500", message: (command.map { "`\($0)`: " } ?? "") + description)
    default: preconditionFailure("not a fact of values")
    }
  }

  /// A text as errors quote it.
  static func excerpt(_ text: String) -> String {
    Value.text(text.utf8.count > 40 ? String(text.unicodeScalars.prefix(30)) + "…" : text).display
  }

  /// One line about a check.
  static func line(for check: CheckResult) -> String {
    let points = NumberFormat.shortest(check.points)
    let unit = check.points == 1 ? "point" : "points"
    if check.passed { return "✓ \(check.description) (\(points) \(unit))" }
    let reason = check.problem.map { ": \($0)" } ?? ""
    return "✗ \(check.description) (0 of \(points) \(unit))\(reason)"
  }

  private static func help(_ command: String) -> String { "`help \(command)` explains it." }

  private static func closing(_ bracket: String) -> String {
    switch bracket {
    case "(": ")"
    case "[": "]"
    default: "}"
    }
  }

  /// `1 argument`, `2 arguments`, `no arguments`.
  static func count(_ count: Int, _ noun: String) -> String {
    switch count {
    case 0: "no \(noun)s"
    case 1: "1 \(noun)"
    default: "\(count) \(noun)s"
    }
  }

  /// `a number`, `an image`, `text` as `a text`, and nothing before `none`.
  static func withArticle(_ noun: String) -> String {
    if noun == "none" { return noun }
    let isVowel = noun.first.map { "aeiou".contains($0) } ?? false
    return "\(isVowel && !noun.hasPrefix("uni") && !noun.hasPrefix("use") ? "an" : "a") \(noun)"
  }

  /// `a`, `a or b`, `a, b or c`.
  static func alternatives(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "nothing" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }

  /// A value as an error names it: its kind, and itself when it is short.
  static func given(_ value: Value) -> String {
    switch value {
    case .none: return "none"
    case .boolean(let flag): return flag ? "true" : "false"
    case .number(let number): return "the number \(NumberFormat.shortest(number))"
    case .text(let text):
      return text.utf8.count <= 30 ? "the text \(Value.text(text).display)" : "a text"
    case .list(let list): return "a list of \(count(list.count, "element"))"
    case .function(let function):
      return function.name.map { "the function `\($0)`" } ?? "a function"
    case .record, .range, .object: return withArticle(value.kind)
    }
  }

  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
  }
}
