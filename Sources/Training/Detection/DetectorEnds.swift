import Imagery
import Networks

/// What does not fit a detector, as facts.
package enum DetectionError: Error, Equatable, Sendable {
  /// A network that finds objects has an input of images and two outputs: class scores
  /// [anchors, classes] and box codes [anchors, 4].
  case notADetector(outputs: [[Int]])
  /// The outputs are for another number of anchors than an input of this size has.
  case anchorCount(outputs: Int, expected: Int, input: [Int])
}

/// The ends of a network that finds objects. This is the one place that says what such a network is.
package struct DetectorEnds {
  package let input: Node
  /// Logits `[A, K]`: where the network ends with a sigmoid, what it reads.
  package let scores: Node
  /// Box codes `[A, 4]`.
  package let boxes: Node
  package let grid: AnchorGrid

  package var classes: Int { scores.shape[1] }

  /// - Throws: `DetectionError.notADetector`, `.anchorCount`.
  package init(_ network: Network, shapes: AnchorShapes = AnchorShapes()) throws {
    let outputs = network.outputs.map(\.shape)
    let sides = 1...ImageLimits.standard.side
    guard network.inputs.count == 1, network.inputs[0].shape.count == 3,
      network.inputs[0].shape[0...1].allSatisfy(sides.contains), outputs.count == 2,
      outputs[0].count == 2, outputs[1].count == 2, outputs[1][1] == 4,
      outputs[0][0] == outputs[1][0]
    else { throw DetectionError.notADetector(outputs: outputs) }
    input = network.inputs[0]
    let expected = AnchorGrid.count(
      height: input.shape[0], width: input.shape[1], shapes: shapes)
    guard outputs[0][0] == expected else {
      throw DetectionError.anchorCount(
        outputs: outputs[0][0], expected: expected, input: input.shape)
    }
    let output = network.outputs[0]
    let isSigmoid = (output.operation as? Activation) == .sigmoid
    scores = isSigmoid ? output.inputs[0] : output
    boxes = network.outputs[1]
    grid = AnchorGrid(height: input.shape[0], width: input.shape[1], shapes: shapes)
  }
}
