/// Names of layers: unique ones for the unnamed, and similar ones for the mistyped.
enum Names {
  /// A name for each layer: its own, else one it had before (`inherited`), else its kind with
  /// `_1`, `_2` … from the second on, as in Keras.
  static func unique(_ layers: [Layer], inherited: [String?]) throws(NetworkError) -> [String] {
    var taken = Set<String>()
    for layer in layers {
      guard let name = layer.name else { continue }
      guard taken.insert(name).inserted else { throw .duplicateName(name) }
    }
    var names = layers.map(\.name)
    for (position, name) in inherited.enumerated() where names[position] == nil {
      if let name, taken.insert(name).inserted { names[position] = name }
    }
    var next: [String: Int] = [:]
    return layers.indices.map { position in
      if let name = names[position] { return name }
      let kind = layers[position].operation.kind
      while true {
        let number = next[kind, default: 0]
        next[kind] = number + 1
        let name = number == 0 ? kind : "\(kind)_\(number)"
        if taken.insert(name).inserted { return name }
      }
    }
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
