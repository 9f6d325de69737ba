import Imagery
import Networks
import Tensors

/// Everything that a trainer's steps depend on and that never changes, by name: a state fits only
/// where all of it agrees.
package struct TrainerSettings: Equatable, Sendable {
  package struct Difference: Equatable, Sendable {
    /// "seed", "batch", "optimizer", "loss", "data", "network".
    package let name: String
    /// The trainer's, and what the state was made with.
    package let expected: String
    package let given: String
  }

  let values: [(name: String, value: String)]

  init(
    _ network: Network, _ dataset: Dataset, _ batch: Int, _ optimizer: Optimizer,
    _ objective: any Objective, _ seed: UInt64
  ) {
    var layout = StateHasher()
    for parameter in network.parameters {
      layout.add(parameter.name)
      for size in parameter.shape { layout.add(UInt64(size)) }
    }
    layout.add(network.preprocessing.rawValue)
    layout.add(network.seed)

    values = [
      ("network", "\(network.parameterCount) parameters, \(layout.text)"),
      ("data", Self.description(of: dataset)), ("seed", "\(seed)"),
      ("batch", "\(batch)"), ("optimizer", optimizer.settings), ("loss", objective.settings),
    ]
  }

  /// What a dataset consists of, as far as it can be told without decoding images.
  static func description(of dataset: Dataset) -> String {
    var data = StateHasher()
    for name in dataset.classes { data.add(name) }
    if dataset.kind == .label {
      for label in dataset.labels { data.add(UInt64(label)) }
    } else {
      data.add(dataset.kind.rawValue)
      for position in 0..<dataset.count { data.add(dataset.name(at: position)) }
    }
    if let augmentation = dataset.augmentation {
      data.add("\(augmentation)")
      data.add(dataset.augmentationSeed)
    }
    return "\(dataset.count) images, \(data.text)"
  }

  /// The pixels of the first image, one in the middle and the last, for datasets that have the same
  /// classes and names and other images; nil where one cannot be read.
  static func pixels(of dataset: Dataset) -> String? {
    var pixels = StateHasher()
    for position in [0, dataset.count / 2, dataset.count - 1] {
      guard let sample = try? dataset.sample(at: position) else { return nil }
      pixels.add(sample.image)
    }
    return pixels.text
  }

  package static func == (left: TrainerSettings, right: TrainerSettings) -> Bool {
    left.firstDifference(from: right.values) == nil
  }

  func firstDifference(from others: [(name: String, value: String)]) -> Difference? {
    for (name, value) in values {
      let other = others.first { $0.name == name }?.value ?? "unknown"
      if other != value { return Difference(name: name, expected: value, given: other) }
    }
    return nil
  }
}

extension Optimizer {
  /// Every number of it, so that two that differ read differently.
  fileprivate var settings: String {
    let decay = weightDecay == 0 ? "" : ", weight decay \(weightDecay)"
    let numbers =
      switch method {
      case .sgd(let momentum, let nesterov): "\(momentum), \(nesterov)"
      case .adam(let beta1, let beta2, let epsilon): "\(beta1), \(beta2), \(epsilon)"
      case .rmsprop(let rho, let momentum, let epsilon): "\(rho), \(momentum), \(epsilon)"
      }
    let rate =
      switch schedule {
      case .constant(let rate): "\(rate)"
      case .rampDecay(let start, let maximum, let minimum, let ramp, let hold, let decay):
        "ramp \(start), \(maximum), \(minimum), \(ramp), \(hold), \(decay)"
      case .piecewise(let boundaries, let rates): "piecewise \(boundaries), \(rates)"
      case .cosine(let maximum, let minimum, let epochs, let ramp):
        "cosine \(maximum), \(minimum), \(epochs), \(ramp)"
      }
    return "\(method.name) \(numbers)\(decay), rate \(rate)"
  }
}
