import Language
import Models
import Networks
import Training

/// Commands that make networks of layers, and new networks of old ones.
func networkCommands(_ workspace: Workspace) -> [Command] {
  let group = "Models"
  let (weights, seed) = (ModelParameters.weights, ModelParameters.seed)

  return [
    Command(
      "network", group: group,
      [
        Parameter("input", .object("symbol"), help: "Where images enter."),
        Parameter(
          "output", .oneOf([.object("symbol"), .listOf(.object("symbol"))]),
          help: "What the last layer gives, or a list of them."),
        Parameter("classes", .listOf(.text), default: .none, help: "Names of what it tells apart."),
        weights, ModelParameters.strict, seed,
      ],
      result: .object("network"), summary: "Makes a network of everything between two symbols.",
      examples: [
        "x = input(32, 32, 3); y = conv(x filters: 8 kernel: 3); network(x, y)",
        "x = input(32, 32, 3); y = conv(x filters: 8 kernel: 3); network(x, [y, relu(y)]).output",
      ]
    ) { call in
      try Failure.explaining {
        let input = try call.object("input", as: SymbolValue.self).node
        let outputs: [Node]
        if case .list = try call.value("output") {
          outputs = try call.nodes("output")
        } else {
          outputs = [try call.object("output", as: SymbolValue.self).node]
        }
        let network = try Network(
          inputs: [input], outputs: outputs, seed: try call.seed(workspace))
        return try built(
          network, "network", try call.has("classes") ? call.texts("classes") : [], call, workspace)
      }
    },
    Command(
      "sequential", group: group,
      [
        Parameter("layers", .list, help: "Layers without their input, one after the other."),
        Parameter(
          "input", .listOf(.whole), help: "The images' [height, width, channels]."),
        Parameter("classes", .listOf(.text), default: .none, help: "Names of what it tells apart."),
        weights, ModelParameters.strict, seed,
      ],
      result: .object("network"), summary: "Makes a network of layers in a row.",
      examples: [
        "sequential([conv(filters: 8 kernel: 3), relu(), global_average_pool(), dense(units: 4)] "
          + "input: [32, 32, 3])"
      ]
    ) { call in
      let layers = try call.list("layers").map { element in
        guard case .object(let object) = element, let value = object as? LayerValue else {
          throw call.mismatch("layers", .listOf(.object("layer")))
        }
        return value.layer
      }
      return try Failure.explaining {
        let input = try Node.input(try call.wholes("input", in: 1...65_536))
        var output = input
        for layer in layers { output = try layer.apply([output]) }
        let network = try Network(
          inputs: [input], outputs: [output], seed: try call.seed(workspace))
        return try built(
          network, "sequential", try call.has("classes") ? call.texts("classes") : [], call,
          workspace)
      }
    },
    Command(
      "new_head", group: group,
      [
        Parameter("net", .object("network"), help: "A network that tells other classes apart."),
        Parameter(
          "classes", .oneOf([.listOf(.text), .whole]),
          help: "Names of the new classes, or how many."),
        seed,
      ],
      result: .object("network"),
      summary: "Gives a trained network a fresh last layer for other classes.",
      details: """
        The last layer is a dense one, or the convolution that ends a network for masks. All other
        weights are copies: the network that was given stays as it is.
        """,
      examples: [
        "new_head(small_cnn(classes: 2 input: [64, 64, 3]), [\"sand\", \"rock\", \"mud\"]).output"
      ]
    ) { call in
      let net = try call.object("net", as: NetworkValue.self)
      return try Failure.explaining {
        let names = try call.classes()
        let old = net.network.outputs[0]
        let head: any Operation
        switch old.operation {
        case var dense as Dense:
          dense.units = names.count ?? 2
          head = dense
        case var convolution as Convolution:
          convolution.filters = names.count ?? 2
          head = convolution
        default:
          throw call.failure(
            "net", code: "E0533", "the network does not end with a dense layer or a convolution")
        }
        guard net.network.outputs.count == 1, let before = old.inputs.first else {
          throw call.failure(
            "net", code: "E0533", "a network with several outputs has no single last layer")
        }
        let name = net.network.layer(ofNodeAt: net.network.position(of: old) ?? 0).name
        let network = try Network(
          inputs: net.network.inputs, outputs: [try before.applying(head, name: name)],
          seed: try call.seed(workspace), preprocessing: net.network.preprocessing,
          reusing: [net.network])
        return .object(NetworkValue(network, title: net.title, classes: names.names))
      }
    },
  ]
}
