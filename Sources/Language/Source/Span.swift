/// A half-open range of UTF-8 offsets in one `Source`.
package struct Span: Equatable, Hashable, Sendable {
  package var start: Int32
  package var end: Int32

  package init(start: Int32, end: Int32) {
    self.start = start
    self.end = end
  }

  package init(_ start: Int, _ end: Int) {
    self.start = Int32(clamping: start)
    self.end = Int32(clamping: end)
  }

  /// The smallest span that covers both.
  package func joined(_ other: Span) -> Span {
    Span(start: min(start, other.start), end: max(end, other.end))
  }

  /// The empty span just before this one.
  var opening: Span { Span(start: start, end: start) }
}
