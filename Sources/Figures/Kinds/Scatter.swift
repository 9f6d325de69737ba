/// Points in a plane, a colour and a mark for each class.
package struct Scatter: Sendable {
  /// The points of one class.
  package struct Group: Sendable {
    package var name: String
    package var x: [Double]
    package var y: [Double]

    package init(_ name: String, x: [Double], y: [Double]) {
      self.name = name
      self.x = x
      self.y = y
    }
  }

  package var groups: [Group]
  package var xLabel: String
  package var yLabel: String
  /// Whether to draw the line where both are equal (estimated against observed).
  package var showsIdentity: Bool

  package init(
    groups: [Group], xLabel: String = "", yLabel: String = "", showsIdentity: Bool = false
  ) {
    self.groups = groups
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.showsIdentity = showsIdentity
  }
}
