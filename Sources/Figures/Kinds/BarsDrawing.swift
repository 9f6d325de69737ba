extension Bars: FigureContent {
  package var summary: String {
    "\(counted(categories.count, "bar"))"
      + (series.count > 1 ? " of \(counted(series.count, "series", plural: "series"))" : "")
  }

  package var altText: String {
    let rows = categories.indices.prefix(40).map { index in
      let values = series.map { line in
        (series.count > 1 ? "\(line.name) " : "") + label(index, line)
      }
      return "\(categories[index]) \(values.joined(separator: ", "))"
    }
    let unit = valueLabel.isEmpty ? "" : " (\(valueLabel))"
    return "Bars\(unit): \(rows.joined(separator: "; "))."
  }

  /// The value of a category, or what is not a number where there is none.
  func value(_ index: Int, _ line: Series) -> Double {
    index < line.values.count ? line.values[index] : .nan
  }

  /// What is written beside a bar; nothing where there is no value.
  func label(_ index: Int, _ line: Series) -> String {
    index < line.values.count ? Bars.text(line.values[index]) : ""
  }

  private static func text(_ value: Double) -> String {
    guard value.isFinite else { return decimal(value, places: 0) }
    return value == value.rounded() && value.magnitude < 1e12
      ? grouped(value.whole(within: -1_000_000_000_000...1_000_000_000_000))
      : compact(value, significant: 3)
  }

  private var legend: Legend {
    guard series.count > 1 else { return Legend(entries: []) }
    return Legend(
      entries: series.indices.map {
        Legend.Entry(name: series[$0].name, colour: .ofSeries($0), sample: .box)
      })
  }

  var valueAxis: Axis {
    let values = series.flatMap { $0.values }
    return Axis(
      values, scale: scale, includes: scale == .linear ? 0...0 : 1...1, count: 6)
  }

  /// More bars than this are not drawn but counted.
  private static let maximumCategories = 100

  private var hiddenNote: String? {
    let hidden = categories.count - Bars.maximumCategories
    return hidden > 0 ? "and \(grouped(hidden)) more" : nil
  }

  /// Names longer than this end in `…`.
  private static let maximumNameWidth = 220.0
  private static let thickness = 16.0

  /// How wide a category is when the bars stand, if its names fit below them.
  private func slotWidth(_ text: TextSetter) -> Double? {
    guard categories.count <= 16 else { return nil }
    let bars = Double(max(1, series.count)) * 26 + 18
    let slot = max(
      bars, text.widest(categories, .small) + 14, 420 / Double(max(1, categories.count)))
    return slot * Double(categories.count) <= 760 ? slot : nil
  }

  private var slotHeight: Double { Bars.thickness * Double(max(1, series.count)) + 10 }

  package func naturalSize(_ text: TextSetter) -> Size {
    let axis = valueAxis
    if let slot = slotWidth(text) {
      let width = max(
        420, slot * Double(categories.count) + text.widest(axis.ticks.map(\.label), .tick) + 50)
      return Size(width, 320 + legend.height(text, width: width))
    }
    let count = min(categories.count, Bars.maximumCategories)
    let height = slotHeight * Double(count) + 60 + (hiddenNote == nil ? 0 : 22)
    return Size(640, height + legend.height(text, width: 640))
  }

  package func draw(on canvas: Canvas, in frame: Rectangle) {
    legend.draw(on: canvas, in: frame)
    let area = frame.inset(top: legend.height(canvas.text, width: frame.width))
    if slotWidth(canvas.text) != nil {
      drawStanding(canvas, area)
    } else {
      drawLying(canvas, area)
    }
  }

  private func drawStanding(_ canvas: Canvas, _ frame: Rectangle) {
    let count = Double(max(1, categories.count))
    let plot = PlotFrame(
      frame.inset(top: 14), xAxis: Axis([0, count], scale: .linear, isPadded: false),
      yAxis: valueAxis, xLabel: "",
      yLabel: valueLabel, text: canvas.text)
    plot.draw(on: canvas, hasVerticalGrid: false, hasXTicks: false)
    let slot = plot.area.width / count
    let bar = min(48, slot * 0.8 / Double(max(1, series.count)))
    let zero = min(1, max(0, plot.yAxis.position(scale == .linear ? 0 : plot.yAxis.low) ?? 0))
    for (index, name) in categories.enumerated() {
      let middle = plot.area.x + slot * (Double(index) + 0.5)
      canvas.write(
        name, at: Point(middle, plot.area.bottom + 7), .small, .middle, width: slot - 4)
      var x = middle - bar * Double(series.count) / 2
      for (number, line) in series.enumerated() {
        let value = value(index, line)
        if let position = plot.yAxis.position(value) {
          let (low, high) = (min(zero, position), max(zero, position))
          canvas.fill(
            Rectangle(
              x: x + 1, y: plot.area.bottom - high * plot.area.height, width: bar - 2,
              height: (high - low) * plot.area.height), .ofSeries(number))
        }
        let top = max(zero, plot.yAxis.position(value) ?? zero)
        let label = label(index, line)
        let style = TextStyle.tick.sized(11)
        if canvas.text.size(of: label, style).width <= bar + 4 {
          canvas.write(
            label, at: Point(x + bar / 2, plot.area.bottom - top * plot.area.height - 2), style,
            .middle, .bottom)
        }
        x += bar
      }
    }
  }

  private func drawLying(_ canvas: Canvas, _ frame: Rectangle) {
    var frame = frame
    if let hiddenNote {
      canvas.write(hiddenNote, at: Point(frame.x, frame.bottom), .note, .left, .bottom)
      frame = frame.inset(bottom: 22)
    }
    let axis = valueAxis
    let categories = categories.prefix(Bars.maximumCategories)
    let names = min(Bars.maximumNameWidth, canvas.text.widest(Array(categories), .small))
    let texts = series.flatMap { line in categories.indices.map { label($0, line) } }
    let valueStyle = TextStyle.tick.sized(11)
    let area = frame.inset(
      left: names + 10, right: canvas.text.widest(texts, valueStyle) + 10,
      bottom: 24 + (valueLabel.isEmpty ? 0 : 22))
    for tick in axis.ticks {
      guard let position = axis.position(tick.value) else { continue }
      let x = area.x + position * area.width
      canvas.line(Point(x, area.y), Point(x, area.bottom), .hairline)
      canvas.write(tick.label, at: Point(x, area.bottom + 5), .tick, .middle)
    }
    if !valueLabel.isEmpty {
      canvas.write(valueLabel, at: Point(area.middle.x, area.bottom + 25), .label, .middle)
    }
    let zero = min(1, max(0, axis.position(scale == .linear ? 0 : axis.low) ?? 0))
    let slot = area.height / Double(max(1, categories.count))
    let bar = min(Bars.thickness, slot / Double(max(1, series.count)) * 0.8)
    for (index, name) in categories.enumerated() {
      let middle = area.y + slot * (Double(index) + 0.5)
      canvas.write(
        name, at: Point(area.x - 8, middle), .small, .right, .middle,
        width: Bars.maximumNameWidth)
      var y = middle - bar * Double(series.count) / 2
      for (number, line) in series.enumerated() {
        let value = value(index, line)
        let position = axis.position(value) ?? zero
        let (low, high) = (min(zero, position), max(zero, position))
        canvas.fill(
          Rectangle(
            x: area.x + low * area.width, y: y + 0.5, width: (high - low) * area.width,
            height: bar - 1), .ofSeries(number))
        canvas.write(
          label(index, line), at: Point(area.x + high * area.width + 4, y + bar / 2), valueStyle,
          .left, .middle)
        y += bar
      }
    }
    canvas.line(
      Point(area.x + zero * area.width, area.y), Point(area.x + zero * area.width, area.bottom),
      Colour(hex: 0x8C8C8C))
  }
}
