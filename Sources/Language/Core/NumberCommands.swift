#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Mathematics on numbers and lists of numbers; tensors take these over by `HostObject.apply`.
enum NumberCommands {
  private static let group = "Numbers"

  /// A function of one number, with the numbers that it takes if not all.
  private static func function(
    _ name: String, _ summary: String, example: String, domain: String? = nil,
    where isInside: @escaping (Double) -> Bool = { _ in true },
    _ body: @escaping (Double) -> Double
  ) -> Command {
    let command = Command(
      name, group: group, [Parameter("x", .number, help: "A number, or a tensor.")],
      result: .number, summary: summary, examples: [example], defersToObjects: true
    ) { call in
      let x = try call.number("x")
      if let domain, !isInside(x) {
        throw Failure(
          .outsideDomain(command: name, given: NumberFormat.shortest(x), expected: domain),
          argument: "x")
      }
      return .number(body(x))
    }
    return Command(command) { value in
      guard case .number(let x) = value, isInside(x) else { return nil }
      return .number(body(x))
    }
  }

  private static var functions: [Command] {
    [
      function("abs", "Gives the distance from zero.", example: "abs(-3)") { abs($0) },
      function("sign", "Gives -1, 0 or 1.", example: "sign(-3)") { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 },
      function(
        "sqrt", "Gives the square root.", example: "sqrt(2)", domain: "a number of at least 0",
        where: { !($0 < 0) }
      ) { $0.squareRoot() },
      function("exp", "Raises e to a power.", example: "exp(1)") { exp($0) },
      function("floor", "Rounds down.", example: "floor(2.7)") { $0.rounded(.down) },
      function("ceil", "Rounds up.", example: "ceil(2.1)") { $0.rounded(.up) },
      function("sin", "Gives the sine of an angle in radians.", example: "sin(pi / 2)") { sin($0) },
      function("cos", "Gives the cosine of an angle in radians.", example: "cos(0)") { cos($0) },
      function("tan", "Gives the tangent of an angle in radians.", example: "tan(0)") { tan($0) },
      function("tanh", "Gives the hyperbolic tangent.", example: "tanh(0.5)") { tanh($0) },
    ]
  }

  /// What of a tensor is summed up; lists have one axis.
  private static var axis: Parameter {
    Parameter(
      "axis", .whole, default: .none, help: "Of a tensor: along this axis only, from 0.")
  }

  /// A summary of numbers that needs at least one.
  private static func summary(
    _ name: String, _ sentence: String, example: String, _ body: @escaping ([Double]) -> Double
  ) -> Command {
    Command(
      name, group: group,
      [
        Parameter("values", .listOf(.number), help: "A list of numbers, a range, or a tensor."),
        axis,
      ],
      summary: sentence, examples: [example], defersToObjects: true
    ) { call in
      let numbers = try call.numbers("values")
      guard !numbers.isEmpty else { throw Failure(.empty(command: name), argument: "values") }
      return .number(body(numbers))
    }
  }

  static func mean(_ numbers: [Double]) -> Double {
    numbers.reduce(0, +) / Double(numbers.count)
  }

  private static func median(_ numbers: [Double]) -> Double {
    let sorted = numbers.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  private static func deviation(_ numbers: [Double]) -> Double {
    let mean = mean(numbers)
    return (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count))
      .squareRoot()
  }

  /// `min` and `max`: of a list, or of the arguments.
  private static func extreme(
    _ name: String, _ sentence: String, example: String,
    _ isBetter: @escaping (Double, Double) -> Bool
  ) -> Command {
    Command(
      name, group: group,
      [
        Parameter(
          "values", .oneOf([.number, .listOf(.number)]), gathers: .rest,
          help: "Numbers, or one list of them, or a tensor."), axis,
      ],
      summary: sentence, examples: [example], defersToObjects: true
    ) { call in
      var best: Double?
      func consider(_ number: Double) {
        // As soon as one is not a number, neither is the result.
        if best.map({ !$0.isNaN && (number.isNaN || isBetter(number, $0)) }) ?? true {
          best = number
        }
      }
      for value in try call.list("values") {
        switch value {
        case .number(let number): consider(number)
        case .list(let list): list.numbers?.forEach(consider)
        case .range(let range):
          try List(range.elements(limits: call.interpreter.limits)).numbers?.forEach(consider)
        default: break
        }
      }
      guard let best else { throw Failure(.empty(command: name)) }
      return .number(best)
    }
  }

  private static func position(
    _ name: String, _ sentence: String, example: String,
    _ isBetter: @escaping (Double, Double) -> Bool
  ) -> Command {
    summary(name, sentence, example: example) { numbers in
      var best = 0
      for index in numbers.indices where isBetter(numbers[index], numbers[best]) { best = index }
      return Double(best)
    }
  }

  static var all: [Command] {
    functions + [
      Command(
        "log", group: group,
        [
          Parameter("x", .number, help: "A number above 0, or a tensor."),
          Parameter("base", .number, default: .none, help: "The base; e if left out."),
        ],
        result: .number, summary: "Gives the logarithm, natural unless a base is given.",
        examples: ["log(10)", "log(8 base: 2)"], defersToObjects: true
      ) { call in
        let x = try call.number("x")
        guard !(x <= 0) else {
          throw Failure(
            .outsideDomain(
              command: "log", given: NumberFormat.shortest(x), expected: "a number above 0"),
            argument: "x")
        }
        guard let base = try call.optionalNumber("base") else { return .number(log(x)) }
        guard base > 0, base != 1 else {
          throw call.failure("base", code: "E0314", "a base is above 0 and not 1")
        }
        return .number(base == 2 ? log2(x) : base == 10 ? log10(x) : log(x) / log(base))
      },
      Command(
        "round", group: group,
        [
          Parameter("x", .number, help: "A number, or a tensor."),
          Parameter(
            "digits", .whole, default: .value(.number(0)), help: "Digits after the point, 0 to 15."),
        ],
        result: .number, summary: "Rounds to the nearest, halves away from zero.",
        examples: ["round(2.5)", "round(3.14159 digits: 2)"], defersToObjects: true
      ) { call in
        let x = try call.number("x")
        let digits = try call.whole("digits", in: 0...15)
        guard digits > 0 else { return .number(x.rounded()) }
        return .number(Double(NumberFormat.fixed(x, digits: digits)) ?? x)
      },
      Command(
        "clip", group: group,
        [
          Parameter("x", .number, help: "A number, or a tensor."),
          Parameter("low", .number, help: "The least result."),
          Parameter("high", .number, help: "The greatest result."),
        ],
        result: .number, summary: "Keeps a number between two others.",
        examples: ["clip(1.2, 0, 1)"], defersToObjects: true
      ) { call in
        let (low, high) = (try call.number("low"), try call.number("high"))
        guard low <= high else {
          throw call.failure("low", code: "E0314", "`low` is greater than `high`")
        }
        return .number(min(max(try call.number("x"), low), high))
      },
      extreme("min", "Gives the least.", example: "min(3, 1, 2)", <),
      extreme("max", "Gives the greatest.", example: "max([3, 1, 2])", >),
      Command(
        "sum", group: group,
        [
          Parameter("values", .listOf(.number), help: "A list of numbers, a range, or a tensor."),
          axis,
        ], summary: "Adds up.", examples: ["sum([1, 2, 3])", "sum(0..101)"],
        defersToObjects: true
      ) { .number(try $0.numbers("values").reduce(0, +)) },
      summary("mean", "Gives the average.", example: "mean([1, 2, 6])", mean),
      summary("median", "Gives the middle one.", example: "median([1, 9, 2])", median),
      summary(
        "std", "Gives the standard deviation (of the whole, not of a sample).",
        example: "std([1, 3])", deviation),
      position("argmax", "Gives the place of the greatest.", example: "argmax([3, 9, 2])", >),
      position("argmin", "Gives the place of the least.", example: "argmin([3, 9, 2])", <),
    ]
  }
}
