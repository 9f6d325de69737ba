import Tensors

/// A source seen at one size, with the images that were made from it so far. Datasets that are
/// parts of one another share it, so an image is decoded once however often it is used.
// Sendable by hand: `kept`, `keptAnnotations` and `keptBytes` are touched only inside `monitor`.
final class SampleOrigin: @unchecked Sendable {
  let source: any SampleSource
  let frame: ImageFrame?
  /// Bytes of images that may be kept.
  let cacheLimit: Int
  private let monitor = Monitor()
  private var kept: [Tensor?]
  private var keptAnnotations: [Annotation?]
  private var keptBytes = 0

  init(_ source: any SampleSource, frame: ImageFrame?, cacheLimit: Int) {
    self.source = source
    self.frame = frame
    self.cacheLimit = max(cacheLimit, 0)
    kept = cacheLimit > 0 ? Array(repeating: nil, count: source.count) : []
    keptAnnotations = cacheLimit > 0 ? Array(repeating: nil, count: source.count) : []
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
    if cacheLimit > 0, let ready = monitor.withLock({ keptAnnotations[index] }) { return ready }
    var annotation = try source.annotation(at: index)
    if let frame { annotation = try annotation.framed(frame) { try source.size(at: index) } }
    // Masks, and boxes of what is drawn, take as long to make as images, and are kept like them.
    let bytes =
      annotation.mask?.values.count ?? annotation.boxes.count * MemoryLayout<LabelledBox>.stride
    if bytes > 0 {
      keep(bytes) {
        guard keptAnnotations[index] == nil else { return false }
        keptAnnotations[index] = annotation
        return true
      }
    }
    return annotation
  }

  private func keep(_ image: Tensor, at index: Int) {
    keep(image.count * MemoryLayout<Float>.stride) {
      guard kept[index] == nil else { return false }
      kept[index] = image
      return true
    }
  }

  /// Once the limit is reached nothing is thrown out for newer images: an epoch that goes through
  /// all of them would then find none. Half of the tensor memory stays free for the networks.
  ///
  /// - Parameter store: keeps it, and says whether it was new.
  private func keep(_ bytes: Int, _ store: () -> Bool) {
    guard cacheLimit > 0 else { return }
    let budget = MemoryBudget.shared
    monitor.withLock {
      if keptBytes + bytes <= cacheLimit, budget.bytesInUse < budget.limit / 2, store() {
        keptBytes += bytes
      }
    }
  }

  /// How many images are kept, and in how many bytes.
  var cached: (count: Int, bytes: Int) {
    monitor.withLock { (kept.count { $0 != nil }, keptBytes) }
  }
}
