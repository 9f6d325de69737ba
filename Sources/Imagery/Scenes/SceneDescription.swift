import Tensors

/// One place on the coast, described in metres: everything that its photographs at any size, its
/// mask and its boxes are drawn from.
///
/// A scene is a pure function of seed and index: the same pair gives the same scene, on any
/// thread, whatever else was drawn.
package struct Scene: Sendable {
  /// What a picture is taken for.
  package enum Purpose: Sendable {
    /// To look at the coast: from any side, with whatever is there.
    case view
    /// To measure it: straight down, on open sand without trees and people, in water that shows
    /// where the bottom falls away.
    case survey
  }

  package let seed: UInt64
  package let index: Int
  package let kind: SceneKind
  package let purpose: Purpose
  /// The people and boats in the picture, whole or cut by its edge.
  package let objects: [SceneObject]

  /// The class, as datasets name it.
  package var className: String { kind.rawValue }

  /// The width of the ground across the middle of the image, in metres.
  package var extent: Float { camera.extent }

  /// Widths of ground that scenes have unless asked otherwise, in metres.
  package static let usualExtent: ClosedRange<Float> = 95...190

  /// The limits of what can be drawn, in metres.
  package static let narrowestExtent: Float = 15
  package static let widestExtent: Float = 600

  let camera: Camera
  let light: Light
  let lens: Lens
  let shoreline: Shoreline
  let water: Water
  let sand: Sand
  let vegetation: Vegetation
  let rocks: Rocks
  let marsh: Marsh?
  let settlement: Settlement?
  let figures: [Figure]
  /// Metres from the water's edge to the foot of the dunes, and the dunes' height.
  let duneDistance: Float
  let duneHeight: Float
  /// How closely grass covers the dunes, 0…1.
  let duneGrass: Float
  /// Share of ground under trees where trees can stand, 0…1.
  let trees: Float
  let detail: Noise

  /// - Parameters:
  ///   - seed: names a coast.
  ///   - index: which scene along it, from 0.
  ///   - kind: its class; by default the classes take turns in a shuffled order.
  ///   - extent: the range of widths on the ground, in metres: a narrow one is a low flight, where
  ///     people are large enough to count.
  package init(
    seed: UInt64, index: Int, kind: SceneKind? = nil,
    extent: ClosedRange<Float> = Scene.usualExtent, purpose: Purpose = .view
  ) {
    precondition(index >= 0, "scenes are counted from 0")
    precondition(
      extent.lowerBound >= Scene.narrowestExtent && extent.upperBound <= Scene.widestExtent,
      "an extent that can be drawn")
    self.seed = seed
    self.index = index
    self.purpose = purpose
    let isSurvey = purpose == .survey
    let kind = kind ?? Scene.kind(seed: seed, index: index)
    self.kind = kind

    // Each part has a stream of its own: a change to one leaves the others as they are.
    var random = DescriptionStream(seed: seed, index: index, part: "camera")
    let camera = Camera(&random, extent: extent, isVertical: isSurvey)
    self.camera = camera
    light = Light(&random, camera: camera)
    lens = Lens(&random, kind: kind)

    random = DescriptionStream(seed: seed, index: index, part: "shore")
    var style: Settlement.Style?
    var isWalled = false
    if kind == .developed {
      let chosen = random.pick(Settlement.Style.allCases)
      isWalled = chosen == .harbour || random.chance(0.35)
      style = chosen
    }
    let shoreline = Shoreline(
      &random, kind: kind, camera: camera, isWalled: isWalled, isSurvey: isSurvey)
    self.shoreline = shoreline
    water = Water(&random, kind: kind, shoreline: shoreline, isSurvey: isSurvey)

    random = DescriptionStream(seed: seed, index: index, part: "land")
    let sand = Sand(&random, kind: kind)
    self.sand = sand
    let vegetation = Vegetation(&random, kind: kind, sand: sand)
    self.vegetation = vegetation
    let rocks = Rocks(&random)
    self.rocks = rocks
    duneDistance = sand.wetReach + random.proportion(16, 70)
    duneHeight = random.between(1, 5)
    duneGrass = random.between(0.25, 1) * (isSurvey ? 0.4 : 1)
    trees = isSurvey ? 0 : vegetation.trees
    detail = Noise(&random)
    marsh =
      kind == .marsh
      ? Marsh(
        &random, camera: camera, shoreline: shoreline, sand: sand, vegetation: vegetation) : nil

    random = DescriptionStream(seed: seed, index: index, part: "figures")
    var figures: [Figure] = []
    settlement = style.map {
      Settlement(
        &random, style: $0, camera: camera, shoreline: shoreline, sand: sand,
        vegetation: vegetation)
    }
    if let settlement { figures += settlement.figures }
    if kind == .rocky {
      figures += Boulders.scatter(&random, rocks: rocks, camera: camera, shoreline: shoreline)
    }
    random = DescriptionStream(seed: seed, index: index, part: "population")
    let population = Population(
      &random, kind: kind, camera: camera, shoreline: shoreline, sand: sand,
      front: settlement?.front ?? 0, isHarbour: style == .harbour)
    if !isSurvey { figures += population.figures }
    objects = isSurvey ? [] : population.objects
    self.figures = figures
  }

  /// The classes take turns, in an order shuffled anew in every round, so that any stretch of
  /// scenes is balanced.
  package static func kind(seed: UInt64, index: Int) -> SceneKind {
    let kinds = SceneKind.allCases
    let round = index / kinds.count
    var random = RandomStream(seed: seed, name: "coast/round/\(round)")
    return kinds[random.permutation(kinds.count)[index % kinds.count]]
  }
}
