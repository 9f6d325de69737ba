/// How the tensors of a file and the weights of a network go together.
package struct WeightsReport: Equatable, Sendable {
  package struct Mismatch: Equatable, Sendable {
    package let name: String
    /// The network's shape.
    package let expected: [Int]
    /// The file's, with the dimensions in this program's order.
    package let given: [Int]
  }

  /// In both, with the same shape, in the network's order and by its names.
  package var loaded: [String] = []
  /// Weights of the network that the file does not have.
  package var missing: [String] = []
  /// Tensors of the file that the network has no place for, in the file's order and by its names.
  package var unexpected: [String] = []
  /// How many of these belong to the layer that tells classes apart.
  package var unexpectedInHead = 0
  /// In both, with different shapes: a head for another number of classes, for example.
  package var mismatched: [Mismatch] = []

  /// Every weight has its tensor, and every tensor its weight.
  package var isComplete: Bool { missing.isEmpty && unexpected.isEmpty && mismatched.isEmpty }

  /// Nothing differs but the layers of these names, where the network ends: another number of
  /// classes, or a file without that layer, or a network without it.
  package func fits(allBut heads: [String]) -> Bool {
    (missing + mismatched.map(\.name)).allSatisfy { name in
      heads.contains { name.hasPrefix($0 + "/") }
    } && unexpected.count == unexpectedInHead && !loaded.isEmpty
  }
}
