import Tensors

/// A source seen at one size, with the images that were made from it so far. Datasets that are
/// parts of one another share it, so an image is decoded once however often it is used.
// Sendable by hand: `kept` and `keptBytes` are touched only inside `monitor`.
final class SampleOrigin: @unchecked Sendable {
  let source: any SampleSource
  let frame: ImageFrame?
  /// Bytes of images that may be kept.
  let cacheLimit: Int
  private let monitor = Monitor()
  private var kept: [Tensor?]
  private var keptBytes = 0

  init(_ source: any SampleSource, frame: ImageFrame?, cacheLimit: Int) {
    self.source = source
    self.frame = frame
    self.cacheLimit = max(cacheLimit, 0)
    kept = cacheLimit > 0 ? Array(repeating: nil, count: source.count) : []
  }

  /// [H, W, bands], at the frame's size if there is one. Safe from any thread.
  func image(at index: Int) throws -> Tensor {
    if cacheLimit > 0, let ready = monitor.withLock({ kept[index] }) { return ready }
    var image = try source.image(at: index, frame: frame)
    if source.bands == 3 { image = try Image.rgb(image) }
    if let frame { image = try Image.resized(image, to: frame) }
    keep(image, at: index)
    return image
  }

  /// What is known of the image, in the pixels of `image(at:)`. Safe from any thread.
  func annotation(at index: Int) throws -> Annotation {
    let stored = try source.annotation(at: index)
    guard let frame else { return stored }
    return try stored.framed(frame) { try source.size(at: index) }
  }

  /// Once the limit is reached nothing is thrown out for newer images: an epoch that goes through
  /// all of them would then find none. Half of the tensor memory stays free for the networks.
  private func keep(_ image: Tensor, at index: Int) {
    guard cacheLimit > 0 else { return }
    let bytes = image.count * MemoryLayout<Float>.stride
    let budget = MemoryBudget.shared
    monitor.withLock {
      guard kept[index] == nil, keptBytes + bytes <= cacheLimit,
        budget.bytesInUse < budget.limit / 2
      else { return }
      kept[index] = image
      keptBytes += bytes
    }
  }

  /// How many images are kept, and in how many bytes.
  var cached: (count: Int, bytes: Int) {
    monitor.withLock { (kept.count { $0 != nil }, keptBytes) }
  }
}
