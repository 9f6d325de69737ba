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

extension Mask {
  /// The mask in another size: each pixel takes the class of the nearest one.
  /// - Precondition: sizes above 0.
  package func resized(height: Int, width: Int) -> Mask {
    precondition(height > 0 && width > 0 && !values.isEmpty, "a mask has pixels")
    if height == self.height && width == self.width { return self }
    var result: [UInt8] = []
    result.reserveCapacity(height * width)
    for y in 0..<height {
      // The pixel whose centre (y + ½) · source / target lies in.
      let row = (2 * y + 1) * self.height / (2 * height) * self.width
      for x in 0..<width { result.append(values[row + (2 * x + 1) * self.width / (2 * width)]) }
    }
    return Mask(height: height, width: width, values: result)
  }
}
