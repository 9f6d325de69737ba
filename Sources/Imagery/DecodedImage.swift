import CCodecs
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Samples as they came out of a file, not yet upright and not yet floats.
final class DecodedImage {
  private let samples: UnsafeMutableRawPointer
  private let height: Int
  private let width: Int
  private let channels: Int
  private let bits: Int
  private let orientation: Orientation

  /// Decodes; a JPEG at the smallest of 1, 1/2, 1/4, 1/8 that is still twice the frame.
  /// - Throws: `ImageryError.truncated`, `.corrupt`, `.outOfMemory`
  init(_ bytes: [UInt8], name: String, info: conch_codec_info, frame: ImageFrame?) throws {
    var info = info
    orientation = Orientation(rawValue: Int(info.orientation)) ?? .upright
    let denominator = DecodedImage.denominator(
      info, frame: orientation.swapsSides ? frame?.transposed : frame)
    height = Int(conch_codec_scaled(info.height, denominator))
    width = Int(conch_codec_scaled(info.width, denominator))
    channels = Int(info.channels)
    bits = Int(info.bits)
    // The probe has held these against the limits; malloc because it can say no.
    let size = height * width * channels * bits / 8
    guard let memory = malloc(size) else {
      throw ImageryError(.outOfMemory, name, given: "\(size) bytes")
    }
    samples = memory
    let outcome = conch_codec_decode(bytes, bytes.count, &info, denominator, memory, size)
    // From here on `deinit` frees the memory, also when this throws.
    guard outcome.status == CONCH_CODEC_OK else {
      throw ImageryError(outcome, name: name, bytes: bytes, rowsInAll: height)
    }
  }

  deinit { free(samples) }

  private static func denominator(_ info: conch_codec_info, frame: ImageFrame?) -> UInt32 {
    guard info.format == CONCH_CODEC_JPEG, let frame else { return 1 }
    let needed = ResamplingPlan.scaledSize(
      sourceHeight: Int(info.height), sourceWidth: Int(info.width), frame: frame)
    return [8, 4, 2].first {
      Int(conch_codec_scaled(info.height, $0)) >= 2 * needed.height
        && Int(conch_codec_scaled(info.width, $0)) >= 2 * needed.width
    } ?? 1
  }

  /// The image upright, at the frame's size if one is given. [H, W, C], values 0…1.
  func tensor(frame: ImageFrame?, channels wanted: ImageFile.Channels) throws -> Tensor {
    let hasAlpha = channels == 2 || channels == 4
    let rows = PixelRows(
      samples: bits == 16
        ? .words(UnsafePointer(samples.assumingMemoryBound(to: UInt16.self)))
        : .bytes(UnsafePointer(samples.assumingMemoryBound(to: UInt8.self))),
      width: width, channels: channels, flattens: hasAlpha && wanted == .rgb)
    let whole = try ImageFrame(height: height, width: width, fit: .stretch)
    let target = frame.map { orientation.swapsSides ? $0.transposed : $0 } ?? whole
    let plan = ResamplingPlan(sourceHeight: height, sourceWidth: width, frame: target)
    let scratch = try Tensor(shape: [width * rows.outputChannels])
    var image = try rows.resampled(plan, scratch: scratch)
    if image.shape[2] == 2 { image = try DecodedImage.colour(greyAndAlpha: image) }
    image = try Image.oriented(image, orientation)
    return wanted == .rgb ? try Image.rgb(image) : image
  }

  /// [H, W, 2] → [H, W, 4]
  private static func colour(greyAndAlpha image: Tensor) throws -> Tensor {
    try Tensor(uninitialized: [image.shape[0], image.shape[1], 4]) { to in
      image.withUnsafePointer { from in
        for p in 0..<(image.count / 2) {
          for c in 0..<3 { to[p * 4 + c] = from[p * 2] }
          to[p * 4 + 3] = from[p * 2 + 1]
        }
      }
    }
  }
}
