// Plots over two axes as text.

extension LinePlot {
  package func terminalLines(_ page: TerminalPage) -> [String] {
    func index(_ position: Int) -> Int { series[position].colour ?? position }
    func isThin(_ position: Int) -> Bool { series[position].stroke == .thin }
    func colour(_ position: Int) -> Colour {
      let colour = page.seriesColour(index(position))
      // Half way to the background: behind the others.
      return isThin(position)
        ? colour.withOpacity(0.5).over(page.background.colour) : colour
    }
    func mark(_ position: Int) -> Character {
      isThin(position) ? "." : page.mark(index(position))
    }

    var header: [String] = []
    if !yLabel.isEmpty {
      header.append(page.style.dim(truncated(yLabel, to: page.columns)))
    }
    if series.count > 1 || yLabel.isEmpty {
      header += page.legend(
        series.indices.filter { !series[$0].name.isEmpty }.map { position in
          let sample = page.style.isEnabled ? "━━" : String(mark(position))
          return (series[position].name, sample, colour(position))
        })
    }
    guard series.contains(where: { !points(of: $0).isEmpty }) else { return header + ["(no data)"] }
    var plot = TerminalPlot(page, header: header.count, xLabel: xLabel) {
      axes(xCount: $0, yCount: $1)
    }
    // The thin ones first: what is drawn later has the cell's colour.
    for position in series.indices.filter(isThin) + series.indices.filter({ !isThin($0) }) {
      let line = series[position]
      let points = zip(line.x, line.y).map { canShow($0, $1) ? Point($0, $1) : nil }
      if line.stroke == .marks {
        for case let point? in points { plot.point(point, colour(position), mark(position)) }
      } else {
        plot.line(points, colour(position), mark(position))
      }
    }
    return header + plot.lines()
  }
}

extension Scatter {
  package func terminalLines(_ page: TerminalPage) -> [String] {
    var header: [String] = []
    if !yLabel.isEmpty { header.append(page.style.dim(truncated(yLabel, to: page.columns))) }
    if groups.count > 1 {
      header += page.legend(
        groups.indices.map { index in
          let sample = page.style.isEnabled ? "●" : String(page.mark(index))
          return (groups[index].name, sample, page.seriesColour(index))
        })
    }
    guard groups.contains(where: { !points(of: $0).isEmpty }) else { return header + ["(no data)"] }
    var plot = TerminalPlot(page, header: header.count, xLabel: xLabel) {
      axes(xCount: $0, yCount: $1)
    }
    if showsIdentity {
      let axes = axes()
      let ends = [Point(axes.x.low, axes.y.low), Point(axes.x.high, axes.y.high)]
      plot.line(ends, Colour(hex: 0x808080), ".")
    }
    for (index, group) in groups.enumerated() {
      for point in points(of: group) {
        plot.point(point, page.seriesColour(index), page.mark(index))
      }
    }
    return header + plot.lines()
  }
}

extension Histogram {
  /// Columns of eighth blocks, a plot for each series below each other, on one axis.
  package func terminalLines(_ page: TerminalPage) -> [String] {
    let labelWidth = min(7, max(0, page.columns - 12))
    let room = max(1, page.columns - labelWidth - 2)
    // As many bins as there is room for, each of whole cells.
    var fitted = self
    let natural = binned.counts.first?.count ?? 1
    fitted.bins = min(natural, room)
    let binned = fitted.binned
    let bins = binned.counts.first?.count ?? 1
    let cells = max(1, room / bins)
    let height = max(
      3, min(12, (page.rows - 4) / max(1, series.count) - (series.count > 1 ? 1 : 0)))
    let largest = max(1, binned.counts.reduce(0) { max($0, $1.max() ?? 0) })
    let isAscii = !page.style.isEnabled

    var lines: [String] = []
    for (index, counts) in binned.counts.enumerated() {
      let ink =
        series[index].colour.map {
          page.background == .dark ? $0.withOpacity(0.75).over(.white) : $0
        } ?? page.seriesColour(index)
      if series.count > 1 {
        lines.append(
          page.style.foreground(ink, truncated(series[index].name, to: page.columns)))
      }
      for row in stride(from: height - 1, through: 0, by: -1) {
        let bars = counts.map { count in
          let eighths = (Double(count) / Double(largest) * Double(height) * 8).whole(
            within: 0...(height * 8))
          // What occurs at all is visible.
          let shown = count > 0 ? max(1, eighths) : 0
          return String(
            repeating: Histogram.block(shown - 8 * row, isAscii: isAscii), count: cells)
        }.joined()
        let label =
          row == height - 1 ? grouped(largest) : row == 0 ? "0" : ""
        let axis = isAscii ? (label.isEmpty ? "|" : "+") : label.isEmpty ? "│" : "┤"
        lines.append(
          padded(truncated(label, to: labelWidth), to: labelWidth, alignment: .right) + " "
            + page.style.dim(axis) + page.style.foreground(ink, bars))
      }
    }
    let width = bins * cells
    lines.append(
      String(repeating: " ", count: labelWidth + 1)
        + page.style.dim(
          (isAscii ? "+" : "└") + String(repeating: isAscii ? "-" : "─", count: width)))
    lines.append(String(repeating: " ", count: labelWidth + 2) + ends(binned, width))
    lines.append(
      truncated(
        String(repeating: " ", count: labelWidth + 2)
          + padded(page.style.dim(valueLabel), to: width, alignment: .centre), to: page.columns))
    if let note { lines += wrapped(note, to: page.columns).map(page.style.dim) }
    return lines.map { TextTable.trimmed($0) }
  }

  /// The numbers at both ends and, if there is room, in the middle.
  private func ends(_ binned: Binned, _ width: Int) -> String {
    let left = compact(binned.low, significant: 3)
    let right = compact(binned.high, significant: 3)
    let middle = compact((binned.low + binned.high) / 2, significant: 3)
    let space = width - left.count - right.count
    guard space > 0 else { return truncated(left, to: width) }
    guard space > middle.count + 4 else {
      return left + String(repeating: " ", count: space) + right
    }
    let before = max(2, width / 2 - middle.count / 2 - left.count)
    let after = max(2, space - before - middle.count)
    return left + String(repeating: " ", count: before) + middle
      + String(repeating: " ", count: after) + right
  }

  /// A cell filled to so many eighths from below.
  private static func block(_ eighths: Int, isAscii: Bool) -> String {
    let filled = min(8, max(0, eighths))
    if isAscii { return [" ", ".", ".", ".", ":", ":", "#", "#", "#"][filled] }
    return [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"][filled]
  }
}

extension Bars {
  /// More categories than this are not listed.
  private static let maximumCategories = 60

  package func terminalLines(_ page: TerminalPage) -> [String] {
    let isAscii = !page.style.isEnabled
    var lines: [String] = []
    if series.count > 1 {
      lines += page.legend(
        series.indices.map { index in
          (series[index].name, isAscii ? String(page.mark(index)) : "■", page.seriesColour(index))
        })
    }
    let shown = min(categories.count, Bars.maximumCategories)
    let nameWidth = min(
      categories.prefix(shown).map { displayWidth($0) }.max() ?? 0, max(3, page.columns / 3))
    let texts = series.map { line in (0..<shown).map { label($0, line) } }
    let valueWidth = texts.flatMap { $0 }.map { displayWidth($0) }.max() ?? 0
    let room = max(1, page.columns - nameWidth - valueWidth - 2)
    let axis = valueAxis
    let zero = min(1, max(0, axis.position(scale == .linear ? 0 : axis.low) ?? 0))
    // The longest bar reaches as far as it can.
    let longest = series.reduce(0.0) { longest, line in
      line.values.reduce(longest) { max($0, ((axis.position($1) ?? zero) - zero).magnitude) }
    }
    for index in 0..<shown {
      for (number, line) in series.enumerated() {
        let name = number == 0 ? truncated(categories[index], to: nameWidth) : ""
        let value = value(index, line)
        let share = longest > 0 ? ((axis.position(value) ?? zero) - zero).magnitude / longest : 0
        let bar = Bars.bar(share, room, isAscii ? page.mark(number) : nil)
        let sign = value < 0 && !bar.isEmpty ? (isAscii ? "-" : "◂") : ""
        let text = truncated(
          padded(name, to: nameWidth) + " "
            + page.style.foreground(page.seriesColour(number), truncated(sign + bar, to: room))
            + " " + texts[number][index], to: page.columns)
        lines.append(TextTable.trimmed(text))
      }
    }
    if categories.count > shown {
      lines.append(page.style.dim("… and \(grouped(categories.count - shown)) more"))
    }
    if !valueLabel.isEmpty {
      lines.append(
        String(repeating: " ", count: min(nameWidth + 1, page.columns / 2))
          + page.style.dim(truncated(valueLabel, to: max(1, page.columns / 2))))
    }
    return lines
  }

  /// A bar of a share of `room` cells, in eighths of a cell, or of whole marks.
  private static func bar(_ share: Double, _ room: Int, _ mark: Character?) -> String {
    guard share > 0 else { return "" }
    if let mark {
      return String(repeating: mark, count: max(1, (share * Double(room)).whole(within: 0...room)))
    }
    let eighths = max(1, (share * Double(room) * 8).whole(within: 0...(room * 8)))
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    return String(repeating: "█", count: eighths / 8) + rest
  }
}
