import Tensors

/// The random choices of a description, in words.
struct DescriptionStream {
  private var stream: RandomStream

  init(seed: UInt64, index: Int, part: String) {
    stream = RandomStream(seed: seed, name: "coast/\(index)/\(part)")
  }

  mutating func bits() -> UInt32 { stream.nextUInt32() }

  mutating func unit() -> Float { stream.uniform() }

  mutating func between(_ low: Float, _ high: Float) -> Float {
    low + (high - low) * stream.uniform()
  }

  /// Each factor between the two equally likely: for lengths, which are felt in proportions.
  mutating func proportion(_ low: Float, _ high: Float) -> Float {
    low * Approximate.power(high / low, stream.uniform())
  }

  mutating func chance(_ probability: Float) -> Bool { stream.uniform() < probability }

  mutating func whole(_ low: Int, _ high: Int) -> Int {
    low + stream.integer(below: high - low + 1)
  }

  mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
    choices[stream.integer(below: choices.count)]
  }

  mutating func normal() -> Float { stream.normal() }

  mutating func angle() -> Float { stream.uniform() * 2 * Float.pi }
}
