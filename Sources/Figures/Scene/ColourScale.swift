/// A bar that tells what the colours of a map mean.
struct ColourScale {
  var map: ColourMap
  var range: ClosedRange<Double>
  var label: String

  private static let thickness = 14.0

  /// How high the bar is, which decides how many ticks it has room for.
  var height = 200.0

  /// With at least two numbers: those of the ends where no round ones lie between.
  private var axis: Axis {
    var axis = Axis(
      [range.lowerBound, range.upperBound], scale: .linear,
      count: (height / 40).whole(within: 2...6), isPadded: false)
    if axis.ticks.count < 2 {
      axis.ticks = [range.lowerBound, range.upperBound].map {
        Tick(value: $0, label: compact($0, significant: 3))
      }
    }
    return axis
  }

  /// Of an upright bar with ticks and label.
  func width(_ text: TextSetter) -> Double {
    ColourScale.thickness + 8 + text.widest(axis.ticks.map(\.label), .tick)
      + (label.isEmpty ? 0 : 24)
  }

  /// Draws it upright, at the left of `frame`, as high as that.
  func draw(on canvas: Canvas, in frame: Rectangle) {
    let axis = axis
    let bar = Rectangle(
      x: frame.x, y: frame.y, width: ColourScale.thickness, height: frame.height)
    // One colour per pixel row of a bitmap: an SVG of it stays small.
    var strip = Bitmap(width: 1, height: 128)
    for row in 0..<128 { strip[0, row] = map(1 - Double(row) / 127) }
    canvas.image(strip, in: bar)
    for tick in axis.ticks {
      guard let position = axis.position(tick.value), position > -1e-9, position < 1 + 1e-9 else {
        continue
      }
      let y = bar.bottom - position * bar.height
      canvas.line(Point(bar.right, y), Point(bar.right + 4, y), .softInk)
      canvas.write(tick.label, at: Point(bar.right + 7, y), .tick, .left, .middle)
    }
    if !label.isEmpty {
      canvas.write(
        label, at: Point(frame.x + width(canvas.text) - 18, bar.middle.y), .small, .middle, .top,
        width: max(60, frame.height), angle: -90)
    }
  }
}
