/// Commands on texts.
enum TextCommands {
  private static let group = "Text"
  private static var textParameter: Parameter {
    Parameter("text", .text, help: "The text.")
  }

  /// A change of one text into another.
  private static func change(
    _ name: String, _ summary: String, example: String, _ body: @escaping (String) -> String
  ) -> Command {
    Command(
      name, group: group, [textParameter], result: .text, summary: summary, examples: [example]
    ) { .text(body(try $0.text("text"))) }
  }

  private static func trim(_ text: String) -> String {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isSpace($0) }),
      let last = scalars.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(scalars[first...last])
  }

  /// The text as a number, if it is one.
  static func number(_ text: String) -> Double? {
    let digits = trim(text)
    guard let first = digits.utf8.first,
      first == 45 || first == 43 || first == 46 || first &- 48 < 10,
      !digits.utf8.contains(where: {
        $0 == 120 || $0 == 88 || $0 == 112 || $0 == 110 || $0 == 78 || $0 == 73 || $0 == 105
      })
    else { return ["nan": .nan, "infinity": .infinity, "-infinity": -.infinity][digits] }
    return Double(digits)
  }

  static func pieces(_ text: String, by separator: String) -> [String] {
    pieces(text, by: separator) { $0 }
  }

  private static func pieces<Piece>(
    _ text: String, by separator: String, _ piece: (String) -> Piece
  ) -> [Piece] {
    var bytes = text
    let width = separator.utf8.count
    let offsets = TextSearch.offsets(of: separator, in: text)
    return bytes.withUTF8 { bytes in
      var pieces: [Piece] = []
      pieces.reserveCapacity(offsets.count + 1)
      func add(_ range: Range<Int>) {
        let part = UnsafeBufferPointer(rebasing: bytes[range])
        pieces.append(piece(String(decoding: part, as: UTF8.self)))
      }
      var start = 0
      for offset in offsets {
        add(start..<offset)
        start = offset + width
      }
      add(start..<bytes.count)
      return pieces
    }
  }

  private static func words(_ text: String) -> [String] {
    text.unicodeScalars.split { $0.properties.isWhitespace }.map { String($0) }
  }

  static var all: [Command] {
    [
      change("upper", "Makes letters capital.", example: "upper(\"sand\")") { $0.uppercased() },
      change("lower", "Makes letters small.", example: "lower(\"Sand\")") { $0.lowercased() },
      change("trim", "Takes white space from both ends.", example: "trim(\"  sand \")", trim),
      Command(
        "text", group: group,
        [
          Parameter("value", .any, help: "Anything."),
          Parameter("digits", .whole, default: .none, help: "Digits after the point, for numbers."),
        ],
        result: .text, summary: "Gives a value as text.",
        examples: ["text(3)", "text(0.12345 digits: 2)"]
      ) { call in
        guard let digits = try call.optionalWhole("digits", in: 0...17) else {
          return .text(try call.interpreter.text(of: call.arguments[0] ?? .none))
        }
        return .text(NumberFormat.fixed(try call.number("value"), digits: digits))
      },
      Command(
        "number", group: group,
        [Parameter("text", .oneOf([.text, .number, .boolean]), help: "A text such as \"0.5\".")],
        result: .number, summary: "Reads a number from a text.",
        examples: ["number(\"0.5\")"]
      ) { call in
        switch try call.value("text") {
        case .number(let number): return .number(number)
        case .boolean(let flag): return .number(flag ? 1 : 0)
        default:
          let text = try call.text("text")
          guard let number = number(text) else {
            throw Failure(
              .notANumber(text: Wording.excerpt(text)), argument: "text")
          }
          return .number(number)
        }
      },
      Command(
        "replace", group: group,
        [
          textParameter,
          Parameter("old", .text, help: "What to look for; not empty."),
          Parameter("new", .text, help: "What to put there."),
        ],
        result: .text, summary: "Replaces one text by another wherever it occurs.",
        examples: ["replace(\"a-b-c\", \"-\", \" \")"]
      ) { call in
        let (text, old, new) = (try call.text("text"), try call.text("old"), try call.text("new"))
        guard !old.isEmpty else {
          throw call.failure("old", code: "E0314", "there is nothing to look for")
        }
        let pieces = pieces(text, by: old)
        let size = text.utf8.count + (pieces.count - 1) * max(0, new.utf8.count - old.utf8.count)
        try call.interpreter.checkTextSize(size)
        return .text(pieces.joined(separator: new))
      },
      Command(
        "join", group: group,
        [
          Parameter("values", .list, help: "What to join."),
          Parameter("by", .text, default: .value(.text(" ")), help: "What to put in between."),
        ],
        result: .text, summary: "Joins values to one text.",
        examples: ["join([\"a\", \"b\"], \", \")"]
      ) { call in
        let separator = try call.text("by")
        var output = ""
        var isFirst = true
        for value in try call.list("values") {
          if !isFirst { output += separator }
          isFirst = false
          if case .text(let text) = value { output += text } else { output += value.text }
          try call.interpreter.checkTextSize(output.utf8.count)
        }
        return .text(output)
      },
      Command(
        "starts_with", group: group,
        [textParameter, Parameter("part", .text, help: "What it may begin with.")],
        result: .boolean, summary: "Tells whether a text begins with another.",
        examples: ["starts_with(\"sand\", \"sa\")"]
      ) { call in
        .boolean(try call.text("text").utf8.starts(with: call.text("part").utf8))
      },
      Command(
        "ends_with", group: group,
        [textParameter, Parameter("part", .text, help: "What it may end with.")],
        result: .boolean, summary: "Tells whether a text ends with another.",
        examples: ["ends_with(\"sand\", \"nd\")"]
      ) { call in
        .boolean(
          try call.text("text").utf8.reversed().starts(with: call.text("part").utf8.reversed()))
      },
      Command(
        "split", group: group,
        [
          Parameter("values", .oneOf([.text, .list]), help: "A text, or a list, or a dataset."),
          Parameter(
            "by", .oneOf([.text, .number, .listOf(.number)]), default: .none,
            help: "For a text what separates its parts (white space if left out), for others the "
              + "fraction that comes first, or several fractions."),
          Parameter(
            "seed", .whole, default: .none, help: "Of a dataset's random parts; the session's."),
          Parameter(
            "stratified", .boolean, default: .value(.boolean(true)),
            help: "Of a dataset: whether each part has the same mix of classes."),
        ],
        result: .list, summary: "Splits a text at a separator, a list or a dataset at a fraction.",
        examples: ["split(\"a,b\", \",\")", "split([1, 2, 3, 4], 0.75)"], defersToObjects: true,
        body: split),
    ]
  }

  private static func split(_ call: Call) throws -> Value {
    guard case .text(let text) = try call.value("values") else {
      let list = try call.list("values")
      let fraction = try call.number("by", in: 0...1)
      let place = Int((Double(list.count) * fraction).rounded())
      return .list(
        of: [
          .list(List(Array(list.elements[..<place]))), .list(List(Array(list.elements[place...]))),
        ])
    }
    guard let separator = try call.optionalText("by") else { return .texts(words(text)) }
    guard !separator.isEmpty else { return .texts(text.unicodeScalars.map { String($0) }) }
    return .list(of: pieces(text, by: separator) { .text($0) })
  }
}
