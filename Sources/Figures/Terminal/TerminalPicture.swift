/// Pixels as terminal text.
package enum TerminalPicture {
  /// The picture with two pixels in each cell, as `▀` in two colours, since cells are about twice as
  /// high as wide. It is reduced (by averaging) to at most `columns` cells by `maximumRows`, keeps
  /// its proportions and is never enlarged. Without colours, a ramp of ASCII characters stands for
  /// the lightness, as seen on the background. Transparent pixels show the background.
  ///
  /// Lines are joined by newlines, without one at the end; each ends with its colours reset.
  package static func halfBlocks(
    _ bitmap: Bitmap, columns: Int, maximumRows: Int = 40, colour: ColourDepth,
    background: TerminalBackground = .dark
  ) -> String {
    lines(
      bitmap, columns: columns, maximumRows: maximumRows, colour: colour, background: background
    ).joined(separator: "\n")
  }

  static func lines(
    _ bitmap: Bitmap, columns: Int, maximumRows: Int, colour: ColourDepth,
    background: TerminalBackground
  ) -> [String] {
    guard bitmap.width > 0 && bitmap.height > 0 else { return [] }
    let (columns, pixelRows) = (max(1, columns), 2 * min(max(1, maximumRows), 10_000))
    let scale = min(
      1, Double(columns) / Double(bitmap.width), Double(pixelRows) / Double(bitmap.height))
    let small = bitmap.reduced(
      toWidth: (Double(bitmap.width) * scale).whole(within: 1...columns),
      height: (Double(bitmap.height) * scale).whole(within: 1...pixelRows))
    return stride(from: 0, to: small.height, by: 2).map { row in
      colour == .monochrome
        ? asciiLine(small, row, background) : colourLine(small, row, colour, background)
    }
  }

  private static func colourLine(
    _ bitmap: Bitmap, _ row: Int, _ depth: ColourDepth, _ background: TerminalBackground
  ) -> String {
    let style = TerminalStyle(depth)
    var (line, ink, ground) = ("", "", "")
    func set(ink newInk: String, ground newGround: String) {
      var codes: [String] = []
      if !newInk.isEmpty && newInk != ink {
        codes.append("38;" + newInk)
        ink = newInk
      }
      if newGround != ground {
        codes.append(newGround.isEmpty ? "49" : "48;" + newGround)
        ground = newGround
      }
      if !codes.isEmpty { line += "\u{1B}[" + codes.joined(separator: ";") + "m" }
    }
    /// The code of a pixel's colour; nil where it is mostly transparent.
    func code(_ x: Int, _ y: Int) -> String? {
      guard y < bitmap.height else { return nil }
      let pixel = bitmap[x, y]
      return pixel.alpha < 128 ? nil : style.code(pixel.over(background.colour))
    }
    for x in 0..<bitmap.width {
      switch (code(x, row), code(x, row + 1)) {
      case (let top?, let bottom?):
        set(ink: top, ground: bottom)
        line += "▀"
      case (let top?, nil):
        set(ink: top, ground: "")
        line += "▀"
      case (nil, let bottom?):
        set(ink: bottom, ground: "")
        line += "▄"
      case (nil, nil):
        set(ink: "", ground: "")
        line += " "
      }
    }
    return ink.isEmpty && ground.isEmpty ? line : line + "\u{1B}[0m"
  }

  /// From nothing to the most ink.
  private static let ramp: [Character] = [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"]

  private static func asciiLine(
    _ bitmap: Bitmap, _ row: Int, _ background: TerminalBackground
  ) -> String {
    var line = ""
    for x in 0..<bitmap.width {
      var (sum, count) = (0, 0)
      for y in row..<min(row + 2, bitmap.height) {
        let pixel = bitmap[x, y].over(background.colour)
        // Rec. 601 luma in thousandths: what looks light, without leaving whole numbers.
        sum += 299 * Int(pixel.red) + 587 * Int(pixel.green) + 114 * Int(pixel.blue)
        count += 1
      }
      let light = sum / count
      let ink = background == .dark ? light : 255_000 - light
      line.append(ramp[min(ramp.count - 1, ink * ramp.count / 255_001)])
    }
    return line
  }
}
