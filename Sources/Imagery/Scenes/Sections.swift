/// What a scene needs to know at one distance along the coast: noise that depends on s alone,
/// worked out once for a column of the coast instead of once for every point of it.
struct Section {
  /// c of the water's mean edge, and how far cusps move it to and fro, in metres.
  var edge: Float = 0
  var cusp: Float = 0
  /// Metres that the last wave's tongue reaches inland, and to which the sand is wet.
  var tongue: Float = 0
  var wetEdge: Float = 0
  /// The wandering of lines on the beach, in metres.
  var wander: Float = 0
  /// Metres from the water's edge to the foot of the dunes.
  var duneFoot: Float = 0
  /// How much of a sandy cove is here, 0…1.
  var cove: Float = 0
  /// Where the sandbar lies, in metres out, and how much of it there is.
  var bar: Float = 0
  var barShare: Float = 0
  /// Up to four lines of breakers: metres out, strength 0…1, and length of the trail in metres.
  var fronts = SIMD4<Float>(repeating: 0)
  var strengths = SIMD4<Float>(repeating: 0)
  var trails = SIMD4<Float>(repeating: 1)
}

/// All sections of a scene, four to a pixel.
struct Sections {
  private let base: UnsafePointer<Section>
  private let start: Float
  private let scale: Float
  private let last: Float

  /// Calls `body` with the sections of a scene.
  static func with<Result>(
    _ scene: Scene, footprint: Float, _ body: (Sections) -> Result
  ) -> Result {
    let radius = scene.camera.radius * 1.02
    let count = Int(8 * radius / footprint) + 2
    let step = 2 * radius / Float(count - 1)
    let sections = (0..<count).map { scene.section(Float($0) * step - radius) }
    return sections.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("at least two sections") }
      return body(
        Sections(base: base, start: -radius, scale: 1 / step, last: Float(count - 1)))
    }
  }

  @inline(__always)
  func callAsFunction(_ s: Float) -> UnsafePointer<Section> {
    base + Int(min(max((s - start) * scale + 0.5, 0), last))
  }
}

extension Scene {
  /// The section at s metres along the coast.
  fileprivate func section(_ s: Float) -> Section {
    var section = Section()
    section.edge = shoreline.edge(s)
    section.cusp = shoreline.cusp(s)
    section.tongue = water.tongue(s)
    section.wetEdge =
      sand.wetReach * (1 + 0.35 * detail.other(7)(s / 38)) + 0.6 * water.tongue(s + 61)
    section.wander = detail.other(8)(s / 17) * 2.5 + detail.other(10)(s / 5) * 0.7
    section.duneFoot = duneDistance + 7 * detail(s / 29) + 2.5 * detail.other(3)(s / 8)
    if rocks.coves > 0 {
      section.cove = smoothstep(0.05, 0.3, detail.other(9)(s / 60) + rocks.coves - 0.45)
    }
    water.fill(&section, s)
    return section
  }
}
