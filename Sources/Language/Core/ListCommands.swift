/// Commands on lists, ranges, and partly texts; datasets and tensors take over those that they know.
enum ListCommands {
  private static let group = "Lists"
  private static var values: Parameter {
    Parameter("values", .list, help: "A list or range.")
  }
  /// A list, a range, or with `text` a text.
  private static let sequence = Kind.oneOf([.list, .range])
  private static var listParameter: Parameter {
    Parameter("values", sequence, help: "A list or range.")
  }
  private static var function: Parameter {
    Parameter("function", .function, help: "What to do with each one.")
  }

  static var all: [Command] { building + transforming + asking + ordering }

  private static func whole(_ call: Call, _ label: String) throws -> Int {
    try call.whole(label, in: 0...Call.exactIntegers.upperBound)
  }

  private static var building: [Command] {
    [
      Command(
        "range", group: group,
        [
          Parameter("start", .number, help: "The first number, or with one argument the end."),
          Parameter("end", .number, default: .none, help: "Where it ends, itself left out."),
          Parameter("by", .number, default: .value(.number(1)), help: "The step, not 0."),
        ],
        result: .range, summary: "Gives a range; `0..10` is the short form.",
        examples: ["range(3)", "range(0, 1 by: 0.25)"]
      ) { call in
        let first = try call.number("start")
        let last = try call.optionalNumber("end")
        let step = try call.number("by")
        guard step != 0 else { throw Failure(.zeroStep, argument: "by") }
        guard first.isFinite, (last ?? 0).isFinite, step.isFinite else {
          throw Failure(.rangeKind(given: "a number without end"))
        }
        return .range(
          Progression(start: last == nil ? 0 : first, end: last ?? first, step: step))
      },
      Command(
        "list", group: group, [Parameter("values", .any, help: "A range, list or text.")],
        result: .list, summary: "Gives the elements as a list.", examples: ["list(0..3)"],
        defersToObjects: true
      ) { call in
        if case .text(let text) = try call.value("values") {
          return .texts(text.unicodeScalars.map { String($0) })
        }
        return .list(try call.list("values"))
      },
      Command(
        "append", group: group,
        [values, Parameter("value", .any, help: "What comes last.")],
        result: .list, summary: "Gives a list with one more element.",
        examples: ["append([1, 2], 3)"]
      ) { call in
        var list = try call.list("values")
        list.append(call.arguments[1] ?? .none)
        return .list(list)
      },
      Command(
        "concatenate", group: group,
        [Parameter("lists", sequence, gathers: .rest, help: "Lists to put one after the other.")],
        result: .list, summary: "Puts lists one after the other.",
        examples: ["concatenate([1], [2, 3])"], defersToObjects: true
      ) { call in
        var result: [Value] = []
        for value in try call.list("lists") {
          switch value {
          case .list(let list): result += list.elements
          case .range(let range): result += try range.elements(limits: call.interpreter.limits)
          default: break
          }
          guard result.count <= call.interpreter.limits.listCount else {
            throw Failure(.listTooLong(limit: call.interpreter.limits.listCount))
          }
        }
        return .list(List(result))
      },
      Command(
        "zip", group: group,
        [
          Parameter("first", sequence, help: "A list."),
          Parameter("second", sequence, help: "A list."),
        ],
        result: .list, summary: "Pairs the elements of two lists, as long as both have some.",
        examples: ["zip([1, 2], [\"a\", \"b\"])"]
      ) { call in
        .list(
          of: zip(try call.list("first"), try call.list("second")).map { .list(of: [$0, $1]) })
      },
      Command(
        "enumerate", group: group, [listParameter], result: .list,
        summary: "Pairs each element with its place.", examples: ["enumerate([\"a\", \"b\"])"]
      ) { call in
        .list(
          of: try call.list("values").enumerated().map { .list(of: [.number(Double($0)), $1]) })
      },
    ]
  }

  private static var transforming: [Command] {
    [
      Command(
        "map", group: group, [listParameter, function], result: .list,
        summary: "Applies a function to every element.",
        examples: ["map([1, 2, 3], x => x * 2)"], defersToObjects: true
      ) { call in
        let function = try call.function("function")
        let list = try call.list("values").elements
        var result: [Value] = []
        result.reserveCapacity(list.count)
        for value in list { result.append(try call.interpreter.call(function, value)) }
        return .list(List(result))
      },
      Command(
        "filter", group: group, [listParameter, function], result: .list,
        summary: "Keeps the elements for which a function gives true.",
        examples: ["filter([1, 2, 3], x => x > 1)"], defersToObjects: true
      ) { call in
        let function = try call.function("function")
        var result: [Value] = []
        for value in try call.list("values").elements
        where try test(call, function, value) { result.append(value) }
        return .list(List(result))
      },
      Command(
        "reduce", group: group,
        [
          listParameter, Parameter("function", .function, help: "From two values to one."),
          Parameter("start", .any, default: .none, help: "What to begin with."),
        ],
        summary: "Combines all elements, from the left.",
        examples: ["reduce([1, 2, 3], (a, b) => a + b)"]
      ) { call in
        let function = try call.function("function")
        var rest = try call.list("values").elements[...]
        guard var result = call.optionalValue("start") ?? rest.popFirst() else {
          throw Failure(.empty(command: "reduce"), argument: "values")
        }
        for value in rest { result = try call.interpreter.call(function, [result, value]) }
        return result
      },
      Command(
        "take", group: group,
        [listParameter, Parameter("count", .whole, help: "How many.")],
        result: .list, summary: "Gives the first elements.", examples: ["take([1, 2, 3], 2)"],
        defersToObjects: true
      ) { call in
        let list = try call.list("values").elements
        return .list(List(Array(list.prefix(try whole(call, "count")))))
      },
      Command(
        "drop", group: group,
        [listParameter, Parameter("count", .whole, help: "How many.")],
        result: .list, summary: "Gives all but the first elements.",
        examples: ["drop([1, 2, 3], 2)"], defersToObjects: true
      ) { call in
        let list = try call.list("values").elements
        return .list(List(Array(list.dropFirst(try whole(call, "count")))))
      },
      Command(
        "reverse", group: group,
        [Parameter("values", .oneOf([.list, .range, .text]), help: "A list, range or text.")],
        summary: "Turns the order round.", examples: ["reverse([1, 2, 3])"],
        defersToObjects: true
      ) { call in
        if case .text(let text) = try call.value("values") {
          return .text(String(String.UnicodeScalarView(text.unicodeScalars.reversed())))
        }
        return .list(List(try call.list("values").reversed()))
      },
      Command(
        "unique", group: group, [listParameter], result: .list,
        summary: "Keeps the first of equal elements.", examples: ["unique([1, 2, 1])"],
        defersToObjects: true, body: unique),
    ]
  }

  private static func test(
    _ call: Call, _ function: FunctionValue, _ value: Value
  ) throws -> Bool {
    let answer = try call.interpreter.call(function, value)
    guard case .boolean(let flag) = answer else {
      throw Failure(
        .conditionKind(what: call.command.name, given: Wording.given(answer), remedy: nil),
        argument: "function")
    }
    return flag
  }

  private static func unique(_ call: Call) throws -> Value {
    var numbers: Set<Double> = []
    var texts: Set<String> = []
    var others: [Value] = []
    let kept = try call.list("values").filter { value in
      switch value {
      case .number(let number): return numbers.insert(number).inserted
      case .text(let text): return texts.insert(text).inserted
      default:
        try call.interpreter.checkpoint()
        guard !others.contains(value) else { return false }
        others.append(value)
        return true
      }
    }
    return .list(List(Array(kept)))
  }

  private static var asking: [Command] {
    [
      length,
      Command(
        "count", group: group,
        [
          Parameter("values", .oneOf([.list, .range, .text]), help: "A list, range or text."),
          Parameter("what", .any, default: .none, help: "What to count, or a function that says."),
        ],
        result: .number, summary: "Counts the elements, or those that are equal to a value.",
        examples: ["count([1, 2, 1], 1)"], defersToObjects: true, body: count),
      Command(
        "contains", group: group,
        [
          Parameter(
            "values", .oneOf([.list, .range, .text, .record]),
            help: "A list, range, text or record."),
          Parameter("what", .any, help: "What may be in it."),
        ],
        result: .boolean, summary: "Tells whether a value is in another, as `in` does.",
        examples: ["contains(\"sand\", \"an\")"]
      ) { call in
        let what = call.arguments[1] ?? .none
        switch (try call.value("values"), what) {
        case (.text(let text), .text(let part)): return .boolean(TextSearch.contains(text, part))
        case (.record(let record), .text(let key)): return .boolean(record[key] != nil)
        case (.range(let range), .number(let number)): return .boolean(range.contains(number))
        case (.list(let list), _): return .boolean(list.contains { $0 == what })
        case (.text, _), (.record, _): throw call.mismatch("what", .text)
        default: return .boolean(false)
        }
      },
      Command(
        "index_of", group: group,
        [
          Parameter("values", .oneOf([.list, .range, .text]), help: "A list, range or text."),
          Parameter("what", .any, help: "What to look for."),
        ],
        summary: "Gives the place of the first equal element, or none.",
        examples: ["index_of([\"a\", \"b\"], \"b\")"]
      ) { call in
        let what = call.arguments[1] ?? .none
        if case .text(let text) = try call.value("values") {
          let part = try call.text("what")
          guard let offset = TextSearch.firstOffset(of: part, in: text) else { return .none }
          return .number(Double(text.utf8.prefix(offset).count { $0 & 0xC0 != 0x80 }))
        }
        let place = try call.list("values").firstIndex { $0 == what }
        return place.map { .number(Double($0)) } ?? .none
      },
      Command(
        "any", group: group, [listParameter, function], result: .boolean,
        summary: "Tells whether a function gives true for some element.",
        examples: ["any([1, 2], x => x > 1)"]
      ) { call in
        let function = try call.function("function")
        return .boolean(try call.list("values").contains { try test(call, function, $0) })
      },
      Command(
        "all", group: group, [listParameter, function], result: .boolean,
        summary: "Tells whether a function gives true for every element.",
        examples: ["all([1, 2], x => x > 0)"]
      ) { call in
        let function = try call.function("function")
        return .boolean(try call.list("values").allSatisfy { try test(call, function, $0) })
      },
    ]
  }

  private static var length: Command {
    func length(_ value: Value) -> Value? {
      switch value {
      case .list(let list): .number(Double(list.count))
      case .text(let text): .number(Double(TextSearch.length(text)))
      case .record(let record): .number(Double(record.count))
      case .range(let range): .number(Double(range.count))
      default: nil
      }
    }
    let command = Command(
      "length", group: group,
      [
        Parameter(
          "values", .oneOf([.list, .range, .text, .record]), help: "A list, range, text or record.")
      ],
      result: .number, summary: "Gives the number of elements, characters or fields.",
      examples: ["length([1, 2, 3])"], defersToObjects: true
    ) { length(try $0.value("values")) ?? .number(0) }
    return Command(command, quick: length)
  }

  private static func count(_ call: Call) throws -> Value {
    let values = try call.value("values")
    guard let what = call.optionalValue("what") else {
      return try values.property("count") ?? .number(0)
    }
    if case .text(let text) = values {
      let part = try call.text("what")
      guard !part.isEmpty else { return .number(Double(text.unicodeScalars.count + 1)) }
      return .number(Double(TextSearch.offsets(of: part, in: text).count))
    }
    let list = try call.list("values")
    guard case .function(let function) = what else {
      return .number(Double(list.count { $0 == what }))
    }
    return .number(
      Double(
        try list.count { value in
          try call.interpreter.call(function, value) == .boolean(true)
        }))
  }

  private static var ordering: [Command] {
    [
      Command(
        "sort", group: group,
        [
          listParameter,
          Parameter("by", .function, default: .none, help: "What to compare: from an element."),
          Parameter(
            "descending", .boolean, default: .value(.boolean(false)), help: "Largest first."),
        ],
        result: .list, summary: "Sorts numbers or texts; equal ones keep their order.",
        examples: ["sort([3, 1, 2])", "sort([\"bb\", \"a\"] by: x => x.count)"],
        defersToObjects: true, body: sort)
    ]
  }

  private static func sort(_ call: Call) throws -> Value {
    let list = try call.list("values").elements
    let descending = try call.boolean("descending")
    let keys: [Value]
    if let function = try call.optionalFunction("by") {
      keys = try list.map { try call.interpreter.call(function, $0) }
    } else {
      keys = list
    }
    /// Sorted places; a place decides between equal keys, so that the order is kept.
    func places<Key: Comparable>(_ keys: [Key]) -> [Int] {
      keys.indices.sorted { a, b in
        if keys[a] == keys[b] { return a < b }
        return descending ? keys[a] > keys[b] : keys[a] < keys[b]
      }
    }
    var numbers: [Double] = []
    var texts: [String] = []
    for key in keys {
      switch key {
      case .number(let number) where !number.isNaN: numbers.append(number)
      case .text(let text): texts.append(text)
      default:
        throw Failure(
          .argumentKind(
            command: "sort", parameter: "values", expected: "numbers or texts",
            given: Wording.given(key)), argument: "values")
      }
    }
    guard numbers.isEmpty || texts.isEmpty else {
      throw Failure(.unordered(left: "numbers", right: "texts"), argument: "values")
    }
    let order = texts.isEmpty ? places(numbers) : places(texts)
    return .list(List(order.map { list[$0] }))
  }
}
