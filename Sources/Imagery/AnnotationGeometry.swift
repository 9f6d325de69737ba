/// Where an image lies in a frame: x and y of the image times `scale` plus `offset`, in pixels.
package struct Placement: Equatable {
  let scale: (x: Float, y: Float)
  let offset: (x: Float, y: Float)

  package static func == (a: Placement, b: Placement) -> Bool {
    a.scale == b.scale && a.offset == b.offset
  }

  /// - Parameters:
  ///   - height, width: of the image as stored, from 1.
  package init(height: Int, width: Int, in frame: ImageFrame) {
    let scaled = ResamplingPlan.scaledSize(
      sourceHeight: height, sourceWidth: width, frame: frame)
    scale = (Float(scaled.width) / Float(width), Float(scaled.height) / Float(height))
    // A crop is cut out of the middle; what is added to a padded image is at its right and below.
    offset =
      frame.fit == .pad
      ? (0, 0)
      : (
        -Float((scaled.width - frame.width) / 2), -Float((scaled.height - frame.height) / 2)
      )
  }

  package func place(_ box: Box) -> Box {
    Box(
      left: box.left * scale.x + offset.x, top: box.top * scale.y + offset.y,
      right: box.right * scale.x + offset.x, bottom: box.bottom * scale.y + offset.y)
  }

  /// A box of the frame in pixels of the image as stored; it may reach outside.
  package func restore(_ box: Box) -> Box {
    Box(
      left: (box.left - offset.x) / scale.x, top: (box.top - offset.y) / scale.y,
      right: (box.right - offset.x) / scale.x, bottom: (box.bottom - offset.y) / scale.y)
  }
}

extension LabelledBox {
  /// The least part of a box that must stay in view for it to stay.
  static let leastVisible: Float = 0.25

  /// The box as far as it lies in an image; nil where most of it, or all but a pixel, is outside.
  func visible(height: Int, width: Int) -> LabelledBox? {
    let part = box.clipped(height: height, width: width)
    guard part.width >= 1, part.height >= 1, part.area >= LabelledBox.leastVisible * box.area else {
      return nil
    }
    return LabelledBox(part, label: label, isDifficult: isDifficult)
  }
}

extension Mask {
  /// Brought to the frame as an image of its size would be; each pixel takes the class at its
  /// centre. What lies outside the mask is unlabelled.
  package func resized(to frame: ImageFrame) -> Mask {
    if height == frame.height && width == frame.width { return self }
    guard height > 0, width > 0 else {
      return Mask(
        height: frame.height, width: frame.width,
        values: Array(repeating: Mask.unlabelled, count: frame.height * frame.width))
    }
    let placement = Placement(height: height, width: width, in: frame)
    func sources(_ count: Int, _ size: Int, _ scale: Float, _ offset: Float) -> [Int?] {
      (0..<count).map { target in
        let position = (Float(target) + 0.5 - offset) / scale
        // Only a padded frame reaches beyond the mask; elsewhere rounding may, by a hair.
        guard position < Float(size) || frame.fit != .pad else { return nil }
        return min(max(Int(position), 0), size - 1)
      }
    }
    let rows = sources(frame.height, height, placement.scale.y, placement.offset.y)
    let columns = sources(frame.width, width, placement.scale.x, placement.offset.x)
    var result: [UInt8] = []
    result.reserveCapacity(frame.height * frame.width)
    for row in rows {
      for column in columns {
        if let row, let column {
          result.append(values[row * width + column])
        } else {
          result.append(Mask.unlabelled)
        }
      }
    }
    return Mask(height: frame.height, width: frame.width, values: result)
  }

  /// Moved as `Image.moved` moves an image; each pixel takes the class nearest to where it comes
  /// from. What comes in from outside is mirrored, or unlabelled.
  func moved(by map: AffineMap, mirrors: Bool) -> Mask {
    if map == .identity || values.isEmpty { return self }
    let (middleX, middleY) = (Double(width - 1) / 2, Double(height - 1) / 2)
    func inside(_ index: Int, _ count: Int) -> Int? {
      if index >= 0 && index < count { return index }
      guard mirrors else { return nil }
      let phase = ((index % (2 * count)) + 2 * count) % (2 * count)
      return phase < count ? phase : 2 * count - 1 - phase
    }
    var result: [UInt8] = []
    result.reserveCapacity(values.count)
    for y in 0..<height {
      let down = Double(y) - middleY
      for x in 0..<width {
        let right = Double(x) - middleX
        let far = 1e9
        let sourceX = min(max(map.xx * right + map.xy * down + map.x0 + middleX, -far), far)
        let sourceY = min(max(map.yx * right + map.yy * down + map.y0 + middleY, -far), far)
        if let column = inside(Int((sourceX + 0.5).rounded(.down)), width),
          let row = inside(Int((sourceY + 0.5).rounded(.down)), height)
        {
          result.append(values[row * width + column])
        } else {
          result.append(Mask.unlabelled)
        }
      }
    }
    return Mask(height: height, width: width, values: result)
  }
}

extension Box {
  /// The box around where a moved image shows it: `map` leads from the moved image back.
  func moved(by map: AffineMap, height: Int, width: Int) -> Box {
    let determinant = map.xx * map.yy - map.xy * map.yx
    guard determinant != 0 else { return self }
    let (middleX, middleY) = (Double(width) / 2, Double(height) / 2)
    func forward(_ x: Float, _ y: Float) -> (x: Float, y: Float) {
      let right = Double(x) - middleX - map.x0
      let down = Double(y) - middleY - map.y0
      return (
        Float((map.yy * right - map.xy * down) / determinant + middleX),
        Float((map.xx * down - map.yx * right) / determinant + middleY)
      )
    }
    let corners = [
      forward(left, top), forward(right, top), forward(left, bottom), forward(right, bottom),
    ]
    let (xs, ys) = (corners.map(\.x), corners.map(\.y))
    return Box(
      left: xs.min() ?? left, top: ys.min() ?? top, right: xs.max() ?? right,
      bottom: ys.max() ?? bottom)
  }
}

extension Annotation {
  /// In a frame, from what is known of the image as stored.
  /// - Parameter size: of the image as stored; only boxes need it.
  func framed(_ frame: ImageFrame, size: () throws -> (height: Int, width: Int)) rethrows
    -> Annotation
  {
    switch self {
    case .boxes(let boxes):
      let size = try size()
      guard size.height > 0, size.width > 0 else { return .boxes([]) }
      let placement = Placement(height: size.height, width: size.width, in: frame)
      return .boxes(
        boxes.compactMap { box in
          LabelledBox(placement.place(box.box), label: box.label, isDifficult: box.isDifficult)
            .visible(height: frame.height, width: frame.width)
        })
    case .mask(let mask): return .mask(mask.resized(to: frame))
    case .label, .value, .none: return self
    }
  }

  /// Moved with its image, which is `height` × `width` pixels.
  func moved(by map: AffineMap, height: Int, width: Int, mirrors: Bool) -> Annotation {
    switch self {
    case .boxes(let boxes):
      return .boxes(
        boxes.compactMap { box in
          LabelledBox(
            box.box.moved(by: map, height: height, width: width), label: box.label,
            isDifficult: box.isDifficult
          ).visible(height: height, width: width)
        })
    case .mask(let mask): return .mask(mask.moved(by: map, mirrors: mirrors))
    case .label, .value, .none: return self
    }
  }
}
