extension Histogram: FigureContent {
  /// Counts of the finite values in bins of equal width.
  struct Binned {
    var low: Double
    var high: Double
    /// For each series, for each bin.
    var counts: [[Int]]
    /// How many values are NaN or infinite.
    var omitted: Int

    var width: Double { (high - low) / Double(max(1, counts.first?.count ?? 1)) }
  }

  var binned: Binned {
    var (low, high) = (Double.infinity, -Double.infinity)
    var (count, omitted) = (0, 0)
    for line in series {
      for value in line.values {
        guard value.isFinite else {
          omitted += 1
          continue
        }
        low = min(low, Double(value))
        high = max(high, Double(value))
        count += 1
      }
    }
    if low > high { (low, high) = (0, 1) }
    if high - low <= max(low.magnitude, high.magnitude) * 1e-6 {
      let half = max(low.magnitude * 0.1, 0.5)
      (low, high) = (low - half, high + half)
    }
    // Rice's rule for the largest series, kept to what can be seen.
    let largest = series.map(\.values.count).max() ?? 0
    let wish = bins ?? (2 * power(Double(largest), 1.0 / 3)).whole(within: 10...60)
    let bins = min(max(1, wish), 400)
    let scale = Double(bins) / (high - low)
    let counts = series.map { line in
      var counts = [Int](repeating: 0, count: bins)
      for value in line.values where value.isFinite {
        let bin = ((Double(value) - low) * scale).rounded(.down).whole(within: 0...(bins - 1))
        counts[bin] += 1
      }
      return counts
    }
    return Binned(low: low, high: high, counts: counts, omitted: omitted)
  }

  func colour(of index: Int) -> Colour { series[index].colour ?? .ofSeries(index) }

  package var summary: String {
    "histogram of \(counted(series.reduce(0) { $0 + $1.values.count }, "value"))"
  }

  package var altText: String {
    var sentences = ["A histogram of \(valueLabel)."]
    for line in series {
      let finite = line.values.filter(\.isFinite)
      guard let least = finite.min(), let most = finite.max() else {
        sentences.append("\(line.name): no values.")
        continue
      }
      let count = Double(finite.count)
      let mean = finite.reduce(0.0) { $0 + Double($1) / count }
      sentences.append(
        "\(line.name): \(counted(finite.count, "value")) from \(compact(Double(least))) to "
          + "\(compact(Double(most))), mean \(compact(mean)).")
    }
    if let note { sentences.append(note + ".") }
    return sentences.joined(separator: " ")
  }

  /// What the bins cannot show.
  var note: String? {
    let omitted = binned.omitted
    return omitted == 0 ? nil : "\(counted(omitted, "value")) not shown: NaN or infinite"
  }

  private var legend: Legend {
    guard series.count > 1 else { return Legend(entries: []) }
    return Legend(
      entries: series.indices.map {
        Legend.Entry(name: series[$0].name, colour: colour(of: $0), sample: .box)
      })
  }

  package func naturalSize(_ text: TextSetter) -> Size {
    Size(560, 330 + legend.height(text, width: 560) + (note == nil ? 0 : 22))
  }

  package func draw(on canvas: Canvas, in frame: Rectangle) {
    let binned = binned
    legend.draw(on: canvas, in: frame)
    var frame = frame.inset(top: legend.height(canvas.text, width: frame.width))
    if let note {
      canvas.write(note, at: Point(frame.x, frame.bottom), .note, .left, .bottom)
      frame = frame.inset(bottom: 22)
    }
    let largest = binned.counts.reduce(0) { max($0, $1.max() ?? 0) }
    let plot = PlotFrame(
      frame, xAxis: Axis([binned.low, binned.high], scale: .linear, count: 9, isPadded: false),
      yAxis: Axis([0, Double(max(1, largest))], scale: .linear, count: 5), xLabel: valueLabel,
      yLabel: "count", text: canvas.text)
    plot.draw(on: canvas, hasVerticalGrid: false)
    for (index, counts) in binned.counts.enumerated() {
      let colour = colour(of: index)
      let isAlone = series.count == 1
      if isAlone && counts.count <= 80 {
        for (bin, count) in counts.enumerated() where count > 0 {
          let left = binned.low + Double(bin) * binned.width
          guard let start = plot.point(left, Double(count)),
            let end = plot.point(left + binned.width, 0)
          else { continue }
          canvas.fill(
            Rectangle(
              x: start.x + 0.5, y: start.y, width: max(0.5, end.x - start.x - 1),
              height: end.y - start.y), colour)
        }
        continue
      }
      var outline: [Point] = []
      for (bin, count) in counts.enumerated() {
        let left = binned.low + Double(bin) * binned.width
        for x in [left, left + binned.width] {
          if let point = plot.point(x, Double(count)) { outline.append(point) }
        }
      }
      guard let first = outline.first, let last = outline.last else { continue }
      let base = plot.area.bottom
      canvas.polygon(
        [Point(first.x, base)] + outline + [Point(last.x, base)], colour.withOpacity(0.18))
      canvas.polyline(outline, colour, width: 1.5)
    }
  }
}
