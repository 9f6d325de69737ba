extension ImageGrid: FigureContent {
  private var shownCount: Int { min(tiles.count, ImageGrid.maximumTiles) }

  package var summary: String {
    let columns = columnCount
    if shownCount > columns && shownCount % columns == 0 && shownCount == tiles.count {
      return "\(columns)×\(shownCount / columns) \(noun)"
    }
    let singular = noun.hasSuffix("s") ? String(noun.dropLast()) : noun
    return counted(tiles.count, singular, plural: noun)
  }

  package var altText: String {
    var sentences = ["A grid of \(counted(tiles.count, "tile")): \(summary)."]
    let captions = tiles.prefix(shownCount).map { tile in
      let mark = tile.verdict.map { $0 == .right ? " (right)" : " (wrong)" } ?? ""
      return tile.caption.split(whereSeparator: \.isNewline).joined(separator: ", ") + mark
    }
    if captions.contains(where: { !$0.isEmpty }) {
      sentences.append(captions.prefix(60).joined(separator: "; ") + ".")
    }
    if !classNames.isEmpty {
      sentences.append("Colours of classes: \(classNames.joined(separator: ", ")).")
    }
    if !note.isEmpty { sentences.append(note + ".") }
    return sentences.joined(separator: " ")
  }

  /// How many tiles are in a row: half as many again as rows, and full rows where possible.
  var columnCount: Int {
    let count = max(1, shownCount)
    if let columns { return min(max(1, columns), count) }
    if count <= 5 { return count }
    let wish = (Double(count) * 1.5).squareRoot().rounded().whole(within: 1...count)
    for candidate in [wish, wish + 1, wish - 1, wish + 2]
    where candidate > 0 && candidate <= count && count % candidate == 0 { return candidate }
    return wish
  }

  // MARK: Layout

  private struct Plan {
    var columns: Int
    /// What images have at most.
    var image: Size
    var slotWidth: Double
    /// Of each row.
    var captionHeights: [Double]
    var gap: Double

    /// Where a row begins, below the top of the grid.
    func top(ofRow row: Int) -> Double {
      Double(row) * (image.height + gap) + captionHeights.prefix(row).reduce(0, +)
    }

    var height: Double { top(ofRow: captionHeights.count) - gap }
    var width: Double { Double(columns) * (slotWidth + gap) - gap }
  }

  private static let captionLines = 3
  private static let verdictInset = 5.0

  /// The size at which an image is drawn: small ones enlarged by a whole factor, so that their
  /// pixels show, others fitted.
  private static func fitted(_ bitmap: Bitmap, side: Double) -> Size {
    let longer = Double(max(bitmap.width, bitmap.height, 1))
    let scale = longer <= 48 && longer <= side ? (side / longer).rounded(.down) : side / longer
    return Size(
      max(1, Double(bitmap.width) * scale), max(1, Double(bitmap.height) * scale))
  }

  private var side: Double {
    if let tileSide { return Double(min(max(4, tileSide), 2048)) }
    switch shownCount {
    case ...4: return 224
    case ...12: return 160
    case ...40: return 128
    case ...100: return 84
    default: return 56
    }
  }

  private func plan(_ text: TextSetter) -> Plan {
    let shown = tiles.prefix(shownCount)
    var image = Size(1, 1)
    for tile in shown {
      let size = ImageGrid.fitted(tile.image, side: side)
      image.width = max(image.width, size.width)
      image.height = max(image.height, size.height)
    }
    let hasFrames = shown.contains { $0.verdict != nil }
    let hasCaptions = shown.contains { !ImageGrid.caption($0).isEmpty }
    let inset = hasFrames ? 2 * ImageGrid.verdictInset : 0
    // Captions of words need some width, numbers do not.
    let widest = hasCaptions ? text.widest(shown.map { ImageGrid.caption($0) }, captionStyle) : 0
    let slotWidth = max(image.width + inset, min(widest + 2, max(96, 1.25 * image.width)))
    let columns = columnCount
    var heights = [Double](repeating: 0, count: (shownCount + columns - 1) / columns)
    for (index, tile) in shown.enumerated() {
      let caption = ImageGrid.caption(tile)
      guard !caption.isEmpty else { continue }
      let height = text.size(
        of: caption, captionStyle, width: slotWidth, lines: ImageGrid.captionLines
      ).height
      heights[index / columns] = max(heights[index / columns], height + 5)
    }
    return Plan(
      columns: columns, image: Size(image.width + inset, image.height + inset),
      slotWidth: slotWidth, captionHeights: heights,
      gap: hasCaptions ? 12 : side < 60 ? 4 : 8)
  }

  private var captionStyle: TextStyle {
    side < 84 ? TextStyle(size: 10, colour: .softInk) : .small
  }

  /// The mark makes right and wrong differ without colour.
  private static func caption(_ tile: Tile) -> String {
    switch tile.verdict {
    case .right: "✓ " + tile.caption
    case .wrong: "✗ " + tile.caption
    case nil: tile.caption
    }
  }

  private var scale: ColourScale? {
    colourBar.map { ColourScale(map: $0.map, range: $0.range, label: $0.label) }
  }

  private var notes: String {
    let hidden = tiles.count - shownCount
    return [note, hidden > 0 ? "and \(grouped(hidden)) more \(noun)" : ""]
      .filter { !$0.isEmpty }.joined(separator: "; ")
  }

  private var legend: Legend {
    Legend(
      entries: classNames.enumerated().map { index, name in
        Legend.Entry(name: name, colour: .ofSeries(index), sample: .box)
      })
  }

  package func naturalSize(_ text: TextSetter) -> Size {
    guard shownCount > 0 else { return Size(200, 40) }
    let plan = plan(text)
    var size = Size(plan.width, plan.height)
    if let scale {
      size.width += 20 + scale.width(text)
      size.height = max(size.height, 120)
    }
    if !classNames.isEmpty {
      size.width = max(size.width, 280)
      size.height += 10 + legend.height(text, width: size.width)
    }
    if !notes.isEmpty {
      size.width = max(size.width, min(300, text.size(of: notes, .note).width + 2))
      size.height += 10 + text.size(of: notes, .note, width: size.width, lines: 4).height
    }
    return size
  }

  package func draw(on canvas: Canvas, in frame: Rectangle) {
    guard shownCount > 0 else {
      canvas.write("no \(noun)", at: Point(frame.middle.x, frame.middle.y), .note, .middle, .middle)
      return
    }
    let plan = plan(canvas.text)
    for (index, tile) in tiles.prefix(shownCount).enumerated() {
      let slot = Rectangle(
        x: frame.x + Double(index % plan.columns) * (plan.slotWidth + plan.gap),
        y: frame.y + plan.top(ofRow: index / plan.columns),
        width: plan.slotWidth, height: plan.image.height)
      draw(tile, on: canvas, in: slot)
    }
    if let scale {
      scale.draw(
        on: canvas,
        in: Rectangle(
          x: frame.x + plan.width + 20, y: frame.y + 6, width: scale.width(canvas.text),
          height: min(320, max(108, plan.height - 12))))
    }
    var top = frame.y + max(plan.height, scale == nil ? 0 : 120) + 10
    if !classNames.isEmpty {
      let height = legend.height(canvas.text, width: frame.width)
      legend.draw(
        on: canvas, in: Rectangle(x: frame.x, y: top, width: frame.width, height: height))
      top += height + 10
    }
    if !notes.isEmpty {
      canvas.write(notes, at: Point(frame.x, top), .note, width: frame.width, lines: 4)
    }
  }

  private func draw(_ tile: Tile, on canvas: Canvas, in slot: Rectangle) {
    let size = ImageGrid.fitted(tile.image, side: side)
    let frame = Rectangle(
      x: slot.middle.x - size.width / 2, y: slot.middle.y - size.height / 2, width: size.width,
      height: size.height)
    canvas.image(tile.image, in: frame)
    var style = captionStyle
    if let verdict = tile.verdict {
      let colour: Colour = verdict == .right ? .right : .wrong
      canvas.frame(frame.inset(left: -2, top: -2, right: -2, bottom: -2), colour, width: 3)
      // Darker than the frame, so that it can be read on white.
      style = style.coloured(verdict == .right ? Colour(hex: 0x006B4F) : Colour(hex: 0xA84300))
    } else {
      canvas.frame(
        frame.inset(left: -0.5, top: -0.5, right: -0.5, bottom: -0.5), Colour(0, 0, 0, 40))
    }
    let caption = ImageGrid.caption(tile)
    if !caption.isEmpty {
      canvas.write(
        caption, at: Point(slot.middle.x, slot.bottom + 4), style, .middle, width: slot.width,
        lines: ImageGrid.captionLines)
    }
  }
}
