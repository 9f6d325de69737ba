import Tensors

/// The two ways in which Keras lays weights out in HDF5.
enum KerasWeights {
  /// - Throws: `HDF5Error`, `FileError`, `TensorError.tooLarge`.
  static func read(
    _ file: HDF5File
  ) throws -> (origin: WeightsFile.Origin, layers: [WeightsFile.Layer]) {
    let root = try file.root
    // Of Keras 2, and of `model.save("….h5")`, which puts the weights beside the model.
    let group = try root.member("model_weights") ?? root
    if let names = try texts(group, "layer_names") {
      return (.kerasLayers, try layers(of: group, names))
    }
    var layers: [WeightsFile.Layer] = []
    try collect(root, name: "", path: "", depth: 0, into: &layers)
    return (.kerasClasses, layers)
  }

  /// A list of texts; Keras cuts lists that are too long for an attribute into "name0", "name1", ….
  private static func texts(_ object: HDF5Object, _ name: String) throws -> [String]? {
    if let whole = try object.texts(name) { return whole }
    var parts: [String]?
    var number = 0
    while let part = try object.texts("\(name)\(number)") {
      parts = (parts ?? []) + part
      number += 1
    }
    return parts
  }

  // MARK: By layers

  /// Groups named as layers, each with the names of its weights: "Conv1/kernel:0" lies in
  /// "Conv1/Conv1/kernel:0". A model inside of the model is one layer with the weights of all its
  /// own, first those that learn, then the moving statistics.
  private static func layers(
    of group: HDF5Object, _ names: [String]
  ) throws -> [WeightsFile.Layer] {
    var layers: [WeightsFile.Layer] = []
    let members = Dictionary(try group.members().map { ($0.name, $0) }) { first, _ in first }
    for name in names {
      guard let member = members[name] else { continue }
      let object = try member.object
      var inner: [WeightsFile.Layer] = []
      var places: [String: Int] = [:]
      for weight in try texts(object, "weight_names") ?? [] {
        guard let tensor = try object.member(weight)?.tensor() else { continue }
        let plain = weight.hasSuffix(":0") ? String(weight.dropLast(2)) : weight
        let (prefix, word) = WeightsFile.split(plain)
        if places[prefix] == nil {
          places[prefix] = inner.count
          inner.append(WeightsFile.Layer(names: [WeightsFile.split(prefix).word]))
        }
        inner[places[prefix] ?? 0].weights.append(
          WeightsFile.Weight(name: "\(name)/\(weight)", word: word, tensor: tensor))
      }
      if inner.count == 1 {
        inner[0] = WeightsFile.Layer(names: [name] + inner[0].names, weights: inner[0].weights)
      }
      layers += inner
    }
    return layers
  }

  // MARK: By classes

  /// Groups named by class and number, "layers/conv2d_1", with the weights in "vars/0", "vars/1", …,
  /// and the layer's own name as an attribute of "vars"; models inside of the model nest. The state
  /// of an optimiser, which may stand beside, is left out.
  private static func collect(
    _ group: HDF5Object, name: String, path: String, depth: Int,
    into layers: inout [WeightsFile.Layer]
  ) throws {
    // Deeper nesting is not Keras's.
    guard depth < 32 else { return }
    for member in try group.members().sorted(by: { isBefore($0.name, $1.name) }) {
      let inner = path.isEmpty ? member.name : "\(path)/\(member.name)"
      guard member.name == "vars" else {
        if depth == 0, member.name == "optimizer" { continue }
        try collect(
          try member.object, name: member.name, path: inner, depth: depth + 1, into: &layers)
        continue
      }
      let variables = try member.object
      let own = try variables.texts("name")?.first
      var layer = WeightsFile.Layer(names: own.map { [$0] } ?? [], kind: kind(name))
      for variable in try variables.members().sorted(by: { isBefore($0.name, $1.name) }) {
        guard let tensor = try variable.object.tensor() else { continue }
        layer.weights.append(
          WeightsFile.Weight(name: "\(inner)/\(variable.name)", word: nil, tensor: tensor))
      }
      if !layer.weights.isEmpty { layers.append(layer) }
    }
  }

  /// "conv2d" of "conv2d_12".
  private static func kind(_ name: String) -> String {
    guard let underline = name.lastIndex(of: "_"), Int(name[name.index(after: underline)...]) != nil
    else { return name }
    return String(name[..<underline])
  }

  /// "conv2d" before "conv2d_2" before "conv2d_10".
  private static func isBefore(_ a: String, _ b: String) -> Bool {
    func parts(_ name: String) -> (String, Int) {
      if let number = Int(name) { return ("", number) }
      let stem = kind(name)
      return (stem, stem == name ? 0 : Int(name.dropFirst(stem.count + 1)) ?? 0)
    }
    return parts(a) < parts(b)
  }
}
