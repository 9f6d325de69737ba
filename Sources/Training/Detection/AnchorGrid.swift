import Imagery

/// All anchors of a detector for one size of input, in the order of its outputs: level, row, column,
/// ratio, scale.
package struct AnchorGrid: Sendable {
  /// One level of the pyramid.
  package struct Level: Sendable {
    package let stride: Int
    package let rows: Int
    package let columns: Int
    /// Its first anchor.
    package let first: Int
    let shapes: [AnchorShapes.CellBox]

    package var count: Int { rows * columns * shapes.count }

    @inline(__always)
    func box(row: Int, column: Int, shape: Int) -> Box {
      let cell = shapes[shape]
      let x = Float(column * stride) + cell.centre
      let y = Float(row * stride) + cell.centre
      let (w, h) = (cell.width / 2, cell.height / 2)
      return Box(left: x - w, top: y - h, right: x + w, bottom: y + h)
    }
  }

  package let height: Int
  package let width: Int
  package let shapes: AnchorShapes
  /// Finest first.
  package let levels: [Level]
  /// Every anchor, in pixels of the input; it may reach outside.
  package let boxes: [Box]

  package var count: Int { boxes.count }
  /// Anchors of each level, finest first.
  package var levelCounts: [Int] { levels.map(\.count) }

  /// - Parameters: height and width of the input in pixels: a level has ceil(side / stride) cells
  ///   along it.
  /// - Precondition: both are from 1 to 32768, as for every image.
  package init(height: Int, width: Int, shapes: AnchorShapes = AnchorShapes()) {
    let sides = 1...ImageLimits.standard.side
    precondition(sides.contains(height) && sides.contains(width), "an input has a side of an image")
    self.height = height
    self.width = width
    self.shapes = shapes
    var levels: [Level] = []
    var first = 0
    for stride in shapes.strides {
      let level = Level(
        stride: stride, rows: (height + stride - 1) / stride,
        columns: (width + stride - 1) / stride, first: first, shapes: shapes.boxes(stride: stride))
      levels.append(level)
      first += level.count
    }
    self.levels = levels
    var boxes: [Box] = []
    boxes.reserveCapacity(first)
    for level in levels {
      for row in 0..<level.rows {
        for column in 0..<level.columns {
          for shape in level.shapes.indices {
            boxes.append(level.box(row: row, column: column, shape: shape))
          }
        }
      }
    }
    self.boxes = boxes
  }

  /// How many anchors an input has, without making them.
  package static func count(height: Int, width: Int, shapes: AnchorShapes) -> Int {
    shapes.strides.reduce(0) { sum, stride in
      sum + (height + stride - 1) / stride * ((width + stride - 1) / stride) * shapes.count
    }
  }
}
