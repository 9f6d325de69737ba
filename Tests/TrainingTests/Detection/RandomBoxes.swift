import Imagery
import Tensors
import Training

/// Boxes as a camera might see them: of all sizes, some over the edge.
struct RandomBoxes {
  private var stream: RandomStream

  init(_ seed: UInt64) { stream = RandomStream(seed: seed, name: "boxes") }

  mutating func box(side: Float, sizes: Range<Float> = 4..<150) -> Box {
    let w = stream.uniform(in: sizes)
    let h = w * stream.uniform(in: 0.4..<2.5)
    let x = stream.uniform(in: -20..<side)
    let y = stream.uniform(in: -20..<side)
    return Box(left: x, top: y, right: x + w, bottom: y + h)
  }

  mutating func truths(_ count: Int, classes: Int, side: Float, difficult: Float = 0)
    -> [LabelledBox]
  {
    (0..<count).map { _ in
      LabelledBox(
        box(side: side), label: stream.integer(below: classes),
        isDifficult: stream.uniform() < difficult)
    }
  }

  mutating func values(_ count: Int, scale: Float = 1) -> [Float] {
    (0..<count).map { _ in stream.normal() * scale }
  }

  mutating func below(_ count: Int) -> Int { stream.integer(below: count) }
}
