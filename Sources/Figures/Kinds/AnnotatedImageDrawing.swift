extension AnnotatedImage: FigureContent {
  package var summary: String {
    var parts = ["image of \(image.width)×\(image.height)"]
    if !boxes.isEmpty { parts.append(counted(boxes.count, "box", plural: "boxes")) }
    if let mask { parts.append("mask of \(counted(mask.names.count, "class", plural: "classes"))") }
    return parts.joined(separator: " with ")
  }

  package var altText: String {
    var sentences = ["An image of \(image.width) by \(image.height) pixels."]
    if !boxes.isEmpty {
      let named = boxes.prefix(40).map { box in
        "\(AnnotatedImage.text(box).isEmpty ? "box" : AnnotatedImage.text(box)) at "
          + "\(compact(box.x)), \(compact(box.y))"
      }
      sentences.append(
        "\(counted(boxes.count, "box", plural: "boxes")): "
          + named.joined(separator: "; ") + ".")
    }
    if !legendEntries.isEmpty {
      sentences.append("Classes: \(legendEntries.map(\.name).joined(separator: ", ")).")
    }
    if let focus {
      sentences.append(
        "Marked: \(focus.name) \(compact(focus.width)) by \(compact(focus.height)) pixels at "
          + "\(compact(focus.x)), \(compact(focus.y)).")
    }
    if !note.isEmpty { sentences.append(note + ".") }
    return sentences.joined(separator: " ")
  }

  /// `boat 0.93`.
  static func text(_ box: Box) -> String {
    let score = box.score.map { decimal($0, places: 2) } ?? ""
    return [box.name, score].filter { !$0.isEmpty }.joined(separator: " ")
  }

  static func isDrawable(_ box: Box) -> Bool {
    [box.x, box.y, box.width, box.height].allSatisfy { $0.isFinite && $0.magnitude < 1e9 }
      && box.width >= 0 && box.height >= 0
  }

  // MARK: Mask

  func colour(ofClass index: Int) -> Colour {
    guard let mask, index >= 0, index < mask.names.count else { return .clear }
    return mask.colours.isEmpty ? .ofSeries(index) : mask.colours[index]
  }

  /// The mask as an image, transparent where a pixel has no named class.
  var maskPixels: Bitmap? {
    guard let mask else { return nil }
    var bitmap = Bitmap(width: mask.width, height: mask.height, filledWith: .clear)
    let opacity = mask.opacity.isFinite ? min(1, max(0, mask.opacity)) : 0.5
    let colours = mask.names.indices.map { colour(ofClass: $0).withOpacity(opacity) }
    for (position, index) in mask.classes.enumerated() where colours.indices.contains(index) {
      bitmap[position % mask.width, position / mask.width] = colours[index]
    }
    return bitmap
  }

  /// Classes with their share of the pixels, those that occur.
  var legendEntries: [(name: String, colour: Colour)] {
    guard let mask, !mask.classes.isEmpty else { return [] }
    var counts = [Int](repeating: 0, count: mask.names.count)
    for index in mask.classes where counts.indices.contains(index) { counts[index] += 1 }
    return counts.indices.filter { counts[$0] > 0 }.map { index in
      let share = 100 * Double(counts[index]) / Double(mask.classes.count)
      let percent = share < 1 ? "<1" : "\(share.whole(within: 0...100))"
      return ("\(mask.names[index]) \(percent) %", colour(ofClass: index))
    }
  }

  private var legend: Legend {
    Legend(
      entries: legendEntries.map { Legend.Entry(name: $0.name, colour: $0.colour, sample: .box) })
  }

  // MARK: Layout

  private static let side = 560.0
  private static let boxStyle = TextStyle(size: 12, isBold: true)

  private var scale: Double {
    let longer = Double(max(image.width, image.height, 1))
    return longer <= AnnotatedImage.side
      ? max(1, (AnnotatedImage.side / longer).rounded(.down)) : AnnotatedImage.side / longer
  }

  private var imageSize: Size {
    Size(
      max(1, Double(image.width) * scale), max(1, Double(image.height) * scale))
  }

  package func naturalSize(_ text: TextSetter) -> Size {
    var size = imageSize
    // The image of a tall scene is narrow: its legend and note still need some room.
    size.width = max(size.width, legendEntries.isEmpty && note.isEmpty ? 40 : 280)
    if !legendEntries.isEmpty { size.height += 10 + legend.height(text, width: size.width) }
    if !note.isEmpty {
      size.height += 8 + text.size(of: note, .note, width: size.width, lines: 4).height
    }
    return size
  }

  package func draw(on canvas: Canvas, in frame: Rectangle) {
    let size = imageSize
    let area = Rectangle(x: frame.x, y: frame.y, width: size.width, height: size.height)
    canvas.image(image, in: area)
    if let maskPixels { canvas.image(maskPixels, in: area) }
    canvas.clipped(to: area) {
      if let focus, AnnotatedImage.isDrawable(focus) { drawFocus(focus, canvas, area) }
      drawBoxes(canvas, area)
    }
    canvas.frame(area, Colour(0, 0, 0, 60))
    var y = area.bottom + 10
    if !legendEntries.isEmpty {
      let height = legend.height(canvas.text, width: frame.width)
      legend.draw(
        on: canvas, in: Rectangle(x: frame.x, y: y, width: frame.width, height: height))
      y += height
    }
    if !note.isEmpty {
      canvas.write(note, at: Point(frame.x, y - 2), .note, width: frame.width, lines: 4)
    }
  }

  private func place(_ box: Box, _ area: Rectangle) -> Rectangle {
    Rectangle(
      x: area.x + box.x * scale, y: area.y + box.y * scale, width: box.width * scale,
      height: box.height * scale)
  }

  private func drawFocus(_ focus: Box, _ canvas: Canvas, _ area: Rectangle) {
    let place = place(focus, area)
    let (left, right) = (max(area.x, place.x), min(area.right, place.right))
    let (top, bottom) = (max(area.y, place.y), min(area.bottom, place.bottom))
    let hole = Rectangle(
      x: left, y: top, width: max(0, right - left), height: max(0, bottom - top))
    canvas.fill(area, around: hole, Colour(255, 255, 255, 150))
    let colour = Colour.ofSeries(focus.colour)
    canvas.frame(place, .white, width: 5)
    canvas.frame(place, colour, width: 2.5)
    // The unit itself lies in the middle.
    let middle = Point(place.middle.x, place.middle.y)
    canvas.mark(.circle, at: middle, radius: 5, .white)
    canvas.mark(.circle, at: middle, radius: 3.5, colour)
    var taken: [Rectangle] = []
    drawLabel(AnnotatedImage.text(focus), place, colour, canvas, area, &taken)
  }

  private func drawBoxes(_ canvas: Canvas, _ area: Rectangle) {
    let drawable = boxes.filter(AnnotatedImage.isDrawable)
    for box in drawable {
      let place = place(box, area)
      // A light rim keeps the box visible on ground of its own colour.
      canvas.frame(place, Colour(255, 255, 255, 170), width: 5)
      canvas.frame(
        place,
        .ofSeries(box.colour), width: 3, dashes: box.isDashed ? [6, 4] : [])
    }
    var taken: [Rectangle] = []
    for box in drawable {
      drawLabel(
        AnnotatedImage.text(box), place(box, area), .ofSeries(box.colour), canvas, area, &taken)
    }
  }

  /// A name on its colour: above the box, or where the image and the other names leave room.
  private func drawLabel(
    _ label: String, _ box: Rectangle, _ colour: Colour, _ canvas: Canvas, _ area: Rectangle,
    _ taken: inout [Rectangle]
  ) {
    guard !label.isEmpty else { return }
    let style = AnnotatedImage.boxStyle.coloured(colour.readableInk)
    let size = canvas.text.size(of: label, style)
    let width = min(size.width + 8, area.width)
    let height = size.height + 3
    let x = max(area.x, min(box.x - 1, area.right - width))
    let candidates = [box.y - height, box.bottom, box.y, box.bottom - height].map {
      Rectangle(
        x: x, y: max(area.y, min($0, area.bottom - height)), width: width, height: height)
    }
    func isFree(_ place: Rectangle) -> Bool {
      !taken.contains {
        place.x < $0.right && $0.x < place.right && place.y < $0.bottom && $0.y < place.bottom
      }
    }
    let place =
      candidates.first { isFree($0) } ?? candidates[0]
    taken.append(place)
    canvas.fill(place, colour)
    canvas.write(
      label, at: Point(place.x + 4, place.y + 1.5), style, .left, .top, width: width - 6)
  }
}
