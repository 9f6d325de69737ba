// Images, grids and matrices as text.

extension Heatmap {
  package func terminalLines(_ page: TerminalPage) -> [String] {
    guard rows > 0 && columns > 0 else { return ["(no data)"] }
    if !page.style.isEnabled && (colourMap != .grey || page.background != .dark) {
      // Without colours, much is much ink, whatever the colours and the background would be.
      var (grey, page) = (self, page)
      (grey.range, grey.colourMap, page.background) = (colourRange, .grey, .dark)
      return grey.terminalLines(page)
    }
    if !cellTexts.isEmpty && rows <= 64, let table = table(page) { return table }
    if !rowNames.isEmpty && rows <= 64, let cells = namedCells(page) { return cells }
    return picture(page)
  }

  /// The matrix with a text in each cell, on its colour; nil if it is too wide.
  private func table(_ page: TerminalPage) -> [String]? {
    let longest = rowNames.map { displayWidth($0) }.max() ?? 0
    let names = columnNames.map { displayWidth($0) }.max() ?? 0
    for form in CellForm.allCases {
      let texts = cellTexts.map(form.text)
      let widest = texts.map { displayWidth($0) }.max() ?? 1
      // Comfortable cells show whole column names if these are not much longer than the texts.
      let comfortable = max(widest + 2, min(names + 2, 10, widest + 6))
      let tight = form == .number ? widest + 1 : comfortable
      for (nameWidth, cell) in [
        (min(longest, 24), comfortable), (min(longest, 10), comfortable), (min(longest, 10), tight),
      ] where nameWidth + 1 + cell * columns <= page.columns {
        let spare = (page.columns - nameWidth - 1) / max(1, columns)
        let width = min(max(cell, min(names + 2, spare)), 24)
        return table(page, texts, form, cell: width, nameWidth: nameWidth)
      }
    }
    return nil
  }

  /// What is kept of the text of a cell: less and less, the narrower the page.
  private enum CellForm: CaseIterable {
    /// Share and count.
    case whole
    case firstLine
    /// The first line without spaces and percent sign.
    case number

    func text(_ text: String) -> String {
      let lines = text.split(separator: "\n")
      switch self {
      case .whole: return lines.joined(separator: "  ")
      case .firstLine: return String(lines.first ?? "")
      case .number: return String((lines.first ?? "").filter { $0 != " " && $0 != "%" })
      }
    }
  }

  private func table(
    _ page: TerminalPage, _ texts: [String], _ form: CellForm, cell: Int, nameWidth: Int
  ) -> [String] {
    let range = colourRange
    var lines: [String] = []
    let left = String(repeating: " ", count: nameWidth + 1)
    if !columnLabel.isEmpty {
      let hasPercent = form == .number && cellTexts.contains { $0.contains("%") }
      let notes = [rowLabel.isEmpty ? "" : "rows: \(rowLabel)", hasPercent ? "in %" : ""]
        .filter { !$0.isEmpty }
      let label = columnLabel + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))")
      lines += wrapped(label, to: max(10, page.columns - left.count)).map {
        TextTable.trimmed(truncated(left + page.style.dim($0), to: page.columns))
      }
    }
    if !columnNames.isEmpty {
      // Coloured cells end with a space, others begin with one.
      let names = columnNames.map { name in
        let text = padded(truncated(name, to: cell - 1), to: cell - 1, alignment: .right)
        return page.style.isEnabled ? text + " " : " " + text
      }
      lines.append(left + names.joined())
    }
    for row in 0..<rows {
      let name = rowNames.isEmpty ? "" : truncated(rowNames[row], to: nameWidth)
      var line = padded(name, to: nameWidth) + " "
      for column in 0..<columns {
        let index = row * columns + column
        let text = padded(texts[index], to: cell - 1, alignment: .right) + " "
        guard page.style.isEnabled else {
          line += " " + String(text.dropLast())
          continue
        }
        let ground = colour(values[index], range)
        line += page.style.background(ground, page.style.foreground(ground.readableInk, text))
      }
      lines.append(TextTable.trimmed(line))
    }
    return lines
  }

  /// Cells of colour alone, two characters wide or one, beside the names of the rows; nil if they
  /// are too wide.
  private func namedCells(_ page: TerminalPage) -> [String]? {
    let longest = rowNames.map { displayWidth($0) }.max() ?? 0
    for (cell, name) in [(2, min(longest, 24)), (2, min(longest, 12)), (1, min(longest, 12))]
    where name + 1 + cell * columns <= page.columns {
      let range = colourRange
      var lines = (0..<rows).map { row -> String in
        var line = padded(truncated(rowNames[row], to: name), to: name) + " "
        for column in 0..<columns {
          let ground = colour(values[row * columns + column], range)
          let text =
            page.style.isEnabled
            ? String(repeating: " ", count: cell)
            : TerminalPicture.lines(
              Bitmap(width: cell, height: 2, filledWith: ground), columns: cell, maximumRows: 1,
              colour: .monochrome, background: page.background)[0]
          line += page.style.background(ground, text)
        }
        return TextTable.trimmed(line)
      }
      lines.append(page.scale(colourMap, range, valueLabel))
      let order = columnLabel.isEmpty ? "columns" : columnLabel
      lines += wrapped("\(order): from left to right, in the order of the rows", to: page.columns)
        .map(page.style.dim)
      return columnNames == rowNames || columnNames.isEmpty ? lines : Array(lines.dropLast())
    }
    return nil
  }

  /// The cells as coloured half blocks, with the meaning of the colours.
  private func picture(_ page: TerminalPage) -> [String] {
    let factor = max(1, min(page.columns / 2 / max(1, columns), page.rows / max(1, rows), 8))
    let small = pixels.reduced(
      toWidth: min(columns, page.columns), height: min(rows, 4 * page.columns))
    var lines = TerminalPicture.lines(
      small.enlarged(by: factor), columns: page.columns, maximumRows: max(4, page.rows - 2),
      colour: page.style.colour, background: page.background)
    lines.append(page.scale(colourMap, colourRange, valueLabel))
    return lines
  }
}

extension TerminalPage {
  /// The colours of a map between its two ends: `-1 ▀▀▀▀ 1  correlation`.
  func scale(_ map: ColourMap, _ range: ClosedRange<Double>, _ label: String) -> String {
    var strip = Bitmap(width: 16, height: 2)
    for x in 0..<16 {
      strip[x, 0] = map(Double(x) / 15)
      strip[x, 1] = map(Double(x) / 15)
    }
    let bar = TerminalPicture.lines(
      strip, columns: 16, maximumRows: 1, colour: style.colour, background: background)[0]
    let (low, high) = (
      compact(range.lowerBound, significant: 3), compact(range.upperBound, significant: 3)
    )
    return truncated(
      "\(low) \(bar) \(high)" + (label.isEmpty ? "" : "  " + style.dim(label)), to: columns)
  }
}

extension ImageGrid {
  package func terminalLines(_ page: TerminalPage) -> [String] {
    guard !tiles.isEmpty else { return ["(no \(noun))"] }
    // Tiles of a dozen cells or more, as many as fit and no more in a row than on paper; kernels of
    // a few pixels are smaller.
    let gap = 1
    let largest = tiles.prefix(100).reduce(1) { max($0, $1.image.width) }
    let least = largest <= 7 ? max(6, 2 * largest) : 12
    let wish = columns ?? max(1, min(tiles.count, (page.columns + gap) / (least + gap)))
    let inRow = max(
      1, min(wish, (page.columns + gap) / (min(least, page.columns) + gap), columnLimit))
    let tileWidth = min((page.columns + gap) / inRow - gap, 40)
    let tileRows = max(2, min(tileWidth / 2 + 1, page.rows))

    var lines: [String] = []
    var shown = 0
    for start in stride(from: 0, to: min(tiles.count, ImageGrid.maximumTiles), by: inRow) {
      // Twice the page is enough to look at; the rest is counted.
      if start > 0 && lines.count >= 2 * page.rows { break }
      let row = tiles[start..<min(start + inRow, tiles.count)]
      let blocks = row.map { block($0, page, width: tileWidth, rows: tileRows) }
      let pictures = blocks.map(\.picture)
      lines += TerminalPage.sideBySide(pictures, width: tileWidth, gap: gap)
      let captions = blocks.map(\.caption)
      lines += TerminalPage.sideBySide(captions, width: tileWidth, gap: gap)
      shown = start + row.count
    }
    if let colourBar { lines.append(page.scale(colourBar.map, colourBar.range, colourBar.label)) }
    let hidden = tiles.count - shown
    let notes = [hidden > 0 ? "… and \(grouped(hidden)) more \(noun)" : "", note]
      .filter { !$0.isEmpty }
    for note in notes { lines += wrapped(note, to: page.columns).map(page.style.dim) }
    return lines
  }

  /// No more tiles in a row than make tiles of 12 cells on the widest terminal that is sensible.
  private var columnLimit: Int { max(columnCount, 16) }

  private func block(
    _ tile: Tile, _ page: TerminalPage, width: Int, rows: Int
  ) -> (picture: [String], caption: [String]) {
    let image = tile.image
    let longer = max(image.width, image.height, 1)
    let factor = max(1, min(width / max(1, image.width), 2 * rows / max(1, longer), 16))
    let picture = TerminalPicture.lines(
      image.width * image.height < 65_536 ? image.enlarged(by: factor) : image, columns: width,
      maximumRows: rows, colour: page.style.colour, background: page.background)
    var caption: [String] = []
    let mark =
      switch tile.verdict {
      case .right: "✓ "
      case .wrong: "✗ "
      case nil: ""
      }
    let text = mark + tile.caption
    if !text.isEmpty {
      for line in wrapped(text, to: width).prefix(2) {
        let line = truncated(line, to: width)
        switch tile.verdict {
        case .right: caption.append(page.style.green(line))
        case .wrong: caption.append(page.style.yellow(line))
        case nil: caption.append(line)
        }
      }
    }
    return (picture, caption)
  }
}

extension AnnotatedImage {
  package func terminalLines(_ page: TerminalPage) -> [String] {
    guard image.width > 0 && image.height > 0 else { return ["(an image without pixels)"] }
    let rows = max(4, page.rows - 2)
    let scale = min(
      Double(page.columns) / Double(image.width), 2 * Double(rows) / Double(image.height))
    var picture = composed(scale: scale, columns: page.columns)
    let across = Double(picture.width) / Double(image.width)
    let down = Double(picture.height) / Double(image.height)
    for (index, box) in (boxes + (focus.map { [$0] } ?? [])).enumerated()
    where AnnotatedImage.isDrawable(box) {
      _ = index
      picture.outline(
        x: (box.x * across).whole(within: -100_000...100_000),
        y: (box.y * down).whole(within: -100_000...100_000),
        width: (box.width * across).whole(within: 1...100_000),
        height: (box.height * down).whole(within: 1...100_000), page.seriesColour(box.colour))
    }
    var lines = TerminalPicture.lines(
      picture, columns: page.columns, maximumRows: rows, colour: page.style.colour,
      background: page.background)
    let box = page.style.isEnabled ? "■" : "-"
    lines += page.legend(
      legendEntries.map { ($0.name, box, $0.colour) }
        + (boxes + (focus.map { [$0] } ?? [])).prefix(40).filter { !$0.name.isEmpty }.map {
          (AnnotatedImage.text($0), box, page.seriesColour($0.colour))
        })
    if !note.isEmpty { lines += wrapped(note, to: page.columns).map(page.style.dim) }
    return lines
  }

  /// Image and mask at the size of the terminal's half cells.
  private func composed(scale: Double, columns: Int) -> Bitmap {
    func fitted(_ bitmap: Bitmap) -> Bitmap {
      let factor = scale.rounded(.down).whole(within: 1...16)
      if scale >= 1 { return bitmap.enlarged(by: factor) }
      return bitmap.reduced(
        toWidth: (Double(image.width) * scale).whole(within: 1...columns),
        height: (Double(image.height) * scale).whole(within: 1...100_000))
    }
    var picture = fitted(image)
    guard let maskPixels, maskPixels.width > 0, maskPixels.height > 0 else { return picture }
    let mask = maskPixels.reduced(toWidth: picture.width, height: picture.height)
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        let top = mask[x * mask.width / picture.width, y * mask.height / picture.height]
        picture[x, y] = top.over(picture[x, y].over(.black))
      }
    }
    return picture
  }
}

extension Bitmap {
  /// Draws the border of a rectangle, one pixel wide, as far as it lies within.
  mutating func outline(
    x: Int, y: Int, width rectangleWidth: Int, height rectangleHeight: Int, _ colour: Colour
  ) {
    let (right, bottom) = (x + rectangleWidth - 1, y + rectangleHeight - 1)
    for column in max(0, x)..<max(max(0, x), min(width, right + 1)) {
      for row in [y, bottom] where row >= 0 && row < height { self[column, row] = colour }
    }
    for row in max(0, y)..<max(max(0, y), min(height, bottom + 1)) {
      for column in [x, right] where column >= 0 && column < width { self[column, row] = colour }
    }
  }
}
