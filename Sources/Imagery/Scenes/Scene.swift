import Tensors

/// What a scene shows: the four classes of the built-in coast.
package enum SceneKind: String, CaseIterable, Sendable {
  /// Open sand: swash and breakers, berms, dunes with grass.
  case beach
  /// Tidal flats: vegetation cut by branching creeks, with mud on their banks.
  case marsh
  /// Houses, streets, car parks; a seawall, jetties or docks at the water.
  case developed
  /// Bedrock: cliffs, platforms, boulders and stacks in white water.
  case rocky
}

/// What covers a point of the ground; the raw value is the number in a mask.
package enum LandCover: UInt8, CaseIterable, Sendable {
  case deepWater = 0
  /// Broken water: surf, swash and the foam around rocks.
  case whiteWater = 1
  /// Water through which the bottom can be seen, and creeks.
  case shallowWater = 2
  case drySand = 3
  /// Sand or mud that the sea has just left.
  case wetSand = 4
  case vegetation = 5
  case rock = 6
  case building = 7
  /// Streets, car parks, seawalls and piers.
  case paved = 8

  /// The name shown in legends.
  package var name: String {
    switch self {
    case .deepWater: "deep water"
    case .whiteWater: "white water"
    case .shallowWater: "shallow water"
    case .drySand: "dry sand"
    case .wetSand: "wet sand"
    case .vegetation: "vegetation"
    case .rock: "rock"
    case .building: "building"
    case .paved: "paved"
    }
  }

  /// Whether the sea covers it.
  package var isWater: Bool { rawValue <= LandCover.shallowWater.rawValue }
}

/// A rectangle with its sides along the image's, in unit coordinates: (0, 0) is the upper left
/// corner of the image, (1, 1) the lower right.
package struct UnitBox: Sendable, Equatable {
  package var left: Float
  package var top: Float
  package var right: Float
  package var bottom: Float

  package init(left: Float, top: Float, right: Float, bottom: Float) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }
}

/// Something in a scene that can be counted.
package struct SceneObject: Sendable, Equatable {
  package enum Kind: String, CaseIterable, Sendable {
    case person
    case boat
  }

  package let kind: Kind
  package let box: UnitBox
}
