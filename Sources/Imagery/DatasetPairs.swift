import Tensors

extension Dataset {
  /// Positions by class, of the classes that can give pairs: those with two images or more.
  private var pairable: [[Int]] { kind == .label ? groups.filter { $0.count >= 2 } : [] }

  /// How many classes have the two images that a pair needs.
  package var pairableClassCount: Int { pairable.count }

  /// How many batches an epoch of pairs has: as many as would show each image of a class that can
  /// give pairs once as an anchor.
  package func pairBatchCount(classesPerBatch: Int) -> Int {
    let classes = pairable
    let width = min(max(classesPerBatch, 1), classes.count)
    return width > 0 ? (classes.reduce(0) { $0 + $1.count } + width - 1) / width : 0
  }

  /// The positions of an epoch of pairs, batch after batch: each batch has one image (the anchor) of
  /// each of `classesPerBatch` classes, then another image of each, in the same order. Where there
  /// are more classes than that, those of a batch are drawn anew; where fewer, all are in each.
  ///
  /// There are `pairBatchCount` batches. The order depends on the seed and the epoch only.
  package func pairOrder(seed: UInt64, epoch: Int, classesPerBatch: Int) -> [Int] {
    let classes = pairable
    let width = min(max(classesPerBatch, 1), classes.count)
    guard width > 0 else { return [] }
    var stream = RandomStream(seed: seed, name: "pairs of epoch \(epoch)")
    var order: [Int] = []
    for _ in 0..<pairBatchCount(classesPerBatch: width) {
      let chosen =
        width == classes.count
        ? Array(classes.indices) : Array(stream.permutation(classes.count).prefix(width))
      var others: [Int] = []
      for index in chosen {
        let positions = classes[index]
        let anchor = stream.integer(below: positions.count)
        // Any but the anchor: the anchor's place is taken by the last.
        let other = stream.integer(below: positions.count - 1)
        order.append(positions[anchor])
        others.append(positions[other == anchor ? positions.count - 1 : other])
      }
      order += others
    }
    return order
  }
}
