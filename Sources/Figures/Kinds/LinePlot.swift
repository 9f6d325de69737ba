/// How an axis runs.
package enum AxisScale: Sendable, Equatable {
  case linear
  /// Powers of ten; values that are not above zero are left out and counted in the alternative text.
  case logarithmic
}

/// Lines over two axes: a learning-rate schedule, losses over steps, accuracy over k.
package struct LinePlot: Sendable {
  /// One line.
  package struct Series: Sendable {
    package enum Stroke: Sendable, Equatable {
      case line
      /// Thin and half transparent: noisy values for every step, behind others.
      case thin
      case dashed
      case marks
      case lineAndMarks
    }

    package var name: String
    package var x: [Double]
    package var y: [Double]
    package var stroke: Stroke
    /// Which of the colours; its position among the series when nil.
    package var colour: Int?

    /// Points (`x[i]`, `y[i]`); those without a partner and those that are not finite are left out,
    /// and break the line.
    package init(
      _ name: String, x: [Double], y: [Double], stroke: Stroke = .line, colour: Int? = nil
    ) {
      self.name = name
      self.x = x
      self.y = y
      self.stroke = stroke
      self.colour = colour
    }

    /// Values at `first`, `first + 1`, …
    package init(
      _ name: String, y: [Double], from first: Int = 0, stroke: Stroke = .line, colour: Int? = nil
    ) {
      self.init(
        name, x: y.indices.map { Double(first) + Double($0) }, y: y, stroke: stroke, colour: colour)
    }
  }

  package var series: [Series]
  package var xLabel: String
  package var yLabel: String
  package var xScale: AxisScale
  package var yScale: AxisScale
  /// What the y axis must at least show, for example 0…1 for an accuracy.
  package var yIncludes: ClosedRange<Double>?

  package init(
    series: [Series], xLabel: String = "", yLabel: String = "", xScale: AxisScale = .linear,
    yScale: AxisScale = .linear, yIncludes: ClosedRange<Double>? = nil
  ) {
    self.series = series
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.xScale = xScale
    self.yScale = yScale
    self.yIncludes = yIncludes
  }
}
