import Networks
import Tensors

/// Everything that a trainer's next step depends on, and its history: going back to it and
/// stepping again gives the same bits. Optimiser memory is shared with the trainer until the next
/// step changes it.
package struct Snapshot: Sendable {
  /// Steps taken before it.
  package let step: Int
  package var history: History
  /// All weights of the network one after another, moving statistics included.
  let weights: Tensor
  let optimizerState: OptimizerState
  /// For each layer.
  let isTrainable: [Bool]
  var run: Trainer.Run?
  let settings: TrainerSettings

  /// Sixteen hexadecimal digits that differ when anything differs that the next step depends on.
  package var hash: String {
    var hasher = StateHasher()
    for setting in settings.values { hasher.add(setting.value) }
    hasher.add(UInt64(step))
    for flag in isTrainable { hasher.add(flag ? 1 : 0 as UInt64) }
    hasher.add(weights)
    for slots in optimizerState.slots {
      hasher.add(UInt64(slots.count))
      for slot in slots { hasher.add(slot) }
    }
    return hasher.text
  }

  /// Bytes of memory that it holds.
  var bytes: Int {
    4 * (weights.count + optimizerState.slots.joined().reduce(0) { $0 + $1.count })
  }
}

/// A 64-bit hash of state, the same in every run and on every machine; word by word, since it runs
/// over tens of megabytes.
package struct StateHasher {
  package init() {}

  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  package mutating func add(_ word: UInt64) {
    // Both steps are bijections of the state, and the rotation carries high bits to low ones.
    state = (state ^ word &* 0x9e37_79b9_7f4a_7c15) &* 0x0000_0100_0000_01b3
    state = state << 29 | state >> 35
  }

  mutating func add(_ tensor: Tensor) {
    tensor.withUnsafePointer { add(UnsafeBufferPointer(start: $0, count: tensor.count)) }
  }

  mutating func add(_ values: UnsafeBufferPointer<Float>) {
    add(UInt64(values.count))
    let bytes = UnsafeRawBufferPointer(values)
    for pair in 0..<values.count / 2 {
      add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: pair * 8, as: UInt64.self)))
    }
    if values.count % 2 == 1 { add(UInt64(values[values.count - 1].bitPattern)) }
  }

  mutating func add(_ text: String) { add(StableHash.fnv1a(text.utf8)) }

  mutating func add(_ number: Double) { add(number.bitPattern) }

  var value: UInt64 { StableHash.mix(state) }

  package var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
