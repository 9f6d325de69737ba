/// A rectangle with its sides along the image's, in pixels of its image: x to the right, y down,
/// (0, 0) the upper left corner of the image.
package struct Box: Equatable, Sendable {
  package var left: Float
  package var top: Float
  package var right: Float
  package var bottom: Float

  package init(left: Float, top: Float, right: Float, bottom: Float) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  package var width: Float { right - left }
  package var height: Float { bottom - top }
  /// 0 for a box whose sides are exchanged.
  package var area: Float { max(width, 0) * max(height, 0) }

  /// The area that two boxes share.
  package func intersection(_ other: Box) -> Float {
    Box(
      left: max(left, other.left), top: max(top, other.top), right: min(right, other.right),
      bottom: min(bottom, other.bottom)
    ).area
  }

  /// The shared area as a part of the area of both together, 0…1; 0 where both are empty.
  package func intersectionOverUnion(_ other: Box) -> Float {
    let shared = intersection(other)
    let union = area + other.area - shared
    return union > 0 ? shared / union : 0
  }

  /// The part of it inside an image.
  package func clipped(height: Int, width: Int) -> Box {
    let (bottomEdge, rightEdge) = (Float(height), Float(width))
    return Box(
      left: min(max(left, 0), rightEdge), top: min(max(top, 0), bottomEdge),
      right: min(max(right, 0), rightEdge), bottom: min(max(bottom, 0), bottomEdge))
  }
}

/// A box and what is in it.
package struct LabelledBox: Equatable, Sendable {
  package var box: Box
  /// Index into the dataset's classes.
  package var label: Int
  /// Whether it counts neither for nor against a detector: VOC's difficult, COCO's crowd.
  package var isDifficult: Bool

  package init(_ box: Box, label: Int, isDifficult: Bool = false) {
    self.box = box
    self.label = label
    self.isDifficult = isDifficult
  }
}

/// A class for each pixel of an image.
package struct Mask: Equatable, Sendable {
  package let height: Int
  package let width: Int
  /// `height · width` indices into the dataset's classes, row by row, or `unlabelled`.
  package let values: [UInt8]

  /// Of a pixel whose class is not known: it is neither learned from nor counted.
  package static let unlabelled: UInt8 = 255
  /// The most classes that masks can have.
  package static let largestClassCount = 255

  /// - Precondition: there are `height · width` values.
  package init(height: Int, width: Int, values: [UInt8]) {
    precondition(
      height >= 0 && width >= 0 && values.count == height * width,
      "a mask has a value for each pixel")
    self.height = height
    self.width = width
    self.values = values
  }
}

/// What is known of an image besides its pixels.
package enum Annotation: Equatable, Sendable {
  /// Index into the dataset's classes.
  case label(Int)
  case boxes([LabelledBox])
  case mask(Mask)
  /// A measured number.
  case value(Double)
  case none

  package enum Kind: String, Sendable, CaseIterable {
    case label, boxes, mask, value, none
  }

  package var kind: Kind {
    switch self {
    case .label: .label
    case .boxes: .boxes
    case .mask: .mask
    case .value: .value
    case .none: .none
    }
  }

  /// The class of a whole image, where it is one.
  package var label: Int? { if case .label(let label) = self { label } else { nil } }
  /// The boxes, where they are what is known; else none.
  package var boxes: [LabelledBox] { if case .boxes(let boxes) = self { boxes } else { [] } }
  package var mask: Mask? { if case .mask(let mask) = self { mask } else { nil } }
  package var value: Double? { if case .value(let value) = self { value } else { nil } }

  /// The same under other class numbers: `map[old]` is the new one, or nil where the class is left
  /// out; its boxes go, its pixels become unlabelled. Labels of whole images are kept by datasets.
  func relabelled(_ map: [Int?]) -> Annotation {
    switch self {
    case .boxes(let boxes):
      return .boxes(
        boxes.compactMap { box in
          guard box.label < map.count, let label = map[box.label] else { return nil }
          return LabelledBox(box.box, label: label, isDifficult: box.isDifficult)
        })
    case .mask(let mask):
      var table = [UInt8](repeating: Mask.unlabelled, count: 256)
      for (old, new) in map.prefix(Mask.largestClassCount).enumerated() {
        if let new { table[old] = UInt8(clamping: new) }
      }
      return .mask(
        Mask(height: mask.height, width: mask.width, values: mask.values.map { table[Int($0)] }))
    case .label, .value, .none: return self
    }
  }
}
