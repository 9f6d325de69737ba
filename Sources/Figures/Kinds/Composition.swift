/// Figures side by side, in rows.
package struct Composition: Sendable {
  package var figures: [Figure]
  /// How many in a row; nil chooses for a pleasant page.
  package var columns: Int?

  package init(_ figures: [Figure], columns: Int? = nil) {
    self.figures = figures
    self.columns = columns
  }
}
