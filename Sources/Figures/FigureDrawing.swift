import CCairo

extension Figure {
  /// White space around a figure.
  static let margin = 20.0
  /// Between the title and the content.
  private static let titleGap = 10.0
  /// Cairo's image surfaces are not wider or higher than this.
  private static let maximumSide = 32_767.0

  /// Width and height of `bitmap(scale: 1)`, in pixels; zeros if there are no fonts.
  package var size: (width: Int, height: Int) {
    guard let text = try? TextSetter() else { return (0, 0) }
    return pixelSize(text, scale: 1)
  }

  private func pixelSize(_ text: TextSetter, scale: Double) -> (width: Int, height: Int) {
    let size = naturalSize(text)
    func pixels(_ side: Double) -> Int {
      ((side + 2 * Figure.margin) * scale).rounded(.up).whole(within: 1...1_000_000_000)
    }
    return (pixels(size.width), pixels(size.height))
  }

  /// Title and content, without the margin. Figures within a figure have smaller titles.
  func naturalSize(_ text: TextSetter, titleStyle: TextStyle = .title) -> Size {
    var size = content.naturalSize(text)
    if !title.isEmpty {
      // A long title is broken rather than that it makes a small figure wide.
      let wish = text.size(of: title, titleStyle).width
      size.width = max(size.width, min(wish, 280))
      size.height += text.size(of: title, titleStyle, width: size.width, lines: 3).height
      size.height += Figure.titleGap
    }
    return size
  }

  func draw(on canvas: Canvas, in frame: Rectangle, titleStyle: TextStyle = .title) {
    var frame = frame
    if !title.isEmpty {
      let height = canvas.write(
        title, at: Point(frame.x, frame.y), titleStyle, width: frame.width, lines: 3
      ).height
      frame = frame.inset(top: height + Figure.titleGap)
    }
    content.draw(on: canvas, in: frame)
  }

  /// The whole page: white, with the figure within its margin.
  func drawPage(on canvas: Canvas, _ width: Double, _ height: Double) {
    let page = Rectangle(x: 0, y: 0, width: width, height: height)
    canvas.fill(page, .white)
    let margin = Figure.margin
    draw(
      on: canvas, in: page.inset(left: margin, top: margin, right: margin, bottom: margin))
  }

  /// The figure as pixels; `scale` 2 doubles the resolution. The same figure gives the same bytes.
  /// - Throws: `FigureError.tooLarge`, `.scale`, `.library`.
  package func bitmap(scale: Double = 1) throws -> Bitmap {
    guard scale.isFinite && scale > 0 else { throw FigureError.scale(scale) }
    let text = try TextSetter()
    let (width, height) = pixelSize(text, scale: scale)
    guard
      Double(width) <= Figure.maximumSide && Double(height) <= Figure.maximumSide
        && width * height <= Bitmap.maximumPixels
    else {
      throw FigureError.tooLarge(
        width: width, height: height, maximumPixels: Bitmap.maximumPixels)
    }
    guard
      let surface = cairo_image_surface_create(
        CAIRO_FORMAT_ARGB32, Int32(width), Int32(height))
    else { throw FigureError.library("Cairo makes no surface") }
    let canvas = try Canvas(surface: surface, scale: scale, text: text)
    drawPage(on: canvas, Double(width) / scale, Double(height) / scale)
    try canvas.finish()
    guard let data = cairo_image_surface_get_data(surface) else {
      throw FigureError.library("Cairo's surface has no pixels")
    }
    let stride = Int(cairo_image_surface_get_stride(surface))
    var pixels: [UInt8] = []
    pixels.reserveCapacity(4 * width * height)
    for y in 0..<height {
      let row = UnsafeRawPointer(data + y * stride)
      for x in 0..<width {
        // The page is opaque: colours are as they are, and alpha is 255.
        let word = row.load(fromByteOffset: 4 * x, as: UInt32.self)
        pixels.append(UInt8(truncatingIfNeeded: word >> 16))
        pixels.append(UInt8(truncatingIfNeeded: word >> 8))
        pixels.append(UInt8(truncatingIfNeeded: word))
        pixels.append(255)
      }
    }
    return withExtendedLifetime(canvas) { Bitmap(width: width, height: height, pixels: pixels) }
  }

  /// The figure as text of at most `columns` cells a line and about `rows` lines, joined by
  /// newlines, without one at the end.
  package func terminal(
    columns: Int = 80, rows: Int = 24, colour: ColourDepth, background: TerminalBackground = .dark
  ) -> String {
    let page = TerminalPage(columns: columns, rows: rows, colour: colour, background: background)
    // Every kind keeps to the width down to about ten cells; below, lines are cut.
    return terminalLines(page).map { truncated($0, to: page.columns) }.joined(separator: "\n")
  }

  func terminalLines(_ page: TerminalPage) -> [String] {
    var inner = page
    var lines: [String] = []
    if !title.isEmpty {
      lines = wrapped(title, to: page.columns).map(page.style.bold)
      inner.rows = max(6, page.rows - lines.count)
    }
    return lines + content.terminalLines(inner)
  }
}
