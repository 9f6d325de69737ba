import Networks
import Tensors

/// The ends of a network that tells classes of images apart: one input of images, and one vector
/// of scores. Where the network ends with a softmax, the scores are what it reads, since loss and
/// probabilities are computed from them.
struct ClassifierEnds {
  let input: Node
  /// `[K]`: logits.
  let scores: Node

  var classes: Int { scores.shape[0] }

  /// - Throws: `TrainingError.notAClassifier`.
  init(_ network: Network) throws {
    guard network.inputs.count == 1, network.outputs.count == 1,
      network.outputs[0].shape.count == 1
    else { throw TrainingError.notAClassifier(outputs: network.outputs.map(\.shape)) }
    input = network.inputs[0]
    let output = network.outputs[0]
    scores = output.operation is Networks.Softmax ? output.inputs[0] : output
  }
}

extension Execution {
  /// Puts images `[N, H, W, C]` of values 0…1 in the input memory, as the network's preprocessing
  /// wants them, and sets the count.
  /// - Parameter range: which of them; nil for all.
  /// - Throws: `TrainingError.imageShape`, `NetworkError.batchCount`.
  func setImages(_ images: Tensor, _ range: Range<Int>? = nil) throws {
    let expected = network.inputs[0].shape
    guard images.rank == expected.count + 1, Array(images.shape.dropFirst()) == expected else {
      throw TrainingError.imageShape(expected: expected, given: Array(images.shape.dropFirst()))
    }
    let range = range ?? 0..<images.shape[0]
    try setCount(range.count)
    let target = inputValues()
    guard let output = target.baseAddress, let channels = expected.last else { return }
    let first = range.lowerBound * expected.reduce(1, *)
    images.withUnsafePointer { input in
      network.preprocessing.apply(
        pixels: target.count / channels, channels: channels, source: input + first, target: output)
    }
  }
}

/// The place of the largest of `count` values, the first of equal ones; a NaN counts as small.
func indexOfLargest(_ values: UnsafePointer<Float>, count: Int) -> Int {
  var best = 0
  for i in 1..<max(count, 1) where values[i] > values[best] || values[best].isNaN { best = i }
  return best
}
