extension Scatter: FigureContent {
  package var summary: String {
    let points = groups.reduce(0) { $0 + self.points(of: $1).count }
    return "\(counted(points, "point"))"
      + (groups.count > 1 ? " in \(counted(groups.count, "class", plural: "classes"))" : "")
  }

  package var altText: String {
    var sentences = ["Points in a plane: \(summary)."]
    for group in groups.prefix(12) {
      let shown = points(of: group)
      guard !shown.isEmpty else { continue }
      let count = Double(shown.count)
      let x = shown.reduce(0) { $0 + $1.x / count }
      let y = shown.reduce(0) { $0 + $1.y / count }
      sentences.append(
        "\(group.name): \(counted(shown.count, "point")) around \(compact(x, significant: 3)), "
          + "\(compact(y, significant: 3)).")
    }
    return sentences.joined(separator: " ")
  }

  func points(of group: Group) -> [Point] {
    zip(group.x, group.y).compactMap {
      Axis.canShow($0, .linear) && Axis.canShow($1, .linear) ? Point($0, $1) : nil
    }
  }

  func axes(xCount: Int = 8, yCount: Int = 7) -> (x: Axis, y: Axis) {
    let shown = groups.flatMap { points(of: $0) }
    // Equal axes where both are the same quantity.
    let all = showsIdentity ? shown.flatMap { [$0.x, $0.y] } : []
    return (
      Axis(showsIdentity ? all : shown.map(\.x), scale: .linear, count: xCount),
      Axis(showsIdentity ? all : shown.map(\.y), scale: .linear, count: yCount)
    )
  }

  private var legend: Legend {
    guard groups.count > 1 else { return Legend(entries: []) }
    return Legend(
      entries: groups.indices.map {
        Legend.Entry(
          name: groups[$0].name, colour: .ofSeries($0), sample: .mark(Scatter.mark($0)))
      })
  }

  /// With each round of the colours the marks move on by one, so that 49 classes differ.
  private static func mark(_ index: Int) -> Mark {
    Mark.ofSeries(index + index / Colour.series.count)
  }

  /// Whether pictures are drawn: then the page is larger.
  private var hasPictures: Bool { groups.contains { !$0.pictures.isEmpty } }

  package func naturalSize(_ text: TextSetter) -> Size {
    let width = hasPictures ? 860.0 : showsIdentity ? 480 : 560
    return Size(width, (hasPictures ? 700 : 430) + legend.height(text, width: width))
  }

  package func draw(on canvas: Canvas, in frame: Rectangle) {
    let legend = legend
    legend.draw(on: canvas, in: frame)
    let axes = axes()
    let plot = PlotFrame(
      frame.inset(top: legend.height(canvas.text, width: frame.width)), xAxis: axes.x,
      yAxis: axes.y, xLabel: xLabel, yLabel: yLabel, text: canvas.text)
    if hidesNumbers {
      canvas.frame(plot.area, .hairline)
    } else {
      plot.draw(on: canvas)
    }
    let count = groups.reduce(0) { $0 + min($1.x.count, $1.y.count) }
    let radius = count > 2000 ? 2.0 : count > 400 ? 3 : 4
    let opacity = count > 2000 ? 0.5 : 0.8
    canvas.clipped(to: plot.area.inset(left: -6, top: -6, right: -6, bottom: -6)) {
      if showsIdentity, let start = plot.point(axes.x.low, axes.y.low),
        let end = plot.point(axes.x.high, axes.y.high)
      {
        canvas.line(start, end, .softInk, width: 1, dashes: [5, 4])
      }
      if hasPictures { drawPictures(on: canvas, plot) }
      for (index, group) in groups.enumerated() where group.pictures.isEmpty {
        // Of very many points an even selection looks the same.
        let shown = points(of: group)
        for position in stride(from: 0, to: shown.count, by: 1 + count / 50_000) {
          let point = shown[position]
          guard let place = plot.point(point.x, point.y) else { continue }
          canvas.mark(
            Scatter.mark(index), at: place, radius: radius,
            Colour.ofSeries(index).withOpacity(opacity))
        }
      }
    }
    if count == 0 {
      canvas.write(
        "no data", at: Point(plot.area.middle.x, plot.area.middle.y), .note, .middle, .middle)
    }
  }

  /// A picture where there is room: one that would cover another by more than a corner is left as a
  /// point, so that what is seen can be told.
  private func drawPictures(on canvas: Canvas, _ plot: PlotFrame) {
    let count = groups.reduce(0) { $0 + $1.pictures.count }
    let side = count > 400 ? 26.0 : count > 120 ? 34 : 44
    var taken: [Point] = []
    var shown: [(picture: Bitmap, place: Point, colour: Colour)] = []
    // Class by class in turn, so that none has all the room.
    for round in 0..<(groups.map(\.pictures.count).max() ?? 0) {
      for (index, group) in groups.enumerated() where round < group.pictures.count {
        guard round < group.x.count, round < group.y.count,
          let place = plot.point(group.x[round], group.y[round])
        else { continue }
        let colour = Colour.ofSeries(index)
        let isFree = taken.allSatisfy {
          max(($0.x - place.x).magnitude, ($0.y - place.y).magnitude) >= 0.75 * side
        }
        guard isFree else {
          canvas.mark(Scatter.mark(index), at: place, radius: 3, colour)
          continue
        }
        taken.append(place)
        shown.append((group.pictures[round], place, colour))
      }
    }
    // Above the marks, which would make them hard to read.
    for (picture, place, colour) in shown {
      let longer = Double(max(picture.width, picture.height, 1))
      let (width, height) = (
        side * Double(picture.width) / longer, side * Double(picture.height) / longer
      )
      let frame = Rectangle(
        x: place.x - width / 2, y: place.y - height / 2, width: width, height: height)
      canvas.image(picture, in: frame)
      canvas.frame(frame.inset(left: -1, top: -1, right: -1, bottom: -1), colour, width: 2)
    }
  }
}
