import Figures
import Imagery
import Language
import Tensors
import Training

/// A class for each pixel of an image, in the language: the result of `segment`. `show` draws it
/// over its image.
package final class MaskValue: HostObject {
  package let mask: Mask
  package let classes: [String]
  /// What it was found in, if that is known.
  let image: Tensor?
  /// `[H, W, K]`; nil of a mask that was drawn.
  let probabilities: Tensor?
  /// Of a mask that was refined.
  let divergence: Double?
  let areas: ClassAreas

  package init(
    _ mask: Mask, classes: [String], image: Tensor? = nil, probabilities: Tensor? = nil,
    divergence: Double? = nil
  ) {
    self.mask = mask
    self.classes = classes
    self.image = image
    self.probabilities = probabilities
    self.divergence = divergence
    areas = ClassAreas(mask, classes: classes.count)
  }

  package var kind: String { "mask" }

  package var summary: String {
    let parts = zip(classes, areas.shares).filter { $0.1 > 0 }
      .map { "\($0.0) \(TrainingWords.percent($0.1))" }
    let unknown = areas.total - areas.pixels.reduce(0, +)
    let rest =
      unknown > 0
      ? ["unlabelled \(TrainingWords.percent(Double(unknown) / Double(areas.total)))"] : []
    return "mask \(mask.height)×\(mask.width): "
      + (parts + rest).joined(separator: ", ").withVisibleControls
  }

  package var propertyNames: [String] {
    ["classes", "areas", "shares", "shape", "values", "image", "probabilities", "divergence"]
  }

  package func property(_ name: String) throws -> Value? {
    switch name {
    case "classes": return .texts(classes)
    case "areas": return .byName(classes, areas.pixels.map { Double($0) })
    case "shares": return .byName(classes, areas.shares)
    case "shape": return .numbers([mask.height, mask.width])
    case "values": return .object(TensorValue(try tensor()))
    case "image": return image.map { .object(TensorValue($0, isImage: true)) } ?? Value.none
    case "probabilities": return probabilities.map { .object(TensorValue($0)) } ?? Value.none
    case "divergence": return divergence.map { .number($0) } ?? Value.none
    default: return nil
    }
  }

  /// `[H, W]` of class numbers, 255 where there is none.
  private func tensor() throws -> Tensor {
    try Failure.explaining {
      try Tensor(shape: [mask.height, mask.width], values: mask.values.map { Float($0) })
    }
  }

  package func isEqual(_ other: any HostObject) -> Bool {
    (other as? MaskValue).map { $0.mask == mask && $0.classes == classes } ?? false
  }

  package var memorySize: Int {
    mask.values.count + 4 * ((image?.count ?? 0) + (probabilities?.count ?? 0))
  }

  /// The mask over its image, or over white where it has none.
  func figure(title: String = "", over other: Tensor? = nil, opacity: Double) throws -> Figure {
    let ground =
      if let picture = other ?? image, (1...4).contains(picture.shape[2]) {
        try Bitmap(image: picture)
      } else {
        Bitmap(width: mask.width, height: mask.height)
      }
    return Figure(
      title,
      AnnotatedImage(
        ground,
        mask: AnnotatedImage.Mask(
          width: mask.width, height: mask.height, classes: mask.values.map { Int($0) },
          names: classes, opacity: opacity)))
  }
}

extension MaskValue: Drawable {
  /// Over its image, half transparent; without an image in full colours.
  func figure(_ workspace: Workspace) throws -> Figure {
    try figure(opacity: image == nil ? 1 : 0.5)
  }
}
