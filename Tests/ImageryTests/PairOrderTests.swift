import Imagery
import Tensors
import Testing

@Suite struct PairOrderTests {
  private func dataset(_ counts: [Int]) throws -> Dataset {
    let labels = counts.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
    let image = try Tensor(shape: [2, 2, 3])
    let source = try MemorySource(
      images: labels.map { _ in image }, labels: labels,
      classes: counts.indices.map { "class \($0)" })
    return Dataset(source, name: "pairs")
  }

  @Test(arguments: [
    (batch: 0, classes: 2, sets: 1), (4, 2, 1), (7, 3, 1), (8, 4, 1), (15, 4, 1), (16, 4, 2),
    (50, 4, 6),
  ])
  func aBatchHasSetsOfTwoImagesOfEachOfSomeClasses(batch: Int, classes: Int, sets: Int) throws {
    let data = try dataset([5, 2, 1, 7, 0, 3])
    // 17 images are of classes that give pairs.
    let count = (17 + classes * sets - 1) / (classes * sets)
    let batches = try #require(data.pairBatches(of: batch))
    #expect(batches.classes == classes && batches.sets == sets && batches.count == count)
    let order = data.pairOrder(seed: 3, epoch: 1, batch: batch)
    #expect(order.count == count * batches.size)
    for start in stride(from: 0, to: order.count, by: 2 * classes) {
      let anchors = order[start..<start + classes]
      let positives = order[start + classes..<start + 2 * classes]
      #expect(Set(anchors.map { data.label(at: $0) }).count == classes)
      for (anchor, positive) in zip(anchors, positives) {
        #expect(anchor != positive && data.label(at: anchor) == data.label(at: positive))
      }
    }
  }

  @Test func everyImageAndEveryClassComesUp() throws {
    let data = try dataset([4, 4, 4, 4, 4])
    let orders = (0..<20).map { data.pairOrder(seed: 1, epoch: $0, batch: 4) }
    #expect(Set(orders.joined()) == Set(0..<20))
    #expect(orders[0] != orders[1])
    #expect(orders[0] == data.pairOrder(seed: 1, epoch: 0, batch: 4))
    #expect(orders[0] != data.pairOrder(seed: 2, epoch: 0, batch: 4))
  }

  @Test func withoutPairsThereIsNoOrder() throws {
    let data = try dataset([1, 1, 1])
    #expect(data.pairOrder(seed: 1, epoch: 0, batch: 4).isEmpty)
    #expect(data.pairBatches(of: 4) == nil)
  }
}
