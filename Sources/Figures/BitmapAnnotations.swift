// Small pictures with what is known of them, for grids: no room for words, so colours alone. Where
// words matter there is `AnnotatedImage`, which draws one picture with names and a legend.

extension Bitmap {
  /// The picture under a mask's colours. A mask of another size lies over the whole picture: each
  /// pixel takes the class at its centre. Classes without a name are not drawn.
  package func overlaid(mask: AnnotatedImage.Mask) -> Bitmap {
    guard width > 0, height > 0, mask.width > 0, mask.height > 0 else { return self }
    let opacity = mask.opacity.isFinite ? min(1, max(0, mask.opacity)) : 0.5
    let colours = mask.names.indices.map { index in
      (mask.colours.isEmpty ? Colour.ofSeries(index) : mask.colours[index]).withOpacity(opacity)
    }
    var result = self
    for y in 0..<height {
      let row = (2 * y + 1) * mask.height / (2 * height) * mask.width
      for x in 0..<width {
        let index = mask.classes[row + (2 * x + 1) * mask.width / (2 * width)]
        guard colours.indices.contains(index) else { continue }
        result[x, y] = colours[index].over(self[x, y].over(.white))
      }
    }
    return result
  }

  /// The picture with the outlines of boxes, in pixels of the picture: coloured lines between light
  /// rims, as thick as the picture's size asks for. Names and scores are not written.
  package func annotated(boxes: [AnnotatedImage.Box]) -> Bitmap {
    var result = self
    let thickness = max(1, min(width, height) / 96)
    let drawable = boxes.filter(AnnotatedImage.isDrawable)
    for box in drawable { result.outline(box, inset: -1, thickness: thickness + 2, .white) }
    for box in drawable {
      result.outline(box, inset: 0, thickness: thickness, .ofSeries(box.colour))
    }
    return result
  }

  /// Four filled bars whose outer edge is the box's, `inset` pixels further in.
  private mutating func outline(
    _ box: AnnotatedImage.Box, inset: Int, thickness: Int, _ colour: Colour
  ) {
    // `isDrawable` keeps them below 10⁹.
    let left = Int(box.x.rounded()) + inset
    let top = Int(box.y.rounded()) + inset
    let right = max(left + 1, Int((box.x + box.width).rounded()) - inset)
    let bottom = max(top + 1, Int((box.y + box.height).rounded()) - inset)
    fill(left..<right, top..<min(bottom, top + thickness), colour)
    fill(left..<right, max(top, bottom - thickness)..<bottom, colour)
    fill(left..<min(right, left + thickness), top..<bottom, colour)
    fill(max(left, right - thickness)..<right, top..<bottom, colour)
  }

  /// The part of the rectangle that lies in the picture.
  private mutating func fill(_ columns: Range<Int>, _ rows: Range<Int>, _ colour: Colour) {
    let columns = columns.clamped(to: 0..<width)
    for y in rows.clamped(to: 0..<height) {
      for x in columns { self[x, y] = colour }
    }
  }
}
