/// Names of layers: unique ones for the unnamed, and similar ones for the mistyped.
enum Names {
  /// A name for each layer: its own, else one it had before (`inherited`), else its kind, after
  /// the name of the layer that it follows if `leaders` says so, with `_1`, `_2` … from the second
  /// on, as in Keras. Leaders stand before their followers.
  static func unique(
    _ layers: [Layer], inherited: [String?], leaders: [Int?]
  ) throws(NetworkError) -> [String] {
    var taken = Set<String>()
    for layer in layers {
      guard let name = layer.name else { continue }
      guard taken.insert(name).inserted else { throw .duplicateName(name) }
    }
    var given = layers.map(\.name)
    for (position, name) in inherited.enumerated() where given[position] == nil {
      if let name, taken.insert(name).inserted { given[position] = name }
    }
    var names: [String] = []
    var next: [String: Int] = [:]
    for (position, layer) in layers.enumerated() {
      if let name = given[position] {
        names.append(name)
        continue
      }
      let kind = layer.operation.kind
      let base = leaders[position].map { "\(names[$0])_\(kind)" } ?? kind
      while true {
        let number = next[base, default: 0]
        next[base] = number + 1
        let name = number == 0 ? base : "\(base)_\(number)"
        if taken.insert(name).inserted {
          names.append(name)
          break
        }
      }
    }
    return names
  }

  /// Up to three of `names` that are nearest to `name` by spelling, nearest first.
  static func similar(to name: String, in names: [String]) -> [String] {
    let wanted = Array(name.lowercased().utf8.prefix(64))
    let limit = max(2, wanted.count / 3)
    return names.enumerated()
      .map { (distance: distance(wanted, Array($1.lowercased().utf8.prefix(64))), $0, $1) }
      .filter { $0.distance <= limit }
      .sorted { ($0.distance, $0.1) < ($1.distance, $1.1) }
      .prefix(3).map(\.2)
  }

  /// Letters to insert, delete or replace (Levenshtein).
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, right) in b.enumerated() {
        let replaced = diagonal + (left == right ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
      }
    }
    return row[b.count]
  }
}
