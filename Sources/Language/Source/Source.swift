/// A named text that was given to the interpreter: a script, or one entry at the prompt.
///
/// The text is normalised when it comes in: a byte order mark is dropped, `\r\n` and `\r` become
/// `\n`, bytes that are not UTF-8 become U+FFFD (and `firstInvalidLine` remembers where).
package final class Source: Sendable {
  /// What stands before the line number in diagnostics: a file name, or `prompt`.
  package let name: String
  /// The normalised text as UTF-8.
  package let bytes: [UInt8]
  /// Offset of the first repaired byte, if the text was not UTF-8.
  package let firstInvalidOffset: Int?
  /// Offsets at which lines start; the first is 0.
  private let lineStarts: [Int32]

  /// - Parameter limit: bytes kept; a longer text is cut there, and the parser says so.
  package init(name: String, bytes: [UInt8], limit: Int = Limits.standard.sourceSize) {
    self.name = name
    let (clean, invalid) = Source.normalise(bytes, limit: limit + 1)
    self.bytes = clean
    firstInvalidOffset = invalid
    var starts: [Int32] = [0]
    for (offset, byte) in clean.enumerated() where byte == 10 { starts.append(Int32(offset + 1)) }
    lineStarts = starts
  }

  package convenience init(name: String, text: String) {
    self.init(name: name, bytes: Array(text.utf8))
  }

  package var text: String { String(decoding: bytes, as: UTF8.self) }
  package var lineCount: Int { lineStarts.count }

  /// The text that a span covers; offsets outside the source are clipped.
  package func slice(_ span: Span) -> String {
    let start = min(max(0, Int(span.start)), bytes.count)
    let end = min(max(start, Int(span.end)), bytes.count)
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  /// Line and column of an offset, both from 1; columns count Unicode scalars.
  package func position(of offset: Int32) -> (line: Int, column: Int) {
    let offset = min(max(0, offset), Int32(bytes.count))
    let line = lineIndex(of: offset)
    var column = 1
    for byte in bytes[Int(lineStarts[line])..<Int(offset)] where byte & 0xC0 != 0x80 { column += 1 }
    return (line + 1, column)
  }

  /// Line of an offset, from 1.
  package func line(of offset: Int32) -> Int { lineIndex(of: offset) + 1 }

  /// Span of a line (from 1) without its newline.
  package func lineSpan(_ line: Int) -> Span {
    let index = min(max(1, line), lineStarts.count) - 1
    let start = lineStarts[index]
    let end = index + 1 < lineStarts.count ? lineStarts[index + 1] - 1 : Int32(bytes.count)
    return Span(start: start, end: end)
  }

  private func lineIndex(of offset: Int32) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  private static func normalise(_ input: [UInt8], limit: Int) -> (bytes: [UInt8], invalid: Int?) {
    var output: [UInt8] = []
    output.reserveCapacity(min(input.count, limit))
    var invalid: Int?
    var index = input.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while index < input.count, output.count < limit {
      let byte = input[index]
      if byte == 13 {
        output.append(10)
        index += index + 1 < input.count && input[index + 1] == 10 ? 2 : 1
      } else if byte < 0x80 {
        output.append(byte)
        index += 1
      } else {
        let length = sequenceLength(input, at: index)
        if length == 0 {
          if invalid == nil { invalid = output.count }
          output += [0xEF, 0xBF, 0xBD]
          index += 1
        } else {
          output += input[index..<(index + length)]
          index += length
        }
      }
    }
    return (output, invalid)
  }

  /// Length of the well-formed multi-byte sequence at `index` (Unicode table 3-7), or 0.
  private static func sequenceLength(_ input: [UInt8], at index: Int) -> Int {
    let first = input[index]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard index + length <= input.count, second.contains(input[index + 1]) else { return 0 }
    for next in (index + 2)..<max(index + 2, index + length)
    where input[next] & 0xC0 != 0x80 { return 0 }
    return length
  }
}
