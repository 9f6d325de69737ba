/// Points in a plane, a colour and a mark for each class.
package struct Scatter: Sendable {
  /// The points of one class.
  package struct Group: Sendable {
    package var name: String
    package var x: [Double]
    package var y: [Double]
    /// What is drawn at each point instead of a mark, framed in the class's colour; none, or one
    /// for each point.
    package var pictures: [Bitmap]

    package init(_ name: String, x: [Double], y: [Double], pictures: [Bitmap] = []) {
      self.name = name
      self.x = x
      self.y = y
      self.pictures = pictures
    }
  }

  package var groups: [Group]
  package var xLabel: String
  package var yLabel: String
  /// Whether to draw the line where both are equal (estimated against observed).
  package var showsIdentity: Bool
  /// Whether the numbers along the axes mean nothing, and are left out (t-SNE).
  package var hidesNumbers: Bool

  package init(
    groups: [Group], xLabel: String = "", yLabel: String = "", showsIdentity: Bool = false,
    hidesNumbers: Bool = false
  ) {
    self.groups = groups
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.showsIdentity = showsIdentity
    self.hidesNumbers = hidesNumbers
  }
}
