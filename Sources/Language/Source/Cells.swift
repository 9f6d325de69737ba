/// One cell of a percent script.
package struct Cell: Equatable, Sendable {
  package enum Kind: Sendable { case code, markdown, raw }

  /// What stands after `#%%`, without brackets and attributes; empty before the first marker.
  package let title: String
  package let kind: Kind
  /// `id="q1"`, `points=2`, `locked=true` as they are written, without quotes, in order.
  package let attributes: [(key: String, value: String)]
  /// The marker line, empty for what stands before the first marker.
  package let marker: Span
  /// Everything after the marker line up to the next marker.
  package let body: Span

  package subscript(key: String) -> String? { attributes.last { $0.key == key }?.value }
  package var id: String? { self["id"] }
  package var points: Double? { self["points"].flatMap(Double.init) }
  package var isLocked: Bool { self["locked"] == "true" }

  /// Marker and body.
  package var span: Span { marker.joined(body) }

  package static func == (left: Cell, right: Cell) -> Bool {
    left.title == right.title && left.kind == right.kind && left.marker == right.marker
      && left.body == right.body && left.attributes.elementsEqual(right.attributes, by: ==)
  }
}
