import CKernels

/// The sigmoid focal loss over rows of logits `[rows, columns]`, one label a row.
package enum FocalRows {
  /// The label of a row in which no class is there.
  package static let background = Int32(CONCH_BACKGROUND)
  /// The label of a row that does not count: loss and gradient 0.
  package static let ignored: Int32 = -2
  /// The most columns: a row's losses are kept in a thread's scratch memory.
  package static let columnLimit = Parallel.scratchCount

  /// The sum over all values of weight · (1 − p)^gamma · (−log p), with p the probability
  /// (sigmoid) that the network gives to what is true of the value: that the class is there, or
  /// that it is not. Sums have a fixed order, whatever the number of threads.
  ///
  /// - Parameters:
  ///   - labels: `[rows]`: a class 0..<columns, `background`, or `ignored` (as any other number).
  ///   - presentWeight: of classes that are there (alpha); `absentWeight` of those that are not.
  ///   - gamma: from 0, which leaves weighted binary cross-entropy.
  ///   - gradient: `[rows, columns]`, overwritten with scale · d sum / d logits; may be nil.
  package static func sum(
    rows: Int, columns: Int, logits: UnsafePointer<Float>, labels: UnsafePointer<Int32>,
    presentWeight: Float, absentWeight: Float, gamma: Float,
    gradient: UnsafeMutablePointer<Float>?, scale: Float
  ) -> Double {
    precondition(columns <= columnLimit, "a row of logits fits the scratch memory")
    guard rows > 0, columns > 0 else { return 0 }
    let grain = max(1, (1 << 13) / columns)
    let chunks = (rows + grain - 1) / grain
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: chunks) { sums in
      let sums = sums.baseAddress!
      Parallel.run(count: rows, grain: grain) { r in
        let start = r.lowerBound * columns
        sums[r.lowerBound / grain] = conch_focal(
          r.count, columns, logits + start, labels + r.lowerBound, presentWeight, absentWeight,
          gamma, Parallel.scratch, gradient.map { $0 + start }, scale)
      }
      var sum = 0.0
      for chunk in 0..<chunks { sum += sums[chunk] }
      return sum
    }
  }
}
