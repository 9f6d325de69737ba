import Tensors

/// A weight of a network: its values, and after a backward run its gradient. The memory belongs
/// to the network and does not move, so optimisers may work on it in place.
package final class Parameter {
  /// The layer's name and the weight's, such as "Conv1/kernel".
  package let name: String
  /// The weight's own name, such as "kernel".
  package let weight: String
  package let shape: [Int]
  /// The number of values.
  package let count: Int
  /// False for moving statistics, which no optimiser may touch.
  package let canLearn: Bool
  private let freeze: Freeze
  private let storage: ParameterStorage
  private let offset: Int

  init(
    _ specification: WeightSpecification, layer: String, freeze: Freeze,
    storage: ParameterStorage, offset: Int
  ) {
    self.name = "\(layer)/\(specification.name)"
    self.weight = specification.name
    self.shape = specification.shape
    self.count = specification.shape.reduce(1, *)
    self.canLearn = specification.isTrainable
    self.freeze = freeze
    self.storage = storage
    self.offset = offset
  }

  /// Whether training changes it: it can learn, and its layer is not frozen.
  package var isTrainable: Bool { canLearn && !freeze.isFrozen }

  /// The values in row-major order, in place. Valid while the network lives.
  package var values: UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: storage.values + offset, count: count)
  }

  /// The same, to be changed at once: `Network.weightsVersion` goes up when they are asked for.
  package var changingValues: UnsafeMutableBufferPointer<Float> {
    storage.version += 1
    return UnsafeMutableBufferPointer(start: storage.values + offset, count: count)
  }

  /// The gradient of the last backward run in row-major order, in place; zeros before the first.
  package func gradients() throws(NetworkError) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: try storage.gradients() + offset, count: count)
  }

  /// A copy of the values.
  package func value() throws -> Tensor { try copy(values) }

  /// A copy of the gradient of the last backward run.
  package func gradient() throws -> Tensor { try copy(UnsafeBufferPointer(try gradients())) }

  /// Replaces the values.
  /// - Throws: `NetworkError.shape` if the tensor has another shape.
  package func set(_ tensor: Tensor) throws(NetworkError) {
    guard tensor.shape == shape else {
      throw .shape(of: name, expected: shape, given: tensor.shape)
    }
    tensor.withUnsafePointer { source in
      changingValues.baseAddress?.update(from: source, count: count)
    }
  }

  private func copy(_ source: UnsafeBufferPointer<Float>) throws -> Tensor {
    try Tensor(uninitialized: shape) { target in
      if let base = source.baseAddress { target.update(from: base, count: count) }
    }
  }
}

/// Whether a layer is frozen: one flag that the layer and its parameters share.
final class Freeze {
  var isFrozen = false
}

/// All values of a network's weights in one block, and their gradients in another of the same
/// layout, made when first asked for.
final class ParameterStorage {
  let count: Int
  /// How often values were changed.
  var version = 0
  private let valueArena: Arena
  private var gradientArena: Arena?

  init(count: Int) throws(NetworkError) {
    self.count = count
    valueArena = try Arena(count: count)
    valueArena.base.update(repeating: 0, count: count)
  }

  var values: UnsafeMutablePointer<Float> { valueArena.base }

  func gradients() throws(NetworkError) -> UnsafeMutablePointer<Float> {
    if let gradientArena { return gradientArena.base }
    let arena = try Arena(count: count)
    arena.base.update(repeating: 0, count: count)
    gradientArena = arena
    return arena.base
  }
}
