/// What can go wrong with a network other than shapes, as facts.
package enum NetworkError: Error, Equatable, Sendable {
  /// No layer has this name; `candidates` are the most similar names, best first.
  case unknownLayer(String, candidates: [String])
  /// The layer has no weight of this name; `weights` are those that it has.
  case unknownWeight(String, layer: String, weights: [String])
  /// Two different layers were given this name.
  case duplicateName(String)
  /// The layer `layer` is needed for an output but hangs on no listed input.
  case inputNotListed(layer: String)
  /// An input is listed that is not an input node, or twice, or no output is.
  case invalidEnds
  /// A tensor of another shape than `expected` was given for `name` (a weight, an input, an
  /// output's gradient).
  case shape(of: String, expected: [Int], given: [Int])
  /// A batch of `given` images for a plan made for at most `limit`.
  case batchCount(given: Int, limit: Int)
  /// Another number of tensors than the network has inputs or outputs.
  case tensorCount(given: Int, expected: Int)
  /// Running the network needs `bytes`, more than the `available` ones.
  case memory(bytes: Int, available: Int)
  /// The preprocessing of this name needs RGB, and the network's input has `channels`.
  case preprocessing(String, channels: Int)
  /// There is no layer number `index` in a network of `count` layers.
  case layerIndex(Int, count: Int)
}
