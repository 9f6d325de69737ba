import Figures
import Imagery
import Language
import Tensors
import Training

/// Images as points: the result of `embed`. It remembers network and data, so that other images can
/// be placed among them, and these be drawn.
package final class EmbeddingsValue: HostObject {
  package let embeddings: Embeddings
  package let net: NetworkValue
  /// The layer whose output the vectors are; nil for the network's.
  package let layer: String?
  package let isNormalized: Bool
  package let data: Dataset

  package init(
    _ embeddings: Embeddings, net: NetworkValue, layer: String?, isNormalized: Bool, data: Dataset
  ) {
    self.embeddings = embeddings
    self.net = net
    self.layer = layer
    self.isNormalized = isNormalized
    self.data = data
  }

  package var kind: String { "embeddings" }

  package var summary: String {
    "embeddings of \(embeddings.count) images of \(embeddings.name): "
      .withVisibleControls
      + "\(embeddings.dimension) numbers each\(isNormalized ? ", of length 1" : ""), "
      + "\(embeddings.classes.count) classes"
  }

  package var propertyNames: [String] {
    ["vectors", "labels", "names", "classes", "count", "dimension"]
  }

  package func property(_ name: String) -> Value? {
    switch name {
    case "vectors": .object(TensorValue(embeddings.vectors))
    case "labels": .texts(embeddings.labels.map { embeddings.classes[$0] })
    case "names": .texts(embeddings.names)
    case "classes": .texts(embeddings.classes)
    case "count": .number(Double(embeddings.count))
    case "dimension": .number(Double(embeddings.dimension))
    default: nil
    }
  }

  package var memorySize: Int { embeddings.vectors.count * MemoryLayout<Float>.stride }

  /// Made anew for each use: training may have changed the network meanwhile.
  func embedder() throws -> Embedder {
    try Embedder(net.network, layer: layer, isNormalized: isNormalized)
  }

  /// The picture of one of the images.
  /// - Throws: what is wrong with it now.
  func picture(_ row: Int) throws -> Bitmap {
    try Bitmap(image: try data.sample(at: embeddings.indices[row]).image)
  }
}
