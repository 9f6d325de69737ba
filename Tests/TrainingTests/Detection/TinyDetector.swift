import Imagery
import Kernels
import Networks
import Tensors
import Training

/// The smallest network with a detector's two outputs: a few strided convolutions, and two heads at
/// each of the five levels.
enum TinyDetector {
  static func network(
    height: Int, width: Int, classes: Int, perCell: Int = 9, filters: Int = 8, seed: UInt64 = 1
  ) throws -> Network {
    let input = try Node.input([height, width, 3], name: "image")
    func halved(_ node: Node) throws -> Node {
      try node.applying(
        Convolution(filters: filters, kernel: 3, stride: 2, padding: .same), activation: .relu)
    }
    var node = try halved(halved(input))
    var (scores, boxes): ([Node], [Node]) = ([], [])
    for _ in 0..<5 {
      node = try halved(node)
      for (values, isScore) in [(classes, true), (4, false)] {
        let map = try node.applying(
          Convolution(filters: perCell * values, kernel: 3, padding: .same))
        if isScore { scores.append(try map.applying(Flatten())) }
        if !isScore { boxes.append(try map.applying(Flatten())) }
      }
    }
    func rows(_ parts: [Node], _ columns: Int) throws -> Node {
      try Layer(Concatenate()).apply(parts).applying(Rows(columns: columns))
    }
    return try Network(
      inputs: [input], outputs: [try rows(scores, classes), try rows(boxes, 4)], seed: seed)
  }

  /// A vector as rows `[A, columns]`.
  struct Rows: Operation {
    let columns: Int
    var kind: String { "rows" }
    var documentation: String { "Cuts a vector into rows." }

    func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
      [try check.count(try check.single()) / columns, columns]
    }

    func needs(_ shapes: OperationShapes, count: Int) -> Needs { Needs() }

    func forward(_ pass: Pass) {
      Elementwise.copy(
        count: pass.count * pass.shapes.outputSize, input: pass.inputs[0], output: pass.output)
    }

    func backward(_ pass: Pass) {
      guard let gradient = pass.outputGradient, let target = pass.inputGradients[0] else { return }
      Elementwise.copy(
        count: pass.count * pass.shapes.outputSize, input: gradient, output: target)
    }
  }
}
