// Signatures that others build against; the bodies follow with the drawing.

package struct TextSetter {}
package struct Canvas {}

extension Figure {
  /// Width and height of `bitmap(scale: 1)`, in pixels.
  package var size: (width: Int, height: Int) { preconditionFailure("in progress") }

  /// The figure as pixels; `scale` 2 doubles the resolution.
  /// - Throws: `FigureError.tooLarge`, `.scale`, `.library`.
  package func bitmap(scale: Double = 1) throws -> Bitmap { preconditionFailure("in progress") }

  /// The figure as a document of Scalable Vector Graphics.
  /// - Throws: `FigureError.library`.
  package func svg() throws -> String { preconditionFailure("in progress") }

  /// The figure as text of at most `columns` cells a line and about `rows` lines, joined by
  /// newlines, without one at the end.
  package func terminal(
    columns: Int = 80, rows: Int = 24, colour: ColourDepth, background: TerminalBackground = .dark
  ) -> String { preconditionFailure("in progress") }
}

extension FigureContent {
  package var summary: String { preconditionFailure("in progress") }
  package var altText: String { preconditionFailure("in progress") }
  package func naturalSize(_ text: TextSetter) -> Size { preconditionFailure("in progress") }
  package func draw(on canvas: Canvas, in frame: Rectangle) { preconditionFailure("in progress") }
  package func terminalLines(_ page: TerminalPage) -> [String] {
    preconditionFailure("in progress")
  }
}

extension LinePlot: FigureContent {}
extension TrainingCurves: FigureContent {}
extension Bars: FigureContent {}
extension Histogram: FigureContent {}
extension Scatter: FigureContent {}
extension Heatmap: FigureContent {}
extension ImageGrid: FigureContent {}
extension AnnotatedImage: FigureContent {}
extension Composition: FigureContent {}
