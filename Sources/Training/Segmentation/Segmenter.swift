import Imagery
import Kernels
import Networks
import Tensors

/// Uses a network to find a mask in images of any size, with its preprocessing and its moving
/// statistics.
package final class Segmenter {
  /// How an image of another size than the network's input goes through it.
  package enum Fit: String, CaseIterable, Sendable {
    /// It is brought to that size, and the probabilities back to the image's: fast, and what is
    /// small may be lost.
    case stretch
    /// It is covered with overlapping pieces of that size, whose probabilities are blended: details
    /// keep their scale.
    case tiles
  }

  package let network: Network
  package let fit: Fit
  let ends: SegmenterEnds
  /// Pieces that go through the network together.
  private let batch: Int
  private let inference: Inference

  /// How many classes its masks have: two where the network has one output a pixel.
  package var classes: Int { ends.classes }

  /// - Throws: `TrainingError.notASegmenter`, `.tooManyClasses`.
  package init(_ network: Network, fit: Fit = .stretch, batch: Int = 4) throws {
    precondition((1...Execution.largestCount).contains(batch), "a batch has images")
    ends = try SegmenterEnds(network)
    self.network = network
    inference = Inference(network, outputs: [ends.scores])
    self.fit = fit
    self.batch = batch
  }

  /// The probability of each class at each pixel: `[H, W, C]` → `[H, W, classes]`.
  /// - Throws: `TrainingError.imageShape`, `NetworkError.memory`, `TensorError.tooLarge`.
  package func probabilities(of image: Tensor) throws -> Tensor {
    guard image.rank == 3, image.count > 0, image.shape[2] == ends.input.shape[2] else {
      throw TrainingError.imageShape(expected: ends.input.shape, given: image.shape)
    }
    if image.shape == ends.input.shape {
      return try run(try image.reshaped([1] + image.shape)).reshaped(
        [ends.height, ends.width, classes])
    }
    switch fit {
    case .stretch:
      let resized = try Image.resized(maps: image, height: ends.height, width: ends.width)
      let maps = try run(try resized.reshaped([1] + resized.shape))
      return try Image.resized(
        maps: try maps.reshaped([ends.height, ends.width, classes]), height: image.shape[0],
        width: image.shape[1])
    case .tiles: return try tiled(image)
    }
  }

  /// The most probable class of each pixel; the lower one of equals.
  /// - Parameter threshold: of two classes, class 1 is taken where it is more probable than this.
  package static func mask(of probabilities: Tensor, threshold: Double = 0.5) -> Mask {
    precondition(
      probabilities.rank == 3 && (1...255).contains(probabilities.shape[2]),
      "probabilities [height, width, classes]")
    let classes = probabilities.shape[2]
    let pixels = probabilities.shape[0] * probabilities.shape[1]
    let limit = Float(threshold)
    return probabilities.withUnsafePointer { values in
      Mask(
        height: probabilities.shape[0], width: probabilities.shape[1],
        values: [UInt8](unsafeUninitializedCapacity: pixels) { labels, count in
          for pixel in 0..<pixels {
            let row = values + pixel * classes
            labels[pixel] =
              classes == 2
              ? (row[1] > limit ? 1 : 0)
              : UInt8(truncatingIfNeeded: indexOfLargest(row, count: classes))
          }
          count = pixels
        })
    }
  }

  // MARK: Tiles

  /// Where pieces begin along a side: as few as overlap by a quarter, evenly spread. A side shorter
  /// than a piece has one, and what lies beyond the image repeats its edge.
  static func starts(side: Int, tile: Int) -> [Int] {
    guard side > tile else { return [0] }
    let step = max(1, tile - tile / 4)
    let count = (side - tile + step - 1) / step + 1
    return (0..<count).map { $0 * (side - tile) / (count - 1) }
  }

  /// How much a piece counts at each of its rows or columns: less towards its edges, where it has
  /// not seen what is around.
  private static func ramp(_ tile: Int) -> [Float] {
    (0..<tile).map { Float(min($0 + 1, tile - $0)) }
  }

  private func tiled(_ image: Tensor) throws -> Tensor {
    let (height, width) = (image.shape[0], image.shape[1])
    let (rows, columns) = (ends.height, ends.width)
    let places = Segmenter.starts(side: height, tile: rows).flatMap { top in
      Segmenter.starts(side: width, tile: columns).map { (top: top, left: $0) }
    }
    let (rowRamp, columnRamp) = (Segmenter.ramp(rows), Segmenter.ramp(columns))
    let classes = self.classes
    var sums = try Tensor(shape: [height, width, classes])
    for first in stride(from: 0, to: places.count, by: batch) {
      let group = places[first..<min(first + batch, places.count)]
      let pieces = try cut(image, group)
      let maps = try run(pieces)
      sums.withUnsafeMutablePointer { sums in
        maps.withUnsafePointer { maps in
          for (number, place) in group.enumerated() {
            for y in 0..<min(rows, height - place.top) {
              for x in 0..<min(columns, width - place.left) {
                let from = maps + ((number * rows + y) * columns + x) * classes
                let to = sums + ((place.top + y) * width + place.left + x) * classes
                let weight = rowRamp[y] * columnRamp[x]
                for k in 0..<classes { to[k] += weight * from[k] }
              }
            }
          }
        }
      }
    }
    sums.withUnsafeMutablePointer { sums in
      for pixel in 0..<(height * width) {
        let row = sums + pixel * classes
        var sum: Float = 0
        for k in 0..<classes { sum += row[k] }
        for k in 0..<classes { row[k] /= sum }
      }
    }
    return sums
  }

  /// Pieces `[N, rows, columns, C]` of an image, whose edge is repeated.
  private func cut(
    _ image: Tensor, _ places: ArraySlice<(top: Int, left: Int)>
  ) throws -> Tensor {
    let (height, width, channels) = (image.shape[0], image.shape[1], image.shape[2])
    let (rows, columns) = (ends.height, ends.width)
    return try Tensor(uninitialized: [places.count, rows, columns, channels]) { pieces in
      image.withUnsafePointer { values in
        var to = pieces
        for place in places {
          for y in 0..<rows {
            let row = values + min(place.top + y, height - 1) * width * channels
            for x in 0..<columns {
              to.update(
                from: row + min(place.left + x, width - 1) * channels, count: channels)
              to += channels
            }
          }
        }
      }
    }
  }

  // MARK: Running

  /// `[N, rows, columns, C]` of the input's size → `[N, rows, columns, classes]`.
  private func run(_ images: Tensor) throws -> Tensor {
    let count = images.shape[0]
    let execution = try inference.run(images)
    let (pixels, outputs) = (count * ends.height * ends.width, ends.outputs)
    return try Tensor(
      uninitialized: [count, ends.height, ends.width, classes]
    ) { probabilities in
      guard let scores = execution.outputValues().baseAddress else { return }
      if outputs > 1 {
        Kernels.Softmax.forward(
          rows: pixels, columns: outputs, input: scores, output: probabilities)
      } else {
        // A sigmoid is the softmax of 0 and the score.
        for pixel in 0..<pixels {
          probabilities[2 * pixel] = 0
          probabilities[2 * pixel + 1] = scores[pixel]
        }
        Kernels.Softmax.forward(
          rows: pixels, columns: 2, input: probabilities, output: probabilities)
      }
    }
  }
}
