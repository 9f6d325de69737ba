#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A reproducible stream of random numbers with a name.
///
/// A number is a pure function of (seed, name, counter): drawing from one stream never shifts
/// another, and a stream can be put back, or ahead, by setting its counter. The generator is
/// Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011).
package struct RandomStream: Sendable {
  private let key: (UInt32, UInt32)
  /// The upper half of Philox's counter: more of the name's hash, so that two names that share a
  /// key (one pair in 2⁶⁴) still differ.
  private let salt: (UInt32, UInt32)
  private var block: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
  /// The block's number, so that setting the counter needs no care; nil before the first.
  private var blockNumber: UInt64?

  /// How many 32-bit numbers were drawn since the start of the stream. Settable: a jump.
  package var counter: UInt64

  /// A stream of its own for every pair of seed and name.
  package init(seed: UInt64, name: String, counter: UInt64 = 0) {
    let nameHash = StableHash.fnv1a(name.utf8)
    let mixed = StableHash.mix(seed ^ StableHash.mix(nameHash))
    let second = StableHash.mix(mixed ^ nameHash)
    key = (UInt32(truncatingIfNeeded: mixed), UInt32(truncatingIfNeeded: mixed >> 32))
    salt = (UInt32(truncatingIfNeeded: second), UInt32(truncatingIfNeeded: second >> 32))
    self.counter = counter
  }

  /// 32 random bits.
  package mutating func nextUInt32() -> UInt32 {
    let number = counter >> 2
    if blockNumber != number {
      block = Philox.block(
        counter: (
          UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32), salt.0,
          salt.1
        ), key: key)
      blockNumber = number
    }
    let lane = counter & 3
    counter &+= 1
    switch lane {
    case 0: return block.0
    case 1: return block.1
    case 2: return block.2
    default: return block.3
    }
  }

  /// 64 random bits, low half first.
  package mutating func nextUInt64() -> UInt64 {
    let low = UInt64(nextUInt32())
    return low | UInt64(nextUInt32()) << 32
  }

  /// A number in [0, 1), a multiple of 2⁻²⁴.
  package mutating func uniform() -> Float {
    Float(nextUInt32() >> 8) * 0x1p-24
  }

  /// A number in the range, which must not be empty.
  package mutating func uniform(in range: Range<Float>) -> Float {
    precondition(!range.isEmpty, "a range with numbers in it")
    let value = range.lowerBound + uniform() * (range.upperBound - range.lowerBound)
    return min(max(value, range.lowerBound), range.upperBound.nextDown)
  }

  /// A number from the normal distribution with mean 0 and standard deviation 1 (Box–Muller).
  /// Always draws two 32-bit numbers, so that the counter alone is the stream's state.
  package mutating func normal() -> Float {
    let first = (Double(nextUInt32()) + 1) * 0x1p-32  // in (0, 1]: its logarithm is finite
    let second = Double(nextUInt32()) * 0x1p-32
    return Float((-2 * log(first)).squareRoot() * cos(2 * Double.pi * second))
  }

  /// A whole number in 0..<bound, each equally likely (Lemire's multiplication with rejection).
  package mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "a bound above 0")
    let bound = UInt64(bound)
    let threshold = (0 &- bound) % bound
    while true {
      let product = nextUInt64().multipliedFullWidth(by: bound)
      if product.low >= threshold { return Int(product.high) }
    }
  }

  /// Puts the elements in a random order, each order equally likely (Fisher–Yates).
  package mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      let chosen = integer(below: last + 1)
      if chosen != last { elements.swapAt(chosen, last) }
    }
  }

  /// The numbers 0..<count in a random order.
  package mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<max(count, 0))
    shuffle(&order)
    return order
  }
}

/// Philox4x32 with 10 rounds: a 128-bit counter and a 64-bit key to 128 random bits.
package enum Philox {
  package static func block(
    counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var (c, k) = (counter, key)
    for _ in 0..<10 {
      let left = c.0.multipliedFullWidth(by: 0xD251_1F53)
      let right = c.2.multipliedFullWidth(by: 0xCD9E_8D57)
      c = (right.high ^ c.1 ^ k.0, right.low, left.high ^ c.3 ^ k.1, left.low)
      k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
    }
    return c
  }
}

/// Hashes that are the same in every run and on every machine, unlike Swift's `Hasher`.
package enum StableHash {
  /// FNV-1a, 64 bits, of the bytes.
  package static func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return hash
  }

  /// The finaliser of SplitMix64: a bijection of 64 bits that spreads every bit over all.
  package static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
