extension LinePlot: FigureContent {
  package var summary: String {
    let points = series.reduce(0) { $0 + shownCount($1) }
    return "\(counted(series.count, "line")) of \(counted(points, "point"))"
  }

  package var altText: String {
    let axes = [xLabel, yLabel].filter { !$0.isEmpty }
    var sentences = [
      "A plot of \(counted(series.count, "line"))"
        + (axes.count == 2 ? ", \(yLabel) over \(xLabel)." : ".")
    ]
    for line in series.prefix(12) {
      let shown = points(of: line)
      guard let first = shown.first, let last = shown.last else {
        sentences.append("\(line.name): nothing to show.")
        continue
      }
      let (least, most) = shown.reduce((first.y, first.y)) { (min($0.0, $1.y), max($0.1, $1.y)) }
      sentences.append(
        "\(line.name): from \(compact(first.y)) at \(compact(first.x)) to \(compact(last.y)) at "
          + "\(compact(last.x)), between \(compact(least)) and \(compact(most)).")
    }
    let omitted = series.reduce(0) { $0 + min($1.x.count, $1.y.count) - shownCount($1) }
    if omitted > 0 { sentences.append("\(counted(omitted, "value")) cannot be shown.") }
    return sentences.joined(separator: " ")
  }

  func canShow(_ x: Double, _ y: Double) -> Bool {
    Axis.canShow(x, xScale) && Axis.canShow(y, yScale)
  }

  private func shownCount(_ line: Series) -> Int {
    zip(line.x, line.y).reduce(0) { $0 + (canShow($1.0, $1.1) ? 1 : 0) }
  }

  func points(of line: Series) -> [Point] {
    zip(line.x, line.y).compactMap { canShow($0, $1) ? Point($0, $1) : nil }
  }

  /// The axes for all series.
  func axes(xCount: Int = 8, yCount: Int = 6) -> (x: Axis, y: Axis) {
    let shown = series.flatMap { points(of: $0) }
    return (
      Axis(shown.lazy.map(\.x), scale: xScale, count: xCount, isPadded: shown.count < 2),
      Axis(shown.lazy.map(\.y), scale: yScale, includes: yIncludes, count: yCount)
    )
  }

  func colour(of index: Int) -> Colour { Colour.ofSeries(series[index].colour ?? index) }

  private func mark(of index: Int) -> Mark { Mark.ofSeries(series[index].colour ?? index) }

  /// After the colours are used up, dashes tell lines apart.
  private func dashes(of index: Int) -> [Double] {
    if series[index].stroke == .dashed { return [6, 4] }
    let round = (series[index].colour ?? index) / Colour.series.count
    return [[], [8, 3], [2, 3], [8, 3, 2, 3]][((round % 4) + 4) % 4]
  }

  private var legend: Legend {
    // One line needs no name, since the y axis has it.
    guard series.count > 1 || (yLabel.isEmpty && !(series.first?.name.isEmpty ?? true)) else {
      return Legend(entries: [])
    }
    return Legend(
      entries: series.indices.filter { !series[$0].name.isEmpty }.map { index in
        let sample: Legend.Sample =
          switch series[index].stroke {
          case .line, .lineAndMarks, .dashed: .line(dashes: dashes(of: index))
          case .thin: .thinLine
          case .marks: .mark(mark(of: index))
          }
        return Legend.Entry(name: series[index].name, colour: colour(of: index), sample: sample)
      })
  }

  package func naturalSize(_ text: TextSetter) -> Size {
    Size(620, 360 + legend.height(text, width: 620))
  }

  package func draw(on canvas: Canvas, in frame: Rectangle) {
    let legend = legend
    let legendHeight = legend.height(canvas.text, width: frame.width)
    legend.draw(on: canvas, in: frame)
    let axes = axes(yCount: max(2, ((frame.height - legendHeight) / 55).whole(within: 2...12)))
    let plot = PlotFrame(
      frame.inset(top: legendHeight), xAxis: axes.x, yAxis: axes.y, xLabel: xLabel, yLabel: yLabel,
      text: canvas.text)
    plot.draw(on: canvas)
    // A little beyond the area, so that lines and marks on its border are whole.
    canvas.clipped(to: plot.area.inset(left: -6, top: -6, right: -6, bottom: -6)) {
      for index in series.indices { draw(index, on: canvas, plot) }
    }
    if axes.y.ticks.isEmpty || series.allSatisfy({ points(of: $0).isEmpty }) {
      let middle = plot.area.middle
      canvas.write("no data", at: Point(middle.x, middle.y), .note, .middle, .middle)
    }
  }

  private func draw(_ index: Int, on canvas: Canvas, _ plot: PlotFrame) {
    let (line, colour) = (series[index], colour(of: index))
    var pieces: [[Point]] = [[]]
    for (x, y) in zip(line.x, line.y) {
      if let point = plot.point(x, y) {
        pieces[pieces.count - 1].append(point)
      } else if !pieces[pieces.count - 1].isEmpty {
        pieces.append([])
      }
    }
    for piece in pieces where !piece.isEmpty {
      let thinned = LinePlot.thinned(piece)
      switch line.stroke {
      case .line, .lineAndMarks, .dashed:
        canvas.polyline(thinned, colour, width: 2, dashes: dashes(of: index))
      case .thin:
        canvas.polyline(thinned, colour.withOpacity(0.45), width: 1)
      case .marks: break
      }
      // A point alone would be an invisible line.
      let hasMarks = line.stroke == .marks || line.stroke == .lineAndMarks
      if piece.count == 1 || (hasMarks && piece.count <= 2000) {
        for point in piece {
          canvas.mark(mark(of: index), at: point, radius: 4, colour)
        }
      }
    }
  }

  /// Of many points in one column of pixels only the first, the lowest, the highest and the last:
  /// a million steps look the same and are drawn at once.
  static func thinned(_ points: [Point]) -> [Point] {
    guard points.count > 4000 else { return points }
    var result: [Point] = []
    var start = 0
    while start < points.count {
      let column = points[start].x.rounded(.down)
      var (end, lowest, highest) = (start, start, start)
      while end < points.count && points[end].x.rounded(.down) == column {
        if points[end].y < points[lowest].y { lowest = end }
        if points[end].y > points[highest].y { highest = end }
        end += 1
      }
      var last = -1
      for position in [start, min(lowest, highest), max(lowest, highest), end - 1]
      where position > last {
        result.append(points[position])
        last = position
      }
      start = end
    }
    // Points that wander to and fro across the page have no such columns: a selection has to do.
    let step = 1 + result.count / 50_000
    return step == 1 ? result : stride(from: 0, to: result.count, by: step).map { result[$0] }
  }
}
