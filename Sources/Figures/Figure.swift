/// What can be drawn: a description, and how it looks on a page and as terminal text.
///
/// A new kind of figure is one file in `Kinds/` with a type that conforms.
package protocol FigureContent: Sendable {
  /// What it is, in a few words for a transcript: `2 lines of 40 points`, `6×4 images`.
  var summary: String { get }

  /// What it shows, in sentences for those who cannot see it.
  var altText: String { get }

  /// The size at which it reads well, in units of 1/96 inch (a pixel at scale 1), no title included.
  func naturalSize(_ text: TextSetter) -> Size

  /// Draws it within `frame`, whose size is at least the natural one.
  func draw(on canvas: Canvas, in frame: Rectangle)

  /// Its lines as terminal text: at most `page.columns` wide, about `page.rows` of them.
  func terminalLines(_ page: TerminalPage) -> [String]
}

/// A titled figure: one description, drawn as pixels, as SVG and as terminal text.
///
///     let figure = Figure("Learning rate", LinePlot(series: [.init("rate", y: rates)]))
///     let bitmap = try figure.bitmap(scale: 2)
///     print(figure.terminal(columns: 80, colour: .trueColour))
package struct Figure: Sendable {
  /// Drawn above the content; may be empty.
  package var title: String
  package var content: any FigureContent

  package init(_ title: String = "", _ content: any FigureContent) {
    self.title = title
    self.content = content
  }

  /// One line for transcripts: `figure: 6×4 images, 812×640`.
  package var summary: String {
    let (width, height) = size
    return "figure: \(content.summary), \(width)×\(height)"
  }

  /// A description for those who cannot see it.
  package var altText: String {
    title.isEmpty ? content.altText : "\(title). \(content.altText)"
  }
}
