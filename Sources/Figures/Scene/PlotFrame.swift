/// The two axes of a plot with grid, ticks and labels, and the area between them.
struct PlotFrame {
  var xAxis: Axis
  var yAxis: Axis
  var xLabel: String
  var yLabel: String
  /// Where data are drawn.
  private(set) var area: Rectangle

  /// Lays the axes out in `frame`, with room for the widest tick label.
  init(
    _ frame: Rectangle, xAxis: Axis, yAxis: Axis, xLabel: String, yLabel: String, text: TextSetter
  ) {
    self.xAxis = xAxis
    self.yAxis = yAxis
    self.xLabel = xLabel
    self.yLabel = yLabel
    let ticks = text.widest(yAxis.ticks.map(\.label), .tick)
    area = frame.inset(
      left: ticks + 10 + (yLabel.isEmpty ? 0 : 22), top: 8, right: 14,
      bottom: 24 + (xLabel.isEmpty ? 0 : 22))
  }

  /// Where a point lies on the page; nil if an axis cannot show it.
  func point(_ x: Double, _ y: Double) -> Point? {
    guard let across = xAxis.position(x), let up = yAxis.position(y) else { return nil }
    return Point(area.x + across * area.width, area.bottom - up * area.height)
  }

  /// Grid, axis and labels, drawn before the data. `hasVerticalGrid` is false under bars.
  func draw(on canvas: Canvas, hasVerticalGrid: Bool = true, hasXTicks: Bool = true) {
    for value in yAxis.minorTicks { horizontalGridLine(canvas, value, .hairline.withOpacity(0.5)) }
    if hasVerticalGrid {
      for value in xAxis.minorTicks { verticalGridLine(canvas, value, .hairline.withOpacity(0.5)) }
      for tick in xAxis.ticks { verticalGridLine(canvas, tick.value, .hairline) }
    }
    for tick in yAxis.ticks {
      horizontalGridLine(canvas, tick.value, .hairline)
      guard let position = yAxis.position(tick.value) else { continue }
      let y = area.bottom - position * area.height
      canvas.write(tick.label, at: Point(area.x - 8, y), .tick, .right, .middle)
    }
    canvas.line(
      Point(area.x, area.bottom), Point(area.right, area.bottom), Colour(hex: 0x8C8C8C), width: 1)
    if hasXTicks { drawXTicks(canvas) }
    if !xLabel.isEmpty {
      canvas.write(
        xLabel, at: Point(area.middle.x, area.bottom + 26), .label, .middle, width: area.width)
    }
    if !yLabel.isEmpty {
      let left = area.x - 10 - canvas.text.widest(yAxis.ticks.map(\.label), .tick) - 20
      canvas.write(
        yLabel, at: Point(left, area.middle.y), .label, .middle, .top,
        width: max(40, area.height), angle: -90)
    }
  }

  /// Labels that would touch the one before are left out.
  private func drawXTicks(_ canvas: Canvas) {
    var free = -Double.infinity
    for tick in xAxis.ticks {
      guard let position = xAxis.position(tick.value) else { continue }
      let x = area.x + position * area.width
      canvas.line(
        Point(x, area.bottom), Point(x, area.bottom + 4), Colour(hex: 0x8C8C8C), width: 1)
      let width = canvas.text.size(of: tick.label, .tick).width
      guard x - width / 2 > free else { continue }
      canvas.write(tick.label, at: Point(x, area.bottom + 6), .tick, .middle)
      free = x + width / 2 + 6
    }
  }

  private func horizontalGridLine(_ canvas: Canvas, _ value: Double, _ colour: Colour) {
    guard let position = yAxis.position(value) else { return }
    let y = area.bottom - position * area.height
    canvas.line(Point(area.x, y), Point(area.right, y), colour)
  }

  private func verticalGridLine(_ canvas: Canvas, _ value: Double, _ colour: Colour) {
    guard let position = xAxis.position(value) else { return }
    let x = area.x + position * area.width
    canvas.line(Point(x, area.y), Point(x, area.bottom), colour)
  }
}
