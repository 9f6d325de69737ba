import Models
import Networks
import Tensors

/// Finds the tensor of a file for every weight of a network.
struct WeightsMatching {
  private(set) var report = WeightsReport()
  /// Tensors for weights of the same shape.
  private(set) var pairs: [(parameter: Parameter, tensor: Tensor)] = []
  private let network: Network
  private let file: WeightsFile

  /// By names; and where these do not fit, by order, if a file of Keras's fits so.
  /// - Throws: `TensorError.tooLarge`.
  static func best(_ network: Network, _ file: WeightsFile) throws -> WeightsMatching {
    var named = WeightsMatching(network, file)
    try named.matchNames()
    let byClass: Bool
    switch file.origin {
    case .named, .torch: return named
    case .kerasLayers: byClass = false
    case .kerasClasses: byClass = true
    }
    let heads = network.heads
    guard !named.report.fits(allBut: heads) else { return named }
    var ordered = WeightsMatching(network, file)
    try ordered.matchOrder(byClass: byClass)
    return ordered.report.fits(allBut: heads) ? ordered : named
  }

  private init(_ network: Network, _ file: WeightsFile) {
    (self.network, self.file) = (network, file)
  }

  private var layers: [NetworkLayer] { network.layers.filter { !$0.parameters.isEmpty } }

  private mutating func matchNames() throws {
    var places: [String: Int] = [:]
    for (index, layer) in file.layers.enumerated() {
      if let name = layer.names.first, places[name] == nil { places[name] = index }
    }
    for (index, layer) in file.layers.enumerated() {
      for name in layer.names.dropFirst() where places[name] == nil { places[name] = index }
    }
    var partners = [NetworkLayer?](repeating: nil, count: file.layers.count)
    for layer in layers {
      guard let index = places[layer.name], partners[index] == nil else {
        report.missing += layer.parameters.map(\.name)
        continue
      }
      partners[index] = layer
    }
    try match(partners)
  }

  /// Keras's own rule where names may differ: the n-th layer with weights, of all or of its class.
  private mutating func matchOrder(byClass: Bool) throws {
    var waiting: [String: [NetworkLayer]] = [:]
    for layer in layers.reversed() {
      waiting[byClass ? layer.operation.kerasClass ?? "" : "", default: []].append(layer)
    }
    let partners = file.layers.map { layer in
      waiting[byClass ? layer.kind ?? "" : ""]?.popLast()
    }
    let found = Set(partners.compactMap { $0?.name })
    for layer in layers where !found.contains(layer.name) {
      report.missing += layer.parameters.map(\.name)
    }
    try match(partners)
  }

  /// - Parameter partners: the network's layer for each of the file's.
  private mutating func match(_ partners: [NetworkLayer?]) throws {
    for (given, partner) in zip(file.layers, partners) {
      guard let partner else {
        report.unexpected += given.weights.map(\.name)
        // By its name, or as what comes last.
        let isLast = file.origin == .kerasLayers && given.weights[0].name == file.lastName
        if given.names.contains("predictions") || isLast {
          report.unexpectedInHead += given.weights.count
        }
        continue
      }
      try match(given.weights, partner)
    }
    let order = Dictionary(
      network.parameters.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first }
    )
    report.loaded.sort { (order[$0] ?? 0) < (order[$1] ?? 0) }
    report.missing.sort { (order[$0] ?? 0) < (order[$1] ?? 0) }
    report.mismatched.sort { (order[$0.name] ?? 0) < (order[$1.name] ?? 0) }
  }

  private mutating func match(_ weights: [WeightsFile.Weight], _ layer: NetworkLayer) throws {
    let isTorch = if case .torch = file.origin { true } else { false }
    var words = weights.map(\.word)
    if isTorch { words = words.map { layer.word(torch: $0) } }
    let wanted = layer.parameters.map(\.weight)
    // Keras numbers weights, or has other words for them; their order in the layer is ours.
    let isKeras = file.origin == .kerasLayers || file.origin == .kerasClasses
    if isKeras, weights.count == wanted.count, words != wanted,
      !wanted.allSatisfy({ words.contains($0) })
    {
      words = wanted
    }
    var left = Array(weights.indices)
    for parameter in layer.parameters {
      guard let position = left.firstIndex(where: { words[$0] == parameter.weight }) else {
        report.missing.append(parameter.name)
        continue
      }
      let index = left.remove(at: position)
      var tensor = weights[index].tensor
      if isTorch { tensor = try tensor.rearranged(for: layer.operation, parameter.shape) }
      if tensor.shape == parameter.shape {
        report.loaded.append(parameter.name)
        pairs.append((parameter, tensor))
      } else {
        report.mismatched.append(
          WeightsReport.Mismatch(
            name: parameter.name, expected: parameter.shape, given: tensor.shape))
      }
    }
    report.unexpected += left.map { weights[$0].name }
  }
}

extension WeightsFile {
  /// The first weight of the last layer.
  fileprivate var lastName: String? { layers.last?.weights.first?.name }
}

extension Network {
  /// The names of the layers with weights that nothing with weights comes after: those whose shape
  /// depends on the classes. A normalisation at the end is none: then the network has no head.
  package var heads: [String] {
    var names: [String] = []
    var waiting = outputs
    var seen: Set<ObjectIdentifier> = []
    while let node = waiting.popLast() {
      guard seen.insert(ObjectIdentifier(node)).inserted, let position = position(of: node) else {
        continue
      }
      let layer = layer(ofNodeAt: position)
      if layer.parameters.isEmpty {
        waiting += node.inputs
      } else if !(layer.operation is BatchNormalization), !names.contains(layer.name) {
        names.append(layer.name)
      }
    }
    return names
  }
}

extension Networks.Operation {
  /// What Keras calls layers of this kind where it names groups by class.
  fileprivate var kerasClass: String? {
    switch self {
    case is Convolution: "conv2d"
    case is DepthwiseConvolution: "depthwise_conv2d"
    case is SeparableConvolution: "separable_conv2d"
    case is TransposedConvolution: "conv2d_transpose"
    case is BatchNormalization: "batch_normalization"
    case is Dense: "dense"
    default: nil
    }
  }
}

extension NetworkLayer {
  /// This layer's word for a weight that PyTorch calls "weight", "bias", "running_mean" or
  /// "running_var".
  fileprivate func word(torch word: String?) -> String? {
    let isNormalization = operation is BatchNormalization
    switch word {
    case "weight":
      return isNormalization
        ? "gamma" : parameters.first { $0.weight.hasSuffix("kernel") }?.weight
    case "bias": return isNormalization ? "beta" : "bias"
    case "running_mean": return "moving_mean"
    case "running_var": return "moving_variance"
    default: return word
    }
  }
}

extension Tensor {
  /// A tensor of PyTorch's with its dimensions in this program's order: kernels are
  /// `[outputs, inputs, height, width]` there, depthwise ones `[channels · multiplier, 1, …]`, and
  /// the transposed convolution's begin with the inputs.
  fileprivate func rearranged(
    for operation: any Networks.Operation, _ wanted: [Int]
  ) throws -> Tensor {
    switch (rank, operation) {
    case (4, is DepthwiseConvolution):
      let turned = try transposed([2, 3, 0, 1])
      guard shape[1] == 1, wanted.count == 4, shape[0] == wanted[2] * wanted[3] else {
        return turned
      }
      return try turned.reshaped([shape[2], shape[3], wanted[2], wanted[3]])
    case (4, _): return try transposed([2, 3, 1, 0])
    case (2, _): return try transposed([1, 0])
    default: return self
    }
  }
}
