import Networks
import Tensors

/// What in an image speaks for one of the numbers that a network gives: a class's score, before a
/// final softmax. Of a network for masks that is the mean of the class's scores over all pixels.
package final class Evidence {
  package let network: Network
  private let input: Node
  private let scores: Node

  /// - Throws: `TrainingError.notAClassifier` for a network that gives no scores by class.
  package init(_ network: Network) throws {
    guard network.inputs.count == 1, network.inputs[0].shape.count == 3, network.outputs.count == 1
    else { throw TrainingError.notAClassifier(outputs: network.outputs.map(\.shape)) }
    let output = network.outputs[0]
    self.network = network
    input = network.inputs[0]
    scores = output.operation is Networks.Softmax ? output.inputs[0] : output
    guard [1, 3].contains(scores.shape.count) else {
      throw TrainingError.notAClassifier(outputs: [scores.shape])
    }
  }

  /// Numbers that the network gives, for each pixel or for the image.
  package var classes: Int { scores.shape[scores.shape.count - 1] }

  /// The score of each class for an image `[H, W, C]` of values 0…1.
  package func scores(of image: Tensor) throws -> [Double] {
    let execution = try Execution(network, count: 1, mode: .inference, outputs: [scores])
    try execution.setImages(try image.reshaped([1] + image.shape))
    execution.forward()
    return means(execution.outputValues())
  }

  private func means(_ values: UnsafeMutableBufferPointer<Float>) -> [Double] {
    let positions = values.count / classes
    return (0..<classes).map { index in
      (0..<positions).reduce(0.0) { $0 + Double(values[$1 * classes + index]) } / Double(positions)
    }
  }

  /// The last layer that still has a map of more than one place: where `classMap` looks, unless told
  /// otherwise. Nil where there is none.
  package var lastMap: NetworkLayer? {
    network.nodes.indices.last { index in
      let shape = network.nodes[index].shape
      return shape.count == 3 && shape[0] * shape[1] > 1 && network.nodes[index] !== scores
        && network.nodes[index] !== network.outputs[0] && !network.nodes[index].inputs.isEmpty
    }.map { network.layer(ofNodeAt: $0) }
  }

  /// Grad-CAM: the maps of a layer, each as much as its mean gradient says that the class depends
  /// on it, added up, and what speaks against the class left out. `[h, w]` as large as the layer's
  /// map, values from 0.
  ///
  /// Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based
  /// localization", ICCV 2017.
  /// - Throws: `TrainingError.noMap` for a layer that gives no map, `.imageShape`.
  package func classMap(_ image: Tensor, of index: Int, at layer: NetworkLayer) throws -> Tensor {
    let node = network.nodes[layer.applications[layer.applications.count - 1]]
    guard node.shape.count == 3 else {
      throw TrainingError.noMap(layer: layer.name, shape: node.shape)
    }
    let execution = try run(image, of: index, keeping: [node], gradientsOf: [node])
    let (maps, gradients) = (try execution.value(of: node), try execution.gradient(of: node))
    let (places, channels) = (node.shape[0] * node.shape[1], node.shape[2])
    var result = try Tensor(shape: [node.shape[0], node.shape[1]])
    maps.withUnsafePointer { map in
      gradients.withUnsafePointer { gradient in
        result.withUnsafeMutablePointer { target in
          for channel in 0..<channels {
            var weight = 0.0
            for place in 0..<places { weight += Double(gradient[place * channels + channel]) }
            let share = Float(weight / Double(places))
            for place in 0..<places { target[place] += share * map[place * channels + channel] }
          }
          for place in 0..<places { target[place] = max(target[place], 0) }
        }
      }
    }
    return result
  }

  /// How the class's score changes with each value of the image, as the network sees it: `[H, W, C]`.
  /// Simonyan et al., "Deep inside convolutional networks", 2013.
  package func imageGradient(_ image: Tensor, of index: Int) throws -> Tensor {
    let execution = try run(image, of: index, keeping: [], gradientsOf: [input])
    return try execution.gradient(of: input).reshaped(input.shape)
  }

  private func run(
    _ image: Tensor, of index: Int, keeping: [Node], gradientsOf: [Node]
  ) throws -> Execution {
    precondition(index >= 0 && index < classes, "a class of the network")
    let execution = try Execution(
      network, count: 1, mode: .inference, outputs: [scores], keeping: keeping,
      gradientsOf: gradientsOf)
    try execution.setImages(try image.reshaped([1] + image.shape))
    execution.forward()
    guard let gradient = execution.outputGradients() else { return execution }
    let share = Float(1) / Float(gradient.count / classes)
    for place in gradient.indices { gradient[place] = place % classes == index ? share : 0 }
    try execution.backward()
    return execution
  }

  /// How much the class's score falls when a square of the image is covered by its mean colour, square
  /// by square: `[rows, columns]`, one for each place of the square. Zeiler and Fergus,
  /// "Visualizing and understanding convolutional networks", 2014.
  /// - Parameters:
  ///   - side: of the square, in pixels.
  ///   - stride: between two places of it.
  ///   - checkpoint: called before each batch; throws to end.
  package func occlusion(
    _ image: Tensor, of index: Int, side: Int, stride: Int, checkpoint: () throws -> Void = {},
    progress: (_ done: Int, _ count: Int) -> Void = { _, _ in }
  ) throws -> Tensor {
    let (height, width, channels) = (input.shape[0], input.shape[1], input.shape[2])
    guard image.shape == input.shape else {
      throw TrainingError.imageShape(expected: input.shape, given: image.shape)
    }
    func places(_ extent: Int) -> [Int] {
      Array(Swift.stride(from: 0, through: max(extent - side, 0), by: stride))
    }
    let (rows, columns) = (places(height), places(width))
    let count = rows.count * columns.count
    let whole = try scores(of: image)[index]
    let cover = try image.reshaped([-1, channels]).reduce(.mean, axis: 0).values
    let batch = min(32, count)
    let execution = try Execution(network, count: batch, mode: .inference, outputs: [scores])
    var falls: [Float] = []
    for start in Swift.stride(from: 0, to: count, by: batch) {
      try checkpoint()
      let places = start..<min(start + batch, count)
      let images = try Tensor(uninitialized: [places.count] + input.shape) { target in
        for (number, place) in places.enumerated() {
          let copy = target + number * image.count
          image.withUnsafePointer { copy.update(from: $0, count: image.count) }
          let (top, left) = (rows[place / columns.count], columns[place % columns.count])
          for y in top..<min(top + side, height) {
            for x in left..<min(left + side, width) {
              for c in 0..<channels { copy[(y * width + x) * channels + c] = cover[c] }
            }
          }
        }
      }
      try execution.setImages(images)
      execution.forward()
      let values = execution.outputValues()
      let size = values.count / places.count
      for number in 0..<places.count {
        let own = UnsafeMutableBufferPointer(rebasing: values[number * size..<(number + 1) * size])
        falls.append(Float(whole - means(own)[index]))
      }
      progress(falls.count, count)
    }
    return try Tensor(shape: [rows.count, columns.count], values: falls)
  }
}
