import Tensors

extension Image {
  /// Maps of any number of channels, such as probabilities, brought to another size as images are:
  /// growing is bilinear, shrinking averages. Values that summed to 1 at a pixel still do.
  /// [H, W, K] → [height, width, K]
  /// - Throws: `ImageryError.notImageShaped`, `.invalidArgument`; `TensorError.tooLarge`.
  package static func resized(maps: Tensor, height: Int, width: Int) throws -> Tensor {
    let frame = try ImageFrame(height: height, width: width, fit: .stretch)
    let sides = 1...ImageLimits.standard.side
    guard maps.rank == 3, maps.count > 0, sides.contains(maps.shape[0]),
      sides.contains(maps.shape[1])
    else {
      throw ImageryError(
        .notImageShaped, "resize", given: "shape \(maps.shape)",
        expected: "maps [height, width, channels]")
    }
    if maps.shape[0] == height && maps.shape[1] == width { return maps }
    let plan = ResamplingPlan(
      sourceHeight: maps.shape[0], sourceWidth: maps.shape[1], frame: frame)
    let scratch = try Tensor(shape: [maps.shape[1] * maps.shape[2]])
    return try maps.withUnsafePointer { from in
      let rows = PixelRows(
        samples: .floats(from), width: maps.shape[1], channels: maps.shape[2], flattens: false)
      return try rows.resampled(plan, scratch: scratch)
    }
  }
}
