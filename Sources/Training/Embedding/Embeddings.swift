import Imagery
import Kernels
import Tensors

/// Images as points: a vector for each, with what is known of the image.
package struct Embeddings: Sendable {
  /// The dataset's name.
  package let name: String
  package let classes: [String]
  /// `[N, D]`, all finite.
  package let vectors: Tensor
  /// The class of each.
  package let labels: [Int]
  /// Where each image is in the dataset that was embedded.
  package let indices: [Int]
  package let names: [String]
  /// Damaged images, left out.
  package let problems: [ImageryError]

  package var count: Int { labels.count }
  package var dimension: Int { vectors.shape[1] }

  /// - Parameters:
  ///   - labels: indices into `classes`, one a vector.
  ///   - indices, names: by default 0, 1, ….
  /// - Throws: `TrainingError.notVectors`, `.notFinite`, `.targetShape` for another number of
  ///   labels, `.labelOutOfRange`.
  package init(
    name: String, classes: [String], vectors: Tensor, labels: [Int], indices: [Int]? = nil,
    names: [String]? = nil, problems: [ImageryError] = []
  ) throws {
    try NearestNeighbours.check(vectors)
    let count = vectors.shape[0]
    guard labels.count == count, indices?.count ?? count == count, names?.count ?? count == count
    else {
      throw TrainingError.targetShape(
        loss: "embeddings", output: vectors.shape, target: [labels.count])
    }
    for label in labels where !classes.indices.contains(label) {
      throw TrainingError.labelOutOfRange(label: label, classes: classes.count)
    }
    self.name = name
    self.classes = classes
    self.vectors = vectors
    self.labels = labels
    self.indices = indices ?? Array(0..<count)
    self.names = names ?? (0..<count).map(String.init)
    self.problems = problems
  }

  /// The rows as a tensor, `[rows.count, D]`.
  /// - Precondition: the rows are in 0..<count.
  package func vectors(at rows: [Int]) throws -> Tensor {
    let dimension = self.dimension
    return try Tensor(uninitialized: [rows.count, dimension]) { to in
      vectors.withUnsafePointer { from in
        for (place, row) in rows.enumerated() {
          precondition(row >= 0 && row < count, "a row of the embeddings")
          (to + place * dimension).update(from: from + row * dimension, count: dimension)
        }
      }
    }
  }
}

extension Tensor {
  /// Rows `[N, D]` scaled to length 1; one of length 0 stays.
  package func rowsNormalized() throws -> Tensor {
    precondition(rank == 2, "rows")
    guard count > 0 else { return self }
    return try Tensor(uninitialized: shape) { output in
      withUnsafePointer {
        Softmax.l2Normalize(rows: shape[0], columns: shape[1], input: $0, output: output)
      }
    }
  }
}
