import Language
import Networks
import Tensors

/// Commands that make and transform tensors. What numbers and lists have too (`abs`, `sum`, …)
/// takes either.
func tensorCommands(_ workspace: Workspace) -> [Command] {
  let group = "Tensors"
  let tensor = Kind.oneOf([.object("tensor"), .object("image")])
  let numeric = Kind.oneOf([.object("tensor"), .object("image"), .number])

  func maker(
    _ name: String, summary: String, details: String = "", examples: [String],
    _ make: @escaping ([Int]) throws -> Tensor
  ) -> Command {
    Command(
      name, group: group,
      [Parameter("shape", .whole, gathers: .rest, help: "The size of each dimension.")],
      result: .object("tensor"), summary: summary, details: details, examples: examples
    ) { call in
      try Failure.explaining {
        .object(TensorValue(try make(try call.wholes("shape", in: 0...(1 << 40)))))
      }
    }
  }

  return [
    Command(
      "tensor", group: group,
      [Parameter("values", .list, help: "Numbers, or lists of equal length inside each other.")],
      result: .object("tensor"), summary: "Makes a tensor of numbers in lists.",
      examples: ["tensor([[1, 2], [3, 4]])"]
    ) { call in
      var shape: [Int] = []
      var values: [Float] = []
      try flatten(.list(try call.list("values")), depth: 0, into: &shape, &values)
      return try Failure.explaining {
        .object(TensorValue(try Tensor(shape: shape, values: values)))
      }
    },
    maker("zeros", summary: "Makes a tensor of zeros.", examples: ["zeros(2, 3)"]) {
      try Tensor(shape: $0)
    },
    maker("ones", summary: "Makes a tensor of ones.", examples: ["ones(2, 3)"]) {
      try Tensor(shape: $0, repeating: 1)
    },
    maker(
      "random", summary: "Makes a tensor of random numbers from 0 to 1.",
      details: "Each call draws further along the session's stream; `seed` starts it again.",
      examples: ["random(8, 8)"]
    ) { shape in
      try workspace.draw("random", shape) { $0.uniform() }
    },
    maker(
      "random_normal",
      summary: "Makes a tensor of normally distributed numbers (mean 0, deviation 1).",
      examples: ["random_normal(100).std"]
    ) { shape in
      try workspace.draw("random_normal", shape) { $0.normal() }
    },
    Command(
      "reshape", group: group,
      [
        Parameter(
          "x", .oneOf([.object("tensor"), .object("image"), .object("symbol")]),
          help: "A tensor, or what a layer gives."),
        Parameter(
          "shape", .whole, gathers: .rest, help: "The new sizes; one may be -1: what is left over."),
      ],
      summary: "Gives the same values another shape.",
      details: "The sizes of what a layer gives leave the count of images out.",
      examples: ["ones(2, 6).reshape(3, -1)", "input(8, 8, 18).reshape(-1, 2)"]
    ) { call in
      let shape = try call.wholes("shape", in: -1...(1 << 40))
      if case .object(let object) = try call.value("x"), let symbol = object as? SymbolValue {
        return try Failure.explaining {
          .object(SymbolValue(try symbol.node.applying(Reshape(shape))))
        }
      }
      return try call.mapTensor("x") { try $0.reshaped(shape) }
    },
    Command(
      "transpose", group: group,
      [
        Parameter("x", tensor, help: "A tensor."),
        Parameter("axes", .whole, gathers: .rest, help: "The new order; left out, reversed."),
      ],
      result: .object("tensor"), summary: "Puts the dimensions in another order.",
      examples: ["transpose(tensor([[1, 2], [3, 4]]))"]
    ) { call in
      let axes = try call.wholes("axes", in: 0...64)
      return try call.mapTensor("x") { try $0.transposed(axes.isEmpty ? nil : axes) }
    },
    Command(
      "stack", group: group,
      [
        Parameter("tensors", .list, help: "Tensors of one shape."),
        Parameter("axis", .whole, default: .value(.number(0)), help: "Where the new one goes."),
      ],
      result: .object("tensor"), summary: "Joins tensors along a new dimension.",
      examples: ["stack([ones(2), zeros(2)])"]
    ) { call in
      let tensors = try call.tensors("tensors")
      let axis = try call.whole("axis", in: -64...64)
      return try Failure.explaining {
        .object(TensorValue(try Tensor.stack(tensors, axis: axis)))
      }
    },
    Command(
      "norm", group: group,
      [
        Parameter("x", tensor, help: "A tensor."),
        Parameter("axis", .whole, default: .none, help: "Along this axis only, from 0."),
      ],
      summary: "The square root of the sum of squares.", examples: ["tensor([3, 4]).norm()"]
    ) { call in
      let axis = try call.optionalWhole("axis", in: -64...64)
      return try call.mapTensor("x") { try $0.reduce(.norm, axis: axis) }
    },
    Command(
      "where", group: group,
      [
        Parameter("condition", tensor, help: "Not zero for yes, zero for no."),
        Parameter("yes", numeric, help: "Values where yes."),
        Parameter("no", numeric, help: "Values where no."),
      ],
      result: .object("tensor"), summary: "Chooses value by value between two tensors.",
      examples: ["x = tensor([-1, 2]); where(x > 0, x, 0)"]
    ) { call in
      let condition = try call.tensorOrNumber("condition").tensor
      let (yes, no) = (try call.tensorOrNumber("yes").tensor, try call.tensorOrNumber("no").tensor)
      return try Failure.explaining {
        .object(TensorValue(try Tensor.choose(condition, yes, no)))
      }
    },
  ]
}

/// The numbers of nested lists in reading order, and the shape that the nesting has.
private func flatten(
  _ value: Value, depth: Int, into shape: inout [Int], _ values: inout [Float]
) throws {
  func uneven() -> Failure {
    Failure(code: "E0516", message: "the lists inside a tensor must all have the same length")
  }
  switch value {
  case .number(let number):
    guard depth == shape.count else { throw uneven() }
    values.append(Float(number))
  case .boolean(let flag):
    guard depth == shape.count else { throw uneven() }
    values.append(flag ? 1 : 0)
  case .list(let list):
    if depth == shape.count {
      guard values.isEmpty, depth < Tensor.maximumRank else { throw uneven() }
      shape.append(list.count)
    }
    guard shape[depth] == list.count else { throw uneven() }
    for element in list { try flatten(element, depth: depth + 1, into: &shape, &values) }
  default:
    throw Failure(code: "E0517", message: "a tensor holds numbers, not a \(value.kind)")
  }
}

extension Workspace {
  /// A tensor drawn from a stream of the session, which goes on where the last draw ended.
  func draw(
    _ stream: String, _ shape: [Int], _ next: (inout RandomStream) -> Float
  ) throws -> Tensor {
    var random = RandomStream(seed: seed, name: stream, counter: drawn[stream] ?? 0)
    let tensor = try Tensor(uninitialized: shape) { base in
      for place in 0..<(try Tensor.count(of: shape)) {
        if place & 0xF_FFFF == 0 { try checkpoint() }
        base[place] = next(&random)
      }
    }
    drawn[stream] = random.counter
    return tensor
  }
}

extension Call {
  /// The tensor that was given for `label`.
  func tensor(_ label: String) throws -> Tensor {
    try object(label, as: TensorValue.self).tensor
  }

  /// The tensor or number that was given for `label`, as a tensor.
  func tensorOrNumber(_ label: String) throws -> (tensor: Tensor, isNumber: Bool) {
    if case .number(let number) = try value(label) { return (Tensor(Float(number)), true) }
    return (try tensor(label), false)
  }

  /// A list of tensors, or of numbers that become tensors without dimensions.
  func tensors(_ label: String) throws -> [Tensor] {
    try list(label).map { element in
      switch element {
      case .number(let number): return Tensor(Float(number))
      case .object(let object as TensorValue): return object.tensor
      default: throw mismatch(label, .listOf(.object("tensor")))
      }
    }
  }

  func mapTensor(_ label: String, _ transform: (Tensor) throws -> Tensor) throws -> Value {
    let x = try tensor(label)
    return try Failure.explaining { TensorValue.value(try transform(x)) }
  }
}
