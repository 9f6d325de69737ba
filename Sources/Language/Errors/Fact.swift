/// Everything the language itself can complain about, as facts. `Wording` makes them sentences.
package enum Fact: Equatable {
  // E01: syntax.
  case unexpectedCharacter(String)
  case foreignSyntax(found: String, remedy: String)
  case unterminatedText
  case badNumber(String)
  case badEscape(String)
  case emptyInterpolation
  case expectedExpression(found: String)
  case expected(String, found: String, remedy: String?)
  case unclosed(String)
  case missingEnd(block: String, line: Int)
  case strayKeyword(String)
  case tooDeepSyntax(limit: Int)
  case sourceTooLarge(limit: Int)
  case tooManyTokens(limit: Int)
  case notUTF8
  case outsideLoop(String)
  case returnOutsideFunction
  case badTarget(String)
  case chainedComparison(String)
  case duplicateParameter(String)
  case repeatedField(String)
  case requiredAfterOptional(String)
  case assignmentInCondition
  case ternaryWithoutElse
  case badCommandArgument(command: String, remedy: String)
  // E02: names and calls.
  case unknownName(String, remedy: String?)
  case positionalCount(command: String, allowed: Int, given: Int, signature: String)
  case unknownLabel(command: String, label: String, suggestion: String?)
  case missingArgument(command: String, parameter: String)
  case literalKind(
    command: String, parameter: String, expected: String, given: String, remedy: String?)
  case repeatedLabel(command: String, label: String)
  case positionalAfterLabel(command: String)
  case notACommand(name: String, kind: String)
  case usedBeforeAssignment(name: String, line: Int)
  case tooManyNames(limit: Int)
  // E03: values.
  case operatorKinds(symbol: String, left: String, right: String, remedy: String?)
  case negation(given: String)
  case notCallable(given: String, remedy: String?)
  case noProperty(kind: String, name: String, remedy: String?, note: String?)
  case cannotIndex(kind: String)
  case indexOutOfRange(index: String, count: Int, what: String)
  case indexKind(given: String)
  case indexCount(kind: String, given: Int)
  case badSlice(String)
  case conditionKind(what: String, given: String, remedy: String?)
  case notIterable(given: String, remedy: String?)
  case cannotTakeApart(given: String)
  case takeApartCount(names: Int, values: Int)
  case blankReached(title: String?)
  case divisionByZero(symbol: String)
  case noValueYet(name: String)
  case argumentKind(command: String, parameter: String, expected: String, given: String)
  case argumentRange(command: String, parameter: String, expected: String, given: String)
  case notANumber(text: String)
  case empty(command: String)
  case outsideDomain(command: String, given: String, expected: String)
  case rangeKind(given: String)
  case zeroStep
  case repeatCount(given: String)
  case scriptFailure(String)
  case unordered(left: String, right: String)
  // E04: limits.
  case tooDeepCalls(limit: Int)
  case textTooLong(limit: Int)
  case listTooLong(limit: Int)
  case valueTooDeep(limit: Int)
  case valueTooLarge
  case outOfMemory
  case budgetSpent(statements: Int)
  case interrupted
  // E05: other rooms.
  case foreignError(command: String?, description: String)
}
