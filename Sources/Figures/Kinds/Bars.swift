/// Bars for named things: class counts, in training and validation data side by side. They lie
/// horizontally when the names are long or many.
package struct Bars: Sendable {
  /// One bar for each category.
  package struct Series: Sendable {
    package var name: String
    package var values: [Double]

    package init(_ name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  package var categories: [String]
  package var series: [Series]
  /// What the lengths mean: `images`.
  package var valueLabel: String
  package var scale: AxisScale

  package init(
    categories: [String], series: [Series], valueLabel: String = "", scale: AxisScale = .linear
  ) {
    self.categories = categories
    self.series = series
    self.valueLabel = valueLabel
    self.scale = scale
  }
}
