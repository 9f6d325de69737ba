import Networks
import Tensors

/// The ends of a network that finds masks: one input of images `[H, W, C]`, and one map of scores
/// `[H, W, K]` of the same size. Where the network ends with a softmax or a sigmoid, the scores are
/// what that reads, since loss and probabilities are computed from them.
struct SegmenterEnds {
  let input: Node
  /// `[H, W, K]`: logits.
  let scores: Node

  var height: Int { input.shape[0] }
  var width: Int { input.shape[1] }
  /// K: 1 where it tells class 1 from class 0.
  var outputs: Int { scores.shape[2] }
  /// How many classes a mask has.
  var classes: Int { max(2, outputs) }

  /// - Throws: `TrainingError.notASegmenter`, `.tooManyClasses`.
  init(_ network: Network) throws {
    guard network.inputs.count == 1, network.outputs.count == 1,
      network.inputs[0].shape.count == 3, network.outputs[0].shape.count == 3,
      network.inputs[0].shape.prefix(2) == network.outputs[0].shape.prefix(2)
    else {
      throw TrainingError.notASegmenter(
        input: network.inputs.first?.shape ?? [], outputs: network.outputs.map(\.shape))
    }
    input = network.inputs[0]
    let output = network.outputs[0]
    switch output.operation {
    case is Networks.Softmax: scores = output.inputs[0]
    case let activation as Networks.Activation where activation == .sigmoid:
      // Of several classes the scores are compared, and a sigmoid does not change their order.
      scores = output.inputs[0]
    default: scores = output
    }
    guard outputs < 255 else {
      throw TrainingError.tooManyClasses(given: outputs, limit: 254)
    }
  }
}
