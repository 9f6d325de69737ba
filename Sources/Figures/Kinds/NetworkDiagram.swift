/// How the layers of a network hang together: boxes from left to right in the order in which they
/// run, in rows by the size of their maps, so that a U-Net looks like a U; shortcuts as lines above.
package struct NetworkDiagram: Sendable {
  package struct Box: Sendable {
    package var name: String
    /// Gives the colour: `conv`.
    package var kind: String
    /// What else happens in it: `batch_norm`, `relu`.
    package var details: [String]
    /// `48×48×16`.
    package var shape: String
    /// Above 0: the height of the box goes with its square root. The number of channels.
    package var size: Double
    /// Which of the rows.
    package var row: Int
    /// Earlier boxes that it reads.
    package var inputs: [Int]

    package init(
      name: String, kind: String, details: [String] = [], shape: String, size: Double, row: Int,
      inputs: [Int]
    ) {
      self.name = name
      self.kind = kind
      self.details = details
      self.shape = shape
      self.size = size
      self.row = row
      self.inputs = inputs
    }
  }

  package var boxes: [Box]
  /// What each row has, from the top: `96×96`.
  package var rows: [String]

  /// - Precondition: boxes read earlier ones only, and are in rows that there are.
  package init(boxes: [Box], rows: [String]) {
    for (index, box) in boxes.enumerated() {
      precondition(
        box.inputs.allSatisfy { $0 >= 0 && $0 < index } && rows.indices.contains(box.row),
        "a box reads earlier ones, and is in a row that there is")
    }
    self.boxes = boxes
    self.rows = rows
  }
}
