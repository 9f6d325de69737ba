import CCairo

extension Figure {
  /// The figure as a document of Scalable Vector Graphics; letters are outlines, so that it looks
  /// the same everywhere. The same figure gives the same text.
  /// - Throws: `FigureError.library`.
  package func svg() throws -> String {
    let text = try TextSetter()
    let size = naturalSize(text)
    let (width, height) = (size.width + 2 * Figure.margin, size.height + 2 * Figure.margin)
    guard width * height <= Double(Bitmap.maximumPixels) else {
      throw FigureError.tooLarge(
        width: width.whole(within: 1...1_000_000_000),
        height: height.whole(within: 1...1_000_000_000), maximumPixels: Bitmap.maximumPixels)
    }
    let document = ByteCollector()
    let receiver = Unmanaged.passUnretained(document).toOpaque()
    // Points, 3/4 of a pixel.
    let surface = cairo_svg_surface_create_for_stream(
      { receiver, bytes, count in
        guard let receiver, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
        let document = Unmanaged<ByteCollector>.fromOpaque(receiver).takeUnretainedValue()
        document.bytes.append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
        return CAIRO_STATUS_SUCCESS
      }, receiver, width * 0.75, height * 0.75)
    guard let surface else { throw FigureError.library("Cairo makes no surface") }
    try withExtendedLifetime(document) {
      let canvas = try Canvas(surface: surface, scale: 0.75, imageScale: 2, text: text)
      drawPage(on: canvas, width, height)
      // The end of the document is written when the surface is finished.
      cairo_surface_finish(surface)
      try canvas.finish()
    }
    return Figure.renumbered(String(decoding: document.bytes, as: UTF8.self))
  }

  private final class ByteCollector {
    var bytes: [UInt8] = []
  }

  /// Cairo numbers images and clips through the life of the process; here they are numbered from 0 in
  /// the order in which they occur.
  static func renumbered(_ document: String) -> String {
    var result = ""
    result.reserveCapacity(document.utf8.count)
    var numbers: [Substring: Int] = [:]
    var rest = Substring(document)
    while let quote = rest.firstIndex(where: { $0 == "\"" || $0 == "#" }) {
      let start = rest.index(after: quote)
      result += rest[..<start]
      rest = rest[start...]
      guard let name = ["image", "surface", "clip", "mask"].first(where: { rest.hasPrefix($0) })
      else { continue }
      let digits = rest.dropFirst(name.count).prefix { $0.isASCII && $0.isNumber }
      guard !digits.isEmpty else { continue }
      let end = digits.endIndex
      let identifier = rest[..<end]
      let number = numbers[identifier] ?? numbers.count
      numbers[identifier] = number
      result += name + String(number)
      rest = rest[end...]
    }
    return result + rest
  }
}
