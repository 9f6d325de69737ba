/// How values are distributed: counts in bins of equal width, one outline for each series.
package struct Histogram: Sendable {
  package struct Series: Sendable {
    package var name: String
    package var values: [Float]
    package var colour: Colour?

    package init(_ name: String, values: [Float], colour: Colour? = nil) {
      self.name = name
      self.values = values
      self.colour = colour
    }
  }

  package var series: [Series]
  package var valueLabel: String
  /// The number of bins; nil lets the number of values decide.
  package var bins: Int?

  package init(series: [Series], valueLabel: String = "value", bins: Int? = nil) {
    self.series = series
    self.valueLabel = valueLabel
    self.bins = bins
  }
}
