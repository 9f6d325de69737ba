/// Which pixels of the network's input one unit of a feature map can see.
///
/// The unit at row r sees input rows `rows.first + r·rows.step … rows.last + r·rows.step`, both
/// included; rows outside the image are padding. The size counts what the windows reach, whatever
/// the image's size (Araujo et al., "Computing Receptive Fields of CNNs", Distill 2019).
package struct ReceptiveField: Equatable, Sendable {
  /// One axis of the field of the unit at index 0.
  package struct Span: Equatable, Sendable {
    /// First pixel seen; negative where padding is.
    package var first: Double
    /// Last pixel seen.
    package var last: Double
    /// Pixels from one unit's field to the next one's; below 1 after upsampling.
    package var step: Double

    package init(first: Double, last: Double, step: Double) {
      self.first = first
      self.last = last
      self.step = step
    }

    /// Pixels seen.
    package var size: Double { last - first + 1 }
    /// The middle of the field.
    package var center: Double { (first + last) / 2 }

    /// What a window of `extent` taps `dilation` apart sees that starts `before` units outside.
    func windowed(extent: Int, stride: Int, before: Int) -> Span {
      Span(
        first: first - Double(before) * step,
        last: last + Double(extent - 1 - before) * step,
        step: step * Double(stride))
    }
  }

  package var rows: Span
  package var columns: Span
  /// True after a global operation, a flatten or a dense layer: every unit sees all pixels.
  package var isWholeInput: Bool

  /// A pixel of the input itself.
  package static let pixel = ReceptiveField(
    rows: Span(first: 0, last: 0, step: 1), columns: Span(first: 0, last: 0, step: 1),
    isWholeInput: false)

  /// All that any of the fields holds. Maps that are joined have the same step.
  package static func union(_ fields: [ReceptiveField]) -> ReceptiveField {
    guard var result = fields.first else { return .pixel }
    for field in fields.dropFirst() {
      result.rows = union(result.rows, field.rows)
      result.columns = union(result.columns, field.columns)
      result.isWholeInput = result.isWholeInput || field.isWholeInput
    }
    return result
  }

  private static func union(_ a: Span, _ b: Span) -> Span {
    Span(first: min(a.first, b.first), last: max(a.last, b.last), step: max(a.step, b.step))
  }

  /// What a window placed on maps with this field sees.
  package func windowed(_ window: Window, _ placement: Window.Placement) -> ReceptiveField {
    ReceptiveField(
      rows: rows.windowed(
        extent: window.extent.height, stride: window.stride.height, before: placement.top),
      columns: columns.windowed(
        extent: window.extent.width, stride: window.stride.width, before: placement.left),
      isWholeInput: isWholeInput)
  }

  /// The field of a unit that sees a whole map of `shape` `[H, W, C]` whose units have this field.
  package func whole(of shape: [Int]) -> ReceptiveField {
    var field = self
    if shape.count == 3 {
      field.rows.last += Double(shape[0] - 1) * rows.step
      field.columns.last += Double(shape[1] - 1) * columns.step
    }
    field.isWholeInput = true
    return field
  }
}
