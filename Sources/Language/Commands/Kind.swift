/// What a parameter takes, with one phrase for each that completes "needs …".
package indirect enum Kind: Equatable, Sendable {
  case any
  case number
  /// A number without a fraction.
  case whole
  case text
  case boolean
  case list
  /// A list whose elements are all of one kind; ranges are taken as well when that is a number.
  case listOf(Kind)
  case record
  case range
  /// A closure or a command.
  case function
  /// A host object, by what its `kind` says: `tensor`, `network`.
  case object(String)
  /// The kind, or `none`.
  case optional(Kind)
  case oneOf([Kind])
  /// One of these texts, written out in help and completion.
  case choice([String])
  /// Only as a result: the command gives nothing back.
  case nothing

  /// `a whole number`, `a list of numbers`, `"same" or "valid"`.
  package var phrase: String {
    switch self {
    case .any: "a value"
    case .number: "a number"
    case .whole: "a whole number"
    case .text: "a text"
    case .boolean: "true or false"
    case .list: "a list"
    case .listOf(let kind): "a list of \(kind.plural)"
    case .record: "a record"
    case .range: "a range"
    case .function: "a function"
    case .object(let name): Wording.withArticle(name)
    case .optional(let kind): "\(kind.phrase) or none"
    case .oneOf(let kinds): Wording.alternatives(kinds.map(\.phrase))
    case .choice(let texts): Wording.alternatives(texts.map { Value.text($0).display })
    case .nothing: "nothing"
    }
  }

  var plural: String {
    switch self {
    case .number: "numbers"
    case .whole: "whole numbers"
    case .text: "texts"
    case .boolean: "booleans"
    case .list: "lists"
    case .record: "records"
    case .function: "functions"
    case .object(let name): "\(name)s"
    default: "values"
    }
  }

  /// Whether a value is of this kind.
  package func accepts(_ value: Value) -> Bool {
    switch (self, value) {
    case (.any, _), (.number, .number), (.text, .text), (.boolean, .boolean), (.list, .list),
      (.record, .record), (.range, .range), (.function, .function):
      return true
    case (.whole, .number(let number)):
      return number.rounded() == number && abs(number) < 9_007_199_254_740_992
    case (.listOf(let kind), .list(let list)):
      if case .any = kind { return true }
      return list.allSatisfy(kind.accepts)
    case (.listOf(.number), .range), (.listOf(.whole), .range), (.listOf(.any), .range): return true
    case (.object(let name), .object(let object)): return object.kind == name
    case (.optional(let kind), _): return value.isNone || kind.accepts(value)
    case (.oneOf(let kinds), _): return kinds.contains { $0.accepts(value) }
    case (.choice(let texts), .text(let text)): return texts.contains(text)
    default: return false
    }
  }

  /// Whether a text is acceptable: an unknown bare word then most likely lacks its quotes.
  var takesText: Bool {
    switch self {
    case .text, .choice: true
    case .optional(let kind): kind.takesText
    case .oneOf(let kinds): kinds.contains(where: \.takesText)
    default: false
    }
  }

  /// Whether what a command gives is certain to be of this kind, which is more than anything.
  package func isSurelyTaking(_ result: Kind) -> Bool {
    switch self {
    case .object: self == result
    case .optional(let kind): kind.isSurelyTaking(result)
    case .oneOf(let kinds): kinds.contains { $0.isSurelyTaking(result) }
    default: false
    }
  }

  /// The texts that are possible, if they are few.
  package var choices: [String]? {
    switch self {
    case .choice(let texts): texts
    case .optional(let kind): kind.choices
    case .oneOf(let kinds): kinds.lazy.compactMap(\.choices).first
    default: nil
    }
  }
}
