import Tensors
import Testing

/// If one of these breaks, a student's seed no longer gives yesterday's numbers.
struct RandomStreamTests {
  /// Known answers of Random123's `kat_vectors` for philox4x32-10.
  @Test(arguments: [
    (
      [0, 0, 0, 0] as [UInt32], [0, 0] as [UInt32],
      [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8] as [UInt32]
    ),
    (
      [.max, .max, .max, .max], [.max, .max],
      [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
    ),
    (
      [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
      [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
    ),
  ])
  func philoxGivesThePublishedNumbers(counter: [UInt32], key: [UInt32], expected: [UInt32]) {
    let block = Philox.block(
      counter: (counter[0], counter[1], counter[2], counter[3]), key: (key[0], key[1]))
    #expect([block.0, block.1, block.2, block.3] == expected)
  }

  @Test(arguments: [
    ("", 0xcbf2_9ce4_8422_2325 as UInt64), ("a", 0xaf63_dc4c_8601_ec8c),
    ("foobar", 0x8594_4171_f739_67e8),
  ])
  func fnv1aGivesThePublishedHashes(text: String, hash: UInt64) {
    #expect(StableHash.fnv1a(text.utf8) == hash)
  }

  @Test func settingTheCounterJumps() {
    var stream = RandomStream(seed: 7, name: "shuffle")
    let numbers = (0..<23).map { _ in stream.nextUInt32() }
    #expect(stream.counter == 23)
    for start in [0, 3, 4, 17] {
      var jumped = RandomStream(seed: 7, name: "shuffle", counter: UInt64(start))
      #expect((start..<23).map { _ in jumped.nextUInt32() } == Array(numbers[start...]))
    }
  }

  @Test func seedsAndNamesGiveStreamsOfTheirOwn() {
    var seen: Set<UInt64> = []
    for seed in 0..<20 as Range<UInt64> {
      for name in ["shuffle", "augment", "dropout", "dropout2", ""] {
        var stream = RandomStream(seed: seed, name: name)
        seen.insert(stream.nextUInt64())
      }
    }
    #expect(seen.count == 100)
  }

  @Test func numbersStayTheSameInEveryRelease() {
    var stream = RandomStream(seed: 1, name: "weights")
    let first = stream.nextUInt32()
    var again = RandomStream(seed: 1, name: "weights")
    #expect(again.nextUInt32() == first)
    #expect(first == 0x697A_8C73)
  }

  @Test func uniformNumbersFillTheirRange() {
    var stream = RandomStream(seed: 3, name: "uniform")
    let numbers = (0..<20_000).map { _ in stream.uniform() }
    #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
    let mean = numbers.reduce(0) { $0 + Double($1) } / 20_000
    #expect(abs(mean - 0.5) < 0.01)
    for _ in 0..<1000 {
      let value = stream.uniform(in: -3..<(-2.9999998))
      #expect(value >= -3 && value < -2.9999998)
    }
  }

  @Test func normalNumbersHaveMeanZeroAndDeviationOne() {
    var stream = RandomStream(seed: 3, name: "normal")
    let numbers = (0..<50_000).map { _ in Double(stream.normal()) }
    let mean = numbers.reduce(0, +) / 50_000
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 50_000
    let beyondTwo = numbers.filter { abs($0) > 2 }.count
    #expect(abs(mean) < 0.02)
    #expect(abs(variance - 1) < 0.03)
    #expect(abs(Double(beyondTwo) / 50_000 - 0.0455) < 0.005)
    #expect(stream.counter == 100_000)
  }

  @Test func tensorsAreFilledInOrderFromTheStream() throws {
    var (stream, same) = (RandomStream(seed: 3, name: "fill"), RandomStream(seed: 3, name: "fill"))
    let uniform = try Tensor.uniform([2, 3], in: -1..<1, from: &stream)
    let normal = try Tensor.normal([4], from: &stream)
    #expect(uniform.values == (0..<6).map { _ in same.uniform(in: -1..<1) })
    #expect(normal.values == (0..<4).map { _ in same.normal() })
    #expect(stream.counter == same.counter)
  }

  @Test func wholeNumbersAreEquallyLikely() {
    var stream = RandomStream(seed: 5, name: "integer")
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<60_000 { counts[stream.integer(below: 6)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
    #expect(stream.integer(below: 1) == 0)
    #expect((0..<100).allSatisfy { _ in (0..<Int.max).contains(stream.integer(below: .max)) })
  }

  @Test func everyOrderIsEquallyLikely() {
    var stream = RandomStream(seed: 5, name: "permutation")
    var counts: [[Int]: Int] = [:]
    for _ in 0..<24_000 { counts[stream.permutation(4), default: 0] += 1 }
    #expect(counts.count == 24)
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 160 })
    #expect(stream.permutation(0) == [])
  }
}
