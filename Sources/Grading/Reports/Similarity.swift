import Tensors
import Language

/// How much two scripts have in common, whatever their names, numbers, texts and comments are.
///
/// Scripts become streams of tokens; every run of `length` tokens has a hash, and of each few hashes
/// beside each other the smallest is kept (winnowing: Schleimer, Wilkerson and Aiken, 2003). What the
/// sheet has too does not count.
enum Similarity {
  struct Pair: Equatable {
    let first: String
    let second: String
    /// Of the smaller of both, the part that the other has too.
    let share: Double
  }

  private static let length = 12
  private static let window = 6
  /// Fewer fingerprints than these say nothing.
  private static let leastFingerprints = 8
  private static let leastShare = 0.5

  /// Pairs that have half or more in common, the most alike first.
  static func pairs(_ submissions: [Submission], sheet: Source?) -> [Pair] {
    let known = sheet.map { fingerprints($0) } ?? []
    let prints = submissions.map { submission in
      submission.refusal == nil
        ? fingerprints(Source(name: submission.name, bytes: submission.script)).subtracting(known)
        : []
    }
    // Only those that share a fingerprint are compared.
    var owners: [UInt64: [Int]] = [:]
    for (index, set) in prints.enumerated() {
      for print in set { owners[print, default: []].append(index) }
    }
    var common: [Int: Int] = [:]
    for indices in owners.values where indices.count > 1 && indices.count <= 200 {
      for (place, first) in indices.enumerated() {
        for second in indices[(place + 1)...] {
          common[first * submissions.count + second, default: 0] += 1
        }
      }
    }
    let found = common.compactMap { key, count -> Pair? in
      let (first, second) = (key / submissions.count, key % submissions.count)
      let smaller = min(prints[first].count, prints[second].count)
      guard smaller >= leastFingerprints else { return nil }
      let share = Double(count) / Double(smaller)
      guard share >= leastShare else { return nil }
      return Pair(
        first: submissions[first].name, second: submissions[second].name, share: share)
    }
    return found.sorted {
      ($1.share, $0.first, $0.second) < ($0.share, $1.first, $1.second)
    }
  }

  static func fingerprints(_ source: Source) -> Set<UInt64> {
    let tokens = TokenStream.normalised(source)
    guard tokens.count >= length else { return [] }
    var hashes: [UInt64] = []
    for start in 0...(tokens.count - length) {
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      for token in tokens[start..<(start + length)] {
        for byte in token.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        hash = (hash ^ 0xFF) &* 0x0000_0100_0000_01b3
      }
      hashes.append(hash)
    }
    var result: Set<UInt64> = []
    for start in 0...max(0, hashes.count - window) {
      if let least = hashes[start..<min(start + window, hashes.count)].min() {
        result.insert(least)
      }
    }
    return result
  }

  /// The table of pairs.
  static func csv(_ pairs: [Pair]) -> String {
    var rows = [["first", "second", "in common"]]
    rows += pairs.map { [$0.first, $0.second, GradeResult.points($0.share)] }
    return rows.map { $0.map(Markup.field).joined(separator: ",") + "\r\n" }.joined()
  }
}
