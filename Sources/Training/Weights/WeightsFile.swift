import Models
import Networks
import Tensors

/// The tensors of a file of weights, whoever wrote it, by layer.
package struct WeightsFile: Sendable {
  /// Who wrote a file, and so how its tensors find their places.
  enum Origin: Equatable, Sendable {
    /// Safetensors by this program's names, or by names that nobody here knows.
    case named
    /// Keras, layer after layer: where names do not fit, the order of the layers decides.
    case kerasLayers
    /// Keras 3, by classes: where names do not fit, the order within the class decides.
    case kerasClasses
    /// PyTorch, by the names of a model of torchvision or timm.
    case torch(TorchNames)
  }

  struct Weight: Sendable {
    /// The file's name for it.
    let name: String
    /// What it is in its layer, such as "kernel"; nil where weights are only numbered.
    let word: String?
    let tensor: Tensor
  }

  struct Layer: Sendable {
    /// What the layer may be called here, the likeliest first.
    let names: [String]
    /// Keras's class in lower case, such as "conv2d", where the file has it.
    var kind: String?
    var weights: [Weight] = []
  }

  package let path: String
  let origin: Origin
  /// Those that have weights, in the file's order.
  let layers: [Layer]
  /// Whose network the weights are for, as far as the file says.
  package let convention: Convention?

  /// Reads a file of any kind: HDF5 as Keras writes it, or safetensors.
  /// - Throws: `FileError`, `HDF5Error`, `SafetensorsError`, `TensorError.tooLarge`,
  ///   `TrainingError.noWeights`.
  package static func read(_ path: String) throws -> WeightsFile {
    if try HDF5File.isOne(at: path) {
      let file = try KerasWeights.read(try HDF5File(path))
      guard !file.layers.isEmpty else { throw TrainingError.noWeights(path: path) }
      return WeightsFile(
        path: path, origin: file.origin, layers: file.layers, convention: .keras)
    }
    return WeightsFile(path: path, try Safetensors.read(path))
  }

  private init(path: String, origin: Origin, layers: [Layer], convention: Convention?) {
    (self.path, self.origin, self.layers) = (path, origin, layers)
    self.convention = convention
  }

  private init(path: String, _ tensors: NamedTensors) {
    let torch = TorchNames.of(Set(tensors.names))
    let notes = Dictionary(tensors.metadata.map { ($0.key, $0.value) }) { first, _ in first }
    let isCheckpoint = notes["format"]?.hasPrefix("conch checkpoint") ?? false
    var layers: [Layer] = []
    var places: [String: Int] = [:]
    for name in tensors.names {
      guard let tensor = tensors[name] else { continue }
      if isCheckpoint, Checkpoint.isNoWeight(name) { continue }
      if torch != nil, TorchNames.isIgnored(name) { continue }
      let (layer, word) = torch?.place(of: name) ?? WeightsFile.split(name)
      if places[layer] == nil {
        places[layer] = layers.count
        layers.append(Layer(names: [layer]))
      }
      layers[places[layer] ?? 0].weights.append(Weight(name: name, word: word, tensor: tensor))
    }
    self.init(
      path: path, origin: torch.map { .torch($0) } ?? .named, layers: layers,
      convention: torch == nil ? notes[Weights.conventionKey].flatMap(Convention.init) : .pytorch)
  }

  /// "block_1/expand/kernel" is the weight "kernel" of the layer "block_1/expand".
  static func split(_ name: String) -> (layer: String, word: String) {
    guard let slash = name.lastIndex(of: "/") else { return ("", name) }
    return (String(name[..<slash]), String(name[name.index(after: slash)...]))
  }
}

extension NamedTensors {
  /// The tensors of a file of any kind by its own names, in its order.
  /// - Throws: as `WeightsFile.read`.
  package static func read(_ path: String) throws -> NamedTensors {
    guard try HDF5File.isOne(at: path) else { return try Safetensors.read(path) }
    var tensors = NamedTensors()
    for layer in try WeightsFile.read(path).layers {
      for weight in layer.weights { tensors[weight.name] = weight.tensor }
    }
    return tensors
  }
}
