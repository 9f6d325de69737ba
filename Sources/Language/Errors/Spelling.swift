/// "Did you mean": the nearest known word, by edits that typing hands make.
package enum Spelling {
  /// The candidate nearest to `word`, or nil if none is near enough (about one edit in three
  /// letters). Of equally near ones the first wins, so the order of `candidates` decides.
  package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(lowercased(word).utf8)
    guard !letters.isEmpty, letters.count <= 64 else { return nil }
    let allowed = letters.count <= 4 ? 1 : letters.count <= 7 ? 2 : 3
    var best: (word: String, distance: Int)?
    for candidate in candidates where candidate != word {
      let other = Array(lowercased(candidate).utf8)
      let limit = min(allowed, max(letters.count, other.count) / 2, (best?.distance ?? 99) - 1)
      guard other.count <= 64, abs(other.count - letters.count) <= limit else { continue }
      let distance = distance(letters, other)
      guard distance <= limit else { continue }
      best = (candidate, distance)
    }
    return best?.word
  }

  /// Insertions, deletions, replacements and swaps of neighbours (Damerau–Levenshtein, optimal
  /// string alignment), on UTF-8.
  package static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    var row = last
    for i in 1...left.count {
      row[0] = i
      for j in 1...right.count {
        let cost = left[i - 1] == right[j - 1] ? 0 : 1
        row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
        if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
          row[j] = min(row[j], beforeLast[j - 2] + 1)
        }
      }
      (beforeLast, last, row) = (last, row, beforeLast)
    }
    return last[right.count]
  }

  private static func lowercased(_ word: String) -> String { word.lowercased() }
}
