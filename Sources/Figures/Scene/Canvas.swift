import CCairo

/// A point of a drawing, in pixels at scale 1; y grows downwards.
package struct Point: Sendable, Equatable {
  package var x: Double
  package var y: Double

  package init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

/// Shapes that tell the points of different classes apart without colour.
enum Mark: Int, CaseIterable {
  case circle, square, triangle, diamond, cross, plus, triangleDown

  static func ofSeries(_ index: Int) -> Mark { allCases[index % allCases.count] }
}

/// Draws on a Cairo surface: shapes, images and text in the coordinates of the figure.
///
/// Errors stay in the Cairo context, which then ignores what follows; `finish` throws them.
package final class Canvas {
  private let surface: OpaquePointer
  private let context: OpaquePointer
  /// Pixels that images have for one unit: larger ones are reduced to that.
  private let imageScale: Double
  /// Whether others will draw the images, who may blend pixels that should stay squares.
  private let isVector: Bool
  package let text: TextSetter

  /// Takes over the surface, which is destroyed with the canvas.
  /// `scale` is that of the surface's units, `imageScale` that of images where it is another (a
  /// vector surface has no pixels).
  init(
    surface: OpaquePointer, scale: Double, imageScale: Double? = nil, text: TextSetter
  ) throws {
    guard let context = cairo_create(surface) else {
      cairo_surface_destroy(surface)
      throw FigureError.library("Cairo makes no context")
    }
    self.surface = surface
    self.context = context
    self.imageScale = imageScale ?? scale
    isVector = imageScale != nil
    self.text = text
    cairo_scale(context, scale, scale)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    pango_cairo_update_layout(context, text.layout)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  /// Completes the drawing.
  /// - Throws: `FigureError.library` if anything failed since the beginning.
  func finish() throws {
    for status in [cairo_status(context), cairo_surface_status(surface)]
    where status != CAIRO_STATUS_SUCCESS {
      throw FigureError.library(String(cString: cairo_status_to_string(status)))
    }
    cairo_surface_flush(surface)
  }

  // MARK: Shapes

  private func set(_ colour: Colour) {
    cairo_set_source_rgba(
      context, Double(colour.red) / 255, Double(colour.green) / 255, Double(colour.blue) / 255,
      Double(colour.alpha) / 255)
  }

  private func stroke(_ colour: Colour, width: Double, dashes: [Double]) {
    set(colour)
    cairo_set_line_width(context, width)
    cairo_set_dash(context, dashes, Int32(dashes.count), 0)
    cairo_stroke(context)
  }

  func fill(_ rectangle: Rectangle, _ colour: Colour) {
    cairo_rectangle(context, rectangle.x, rectangle.y, rectangle.width, rectangle.height)
    set(colour)
    cairo_fill(context)
  }

  /// Fills what of `rectangle` is not in `hole`.
  func fill(_ rectangle: Rectangle, around hole: Rectangle, _ colour: Colour) {
    cairo_save(context)
    cairo_set_fill_rule(context, CAIRO_FILL_RULE_EVEN_ODD)
    for part in [rectangle, hole] {
      cairo_rectangle(context, part.x, part.y, part.width, part.height)
    }
    set(colour)
    cairo_fill(context)
    cairo_restore(context)
  }

  /// A frame along the rectangle's border, half inside and half outside.
  func frame(_ rectangle: Rectangle, _ colour: Colour, width: Double = 1, dashes: [Double] = []) {
    cairo_set_line_join(context, CAIRO_LINE_JOIN_MITER)
    cairo_rectangle(context, rectangle.x, rectangle.y, rectangle.width, rectangle.height)
    stroke(colour, width: width, dashes: dashes)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
  }

  func line(
    _ start: Point, _ end: Point, _ colour: Colour, width: Double = 1, dashes: [Double] = []
  ) {
    polyline([start, end], colour, width: width, dashes: dashes)
  }

  func polyline(_ points: [Point], _ colour: Colour, width: Double = 1, dashes: [Double] = []) {
    guard points.count > 1 else { return }
    trace(points)
    stroke(colour, width: width, dashes: dashes)
  }

  func polygon(_ points: [Point], _ colour: Colour) {
    guard points.count > 2 else { return }
    trace(points)
    cairo_close_path(context)
    set(colour)
    cairo_fill(context)
  }

  private func trace(_ points: [Point]) {
    cairo_move_to(context, points[0].x, points[0].y)
    for point in points.dropFirst() { cairo_line_to(context, point.x, point.y) }
  }

  func mark(_ mark: Mark, at point: Point, radius: Double, _ colour: Colour) {
    let (x, y, r) = (point.x, point.y, radius)
    switch mark {
    case .circle:
      cairo_new_path(context)
      cairo_arc(context, x, y, r, 0, 2 * Double.pi)
      set(colour)
      cairo_fill(context)
    case .square:
      let s = 0.88 * r
      fill(Rectangle(x: x - s, y: y - s, width: 2 * s, height: 2 * s), colour)
    case .triangle:
      polygon(
        [Point(x, y - 1.15 * r), Point(x + r, y + 0.8 * r), Point(x - r, y + 0.8 * r)], colour)
    case .triangleDown:
      polygon(
        [Point(x, y + 1.15 * r), Point(x + r, y - 0.8 * r), Point(x - r, y - 0.8 * r)], colour)
    case .diamond:
      let s = 1.2 * r
      polygon([Point(x, y - s), Point(x + s, y), Point(x, y + s), Point(x - s, y)], colour)
    case .cross:
      let s = 0.8 * r
      line(Point(x - s, y - s), Point(x + s, y + s), colour, width: 0.6 * r)
      line(Point(x - s, y + s), Point(x + s, y - s), colour, width: 0.6 * r)
    case .plus:
      line(Point(x - r, y), Point(x + r, y), colour, width: 0.6 * r)
      line(Point(x, y - r), Point(x, y + r), colour, width: 0.6 * r)
    }
  }

  /// Keeps what `body` draws within the rectangle.
  func clipped(to rectangle: Rectangle, _ body: () -> Void) {
    cairo_save(context)
    cairo_rectangle(context, rectangle.x, rectangle.y, rectangle.width, rectangle.height)
    cairo_clip(context)
    body()
    cairo_restore(context)
  }

  // MARK: Text

  enum Horizontal { case left, middle, right }
  enum Vertical { case top, middle, bottom }

  /// Writes a text so that the given corner or middle of its box lies at `point`; at most `lines`
  /// lines of `width`, if a width is given. Positive angles (in degrees) turn clockwise, around that
  /// point. Returns the size of its box, before turning.
  @discardableResult
  func write(
    _ string: String, at point: Point, _ style: TextStyle = .label,
    _ horizontal: Horizontal = .left, _ vertical: Vertical = .top, width: Double? = nil,
    lines: Int = 1, angle: Double = 0
  ) -> Size {
    guard !string.isEmpty else { return Size(0, 0) }
    let alignment =
      switch horizontal {
      case .left: PANGO_ALIGN_LEFT
      case .middle: PANGO_ALIGN_CENTER
      case .right: PANGO_ALIGN_RIGHT
      }
    text.set(string, style, width: width, lines: lines, alignment: alignment)
    let size = text.extent
    // With a width, Pango aligns within it: the box is as wide as that.
    let box = width ?? size.width
    let x =
      switch horizontal {
      case .left: 0.0
      case .middle: -box / 2
      case .right: -box
      }
    let y =
      switch vertical {
      case .top: 0.0
      case .middle: -size.height / 2
      case .bottom: -size.height
      }
    cairo_save(context)
    cairo_translate(context, point.x, point.y)
    if angle != 0 { cairo_rotate(context, angle * Double.pi / 180) }
    cairo_move_to(context, x, y)
    set(style.colour)
    pango_cairo_show_layout(context, text.layout)
    cairo_restore(context)
    return size
  }

  // MARK: Images

  /// Draws the image stretched over the rectangle. Enlarged by a whole factor its pixels stay
  /// squares, by others they are blended; reduction averages.
  func image(_ bitmap: Bitmap, in frame: Rectangle) {
    guard frame.width > 0 && frame.height > 0 && bitmap.width > 0 && bitmap.height > 0 else {
      return
    }
    var shown = bitmap.reduced(
      toWidth: (frame.width * imageScale).rounded(.up).whole(within: 1...Bitmap.maximumPixels),
      height: (frame.height * imageScale).rounded(.up).whole(within: 1...Bitmap.maximumPixels))
    let factor = frame.width / Double(bitmap.width)
    let isWhole = factor >= 1 && (factor - factor.rounded()).magnitude < 1e-6
    let hasSquares = isWhole || factor >= 4
    if isVector && hasSquares {
      shown = shown.enlarged(by: (factor * imageScale).rounded(.down).whole(within: 1...64))
    }
    guard
      let source = cairo_image_surface_create(
        CAIRO_FORMAT_ARGB32, Int32(clamping: shown.width), Int32(clamping: shown.height))
    else { return }
    defer { cairo_surface_destroy(source) }
    guard let data = cairo_image_surface_get_data(source) else { return }
    let stride = Int(cairo_image_surface_get_stride(source))
    cairo_surface_flush(source)
    data.withMemoryRebound(to: UInt8.self, capacity: stride * shown.height) { bytes in
      for y in 0..<shown.height {
        let row = UnsafeMutableRawPointer(bytes + y * stride)
        for x in 0..<shown.width {
          row.storeBytes(
            of: Canvas.premultiplied(shown.pixels, at: 4 * (y * shown.width + x)),
            toByteOffset: 4 * x, as: UInt32.self)
        }
      }
    }
    cairo_surface_mark_dirty(source)

    cairo_save(context)
    cairo_rectangle(context, frame.x, frame.y, frame.width, frame.height)
    cairo_clip(context)
    cairo_translate(context, frame.x, frame.y)
    cairo_scale(
      context, frame.width / Double(shown.width), frame.height / Double(shown.height))
    cairo_set_source_surface(context, source, 0, 0)
    if let pattern = cairo_get_source(context) {
      cairo_pattern_set_filter(
        pattern, hasSquares ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD)
      cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD)
    }
    cairo_paint(context)
    cairo_restore(context)
  }

  /// A pixel as Cairo keeps it: one machine word 0xAARRGGBB, colours multiplied by opacity.
  private static func premultiplied(_ pixels: [UInt8], at position: Int) -> UInt32 {
    let alpha = UInt32(pixels[position + 3])
    func times(_ channel: UInt8) -> UInt32 { (UInt32(channel) * alpha + 127) / 255 }
    return alpha << 24 | times(pixels[position]) << 16 | times(pixels[position + 1]) << 8
      | times(pixels[position + 2])
  }
}
