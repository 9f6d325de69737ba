import CCairo

/// How a text looks.
package struct TextStyle: Sendable, Equatable {
  /// The size of the type in pixels at scale 1.
  var size: Double
  var isBold = false
  var colour: Colour = .ink

  static let title = TextStyle(size: 16, isBold: true)
  static let subtitle = TextStyle(size: 13.5, isBold: true)
  static let label = TextStyle(size: 13)
  static let small = TextStyle(size: 12)
  static let tick = TextStyle(size: 12, colour: .softInk)
  static let note = TextStyle(size: 12, colour: .softInk)

  func coloured(_ colour: Colour) -> TextStyle {
    TextStyle(size: size, isBold: isBold, colour: colour)
  }

  func sized(_ size: Double) -> TextStyle {
    TextStyle(size: size, isBold: isBold, colour: colour)
  }
}

/// Sets and measures text with Pango: one layout, used again for each text.
///
/// Fonts are the same on every machine where DejaVu Sans is installed; hinting and subpixel
/// positions are off, so that sizes do not depend on the desktop's settings.
package final class TextSetter {
  private let context: OpaquePointer
  let layout: OpaquePointer

  /// The family that has the marks ✓ and ✗ and that the project installs, then any other.
  private static let family = "DejaVu Sans, Verdana, Helvetica, sans-serif"
  /// A longer text is cut: nothing drawn has room for more.
  private static let maximumCharacters = 600

  /// - Throws: `FigureError.library` if Pango has no fonts.
  init() throws {
    // The default map of this thread belongs to Pango.
    guard let fonts = pango_cairo_font_map_get_default() else {
      throw FigureError.library("Pango finds no fonts")
    }
    guard let context = pango_font_map_create_context(fonts) else {
      throw FigureError.library("Pango makes no context")
    }
    let options = cairo_font_options_create()
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    pango_cairo_context_set_font_options(context, options)
    cairo_font_options_destroy(options)
    pango_cairo_context_set_resolution(context, 96)
    pango_context_set_round_glyph_positions(context, 0)
    pango_context_set_language(context, pango_language_from_string("en"))
    pango_context_set_base_dir(context, PANGO_DIRECTION_LTR)
    guard let layout = pango_layout_new(context) else {
      g_object_unref(UnsafeMutableRawPointer(context))
      throw FigureError.library("Pango makes no layout")
    }
    self.context = context
    self.layout = layout
  }

  deinit {
    g_object_unref(UnsafeMutableRawPointer(layout))
    g_object_unref(UnsafeMutableRawPointer(context))
  }

  /// Puts the text into the layout: at most `lines` lines of `width`, the rest replaced by `…`.
  /// Without a width, one line for each line of the text.
  func set(
    _ text: String, _ style: TextStyle, width: Double? = nil, lines: Int = 1,
    alignment: PangoAlignment = PANGO_ALIGN_LEFT
  ) {
    let description = pango_font_description_new()
    pango_font_description_set_family(description, TextSetter.family)
    pango_font_description_set_absolute_size(description, style.size * Double(PANGO_SCALE))
    pango_font_description_set_weight(
      description, style.isBold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
    pango_layout_set_font_description(layout, description)
    pango_font_description_free(description)

    let width = width.map { ($0 * Double(PANGO_SCALE)).whole(within: 1...1_000_000_000) }
    pango_layout_set_width(layout, Int32(width ?? -1))
    pango_layout_set_height(layout, width == nil ? -1 : Int32(-max(1, min(lines, 1000))))
    pango_layout_set_ellipsize(layout, width == nil ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END)
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
    pango_layout_set_alignment(layout, alignment)
    pango_layout_set_text(layout, TextSetter.printable(text), -1)
  }

  /// The text without control characters, which would show as boxes, and with a number kept beside
  /// its percent sign where lines are broken.
  private static func printable(_ text: String) -> String {
    var clean = ""
    for character in text.prefix(maximumCharacters) {
      if character.isNewline {
        clean.append("\n")
      } else if character == "%" && clean.last == " " {
        clean.removeLast()
        clean.append("\u{A0}%")
      } else {
        let isPrintable = character.unicodeScalars.allSatisfy {
          $0.properties.generalCategory != .control
        }
        clean.append(isPrintable ? character : " ")
      }
    }
    return clean
  }

  /// The size of what `set` put into the layout.
  var extent: Size {
    var (ink, logical) = (PangoRectangle(), PangoRectangle())
    pango_layout_get_extents(layout, &ink, &logical)
    let scale = Double(PANGO_SCALE)
    return Size(Double(logical.width) / scale, Double(logical.height) / scale)
  }

  /// The size of a text.
  func size(
    of text: String, _ style: TextStyle, width: Double? = nil, lines: Int = 1
  ) -> Size {
    set(text, style, width: width, lines: lines)
    return extent
  }

  /// The width of the widest of the texts; 0 without any.
  func widest(_ texts: [String], _ style: TextStyle) -> Double {
    texts.reduce(0) { max($0, size(of: $1, style).width) }
  }
}
