import CChafa
import Tensors

/// How a terminal shows real pictures, and how large its cells are.
package struct TerminalGraphics: Sendable, Equatable {
  package enum Method: String, Sendable, CaseIterable {
    /// Kitty's graphics protocol: also Ghostty, WezTerm, Konsole.
    case kitty
    /// Inline images of iTerm2.
    case iterm2
    /// Sixel, of DEC's VT340: xterm, foot, mlterm, Windows Terminal, tmux from 3.4.
    case sixel
  }

  package var method: Method
  /// Of a cell, in pixels.
  package var cellWidth: Int
  package var cellHeight: Int
  /// Whether sequences must be handed through tmux, which does not know them itself.
  package var passesThroughTmux: Bool

  package init(
    _ method: Method, cellWidth: Int = 8, cellHeight: Int = 16, passesThroughTmux: Bool = false
  ) {
    self.method = method
    self.cellWidth = min(max(cellWidth, 4), 64)
    self.cellHeight = min(max(cellHeight, 8), 128)
    self.passesThroughTmux = passesThroughTmux
  }

  /// The figure as an escape sequence that draws it at the cursor, and leaves the cursor below it.
  /// It is as wide as on paper, and no wider than `columns` cells.
  /// - Parameter png: makes a PNG file of a bitmap.
  /// - Throws: what drawing the figure throws.
  package func sequence(
    of figure: Figure, columns: Int, png: (Bitmap) throws -> [UInt8]
  ) throws -> String {
    let (width, height) = figure.size
    // Cells of twice the usual size are those of a screen with twice as many pixels.
    let wish = max(1, Double(cellWidth) / 9)
    let scale = min(wish, Double(max(1, columns - 1) * cellWidth) / Double(max(width, 1)))
    let bitmap = try figure.bitmap(scale: max(scale, 16 / Double(max(width, height, 1))))
    let cells = (
      columns: (bitmap.width + cellWidth - 1) / cellWidth,
      rows: (bitmap.height + cellHeight - 1) / cellHeight
    )
    let text =
      switch method {
      case .kitty: TerminalGraphics.kitty(try png(bitmap), cells, passesThroughTmux)
      case .iterm2: handedOn(TerminalGraphics.iTerm2(try png(bitmap), cells))
      case .sixel: try sixel(bitmap, cells)
      }
    return text + "\n"
  }

  // MARK: Kitty

  /// In pieces of at most 4096 letters; `q=2` keeps the terminal from answering, which would be read
  /// as typed.
  private static func kitty(
    _ png: [UInt8], _ cells: (columns: Int, rows: Int), _ passesThroughTmux: Bool
  ) -> String {
    let letters = Array(Base64.encoded(png).utf8)
    var result = ""
    for start in stride(from: 0, to: letters.count, by: 4096) {
      let end = min(start + 4096, letters.count)
      let more = end < letters.count ? "m=1" : "m=0"
      let keys =
        start == 0
        ? "a=T,f=100,q=2,c=\(cells.columns),r=\(cells.rows),\(more)" : "q=2,\(more)"
      let piece =
        "\u{1B}_G\(keys);" + String(decoding: letters[start..<end], as: UTF8.self) + "\u{1B}\\"
      result += passesThroughTmux ? tmux(piece) : piece
    }
    return result
  }

  // MARK: iTerm2

  /// With the size in bytes, without which some terminals take nothing.
  private static func iTerm2(_ png: [UInt8], _ cells: (columns: Int, rows: Int)) -> String {
    "\u{1B}]1337;File=inline=1;size=\(png.count);width=\(cells.columns);height=\(cells.rows)"
      + ";preserveAspectRatio=1:\(Base64.encoded(png))\u{07}"
  }

  // MARK: Sixel

  /// By Chafa's library, which chooses the 256 colours.
  private func sixel(_ bitmap: Bitmap, _ cells: (columns: Int, rows: Int)) throws -> String {
    // Whole cells, so that nothing is stretched.
    let bitmap = bitmap.padded(
      toWidth: cells.columns * cellWidth, height: cells.rows * cellHeight)
    guard let configuration = chafa_canvas_config_new() else {
      throw FigureError.library("Chafa makes no canvas")
    }
    defer { chafa_canvas_config_unref(configuration) }
    chafa_canvas_config_set_geometry(configuration, gint(cells.columns), gint(cells.rows))
    chafa_canvas_config_set_cell_geometry(configuration, gint(cellWidth), gint(cellHeight))
    chafa_canvas_config_set_pixel_mode(configuration, CHAFA_PIXEL_MODE_SIXELS)
    guard let canvas = chafa_canvas_new(configuration) else {
      throw FigureError.library("Chafa makes no canvas")
    }
    defer { chafa_canvas_unref(canvas) }
    chafa_canvas_draw_all_pixels(
      canvas, CHAFA_PIXEL_RGBA8_UNASSOCIATED, bitmap.pixels, gint(bitmap.width),
      gint(bitmap.height), gint(4 * bitmap.width))
    guard
      let terminal = chafa_term_db_get_fallback_info(chafa_term_db_get_default()),
      let output = chafa_canvas_print(canvas, terminal)
    else { throw FigureError.library("Chafa draws nothing") }
    defer {
      g_string_free(output, 1)
      chafa_term_info_unref(terminal)
    }
    return String(cString: output.pointee.str)
  }

  // MARK: Through tmux

  private func handedOn(_ sequence: String) -> String {
    passesThroughTmux ? TerminalGraphics.tmux(sequence) : sequence
  }

  /// tmux hands on what is wrapped so, with escapes doubled, if `allow-passthrough` is on.
  private static func tmux(_ sequence: String) -> String {
    var result = "\u{1B}Ptmux;"
    for scalar in sequence.unicodeScalars {
      if scalar == "\u{1B}" { result.unicodeScalars.append(scalar) }
      result.unicodeScalars.append(scalar)
    }
    return result + "\u{1B}\\"
  }
}

extension Bitmap {
  /// With white at its right and below, up to a size that is not smaller.
  fileprivate func padded(toWidth newWidth: Int, height newHeight: Int) -> Bitmap {
    precondition(newWidth >= width && newHeight >= height, "a bitmap is padded, not cut")
    var pixels = [UInt8](repeating: 255, count: 4 * newWidth * newHeight)
    for y in 0..<height {
      let row = 4 * y * width..<4 * (y + 1) * width
      pixels.replaceSubrange(
        4 * y * newWidth..<4 * y * newWidth + row.count, with: self.pixels[row])
    }
    return Bitmap(width: newWidth, height: newHeight, pixels: pixels)
  }
}
