#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Which anchors a detector has at each place: data, so that other detectors' anchors can be had.
///
/// The paper's (Lin et al., "Focal Loss for Dense Object Detection", 2017, section 4): at each cell
/// of levels P3 to P7 three ratios times three scales, with areas from 32² to 512² pixels.
package struct AnchorShapes: Equatable, Sendable {
  /// Pixels between the cells of each level, finest first.
  package var strides = [8, 16, 32, 64, 128]
  /// The side of a level's base square in strides: 4 gives 32 to 512 pixels. Smaller for small
  /// objects in small images.
  package var scale = 4.0
  /// Width / height.
  package var ratios: [Double] = [0.5, 1, 2]
  /// Factors of the base side, within an octave.
  package var octaveScales: [Double] = [1, exp2(1 / 3), exp2(2 / 3)]
  /// Where in its cell an anchor's centre lies, in strides: 0.5 is the middle, 0 the corner
  /// (torchvision).
  package var centre = 0.5
  /// Whether base sides are cut to whole pixels, and anchors rounded to whole ones around their
  /// centre, as in torchvision.
  package var areWhole = false
  /// How boxes are written beside them.
  package var coding = BoxCoding()

  package init() {}

  /// The paper's, with another size of the base squares.
  /// - Precondition: `scale` is above 0 and finite.
  package init(scale: Double) {
    precondition(scale > 0 && scale.isFinite, "an anchor has a size")
    self.scale = scale
  }

  /// Torchvision's, whose ratios are height / width.
  package static let torchvision: AnchorShapes = {
    var shapes = AnchorShapes()
    shapes.ratios = [2, 1, 0.5]
    shapes.centre = 0
    shapes.areWhole = true
    shapes.coding = BoxCoding(variances: SIMD4(repeating: 1))
    return shapes
  }()

  /// Anchors at each cell.
  package var count: Int { ratios.count * octaveScales.count }

  /// The anchors of a cell, from its upper left corner, ratio by ratio and in each scale by scale.
  func boxes(stride: Int) -> [CellBox] {
    let step = Double(stride)
    return ratios.flatMap { ratio in
      octaveScales.map { octave in
        let side = areWhole ? (scale * step * octave).rounded(.down) : scale * step * octave
        var height = side / ratio.squareRoot()
        var width = side * ratio.squareRoot()
        if areWhole {
          width = 2 * (width / 2).rounded(.toNearestOrEven)
          height = 2 * (height / 2).rounded(.toNearestOrEven)
        }
        return CellBox(centre: Float(centre * step), width: Float(width), height: Float(height))
      }
    }
  }

  /// An anchor as its cell has it; the centre is the same along both axes.
  struct CellBox {
    let centre: Float
    let width: Float
    let height: Float
  }
}
