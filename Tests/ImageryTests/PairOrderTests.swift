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

  @Test func aBatchHasTwoImagesOfEachOfSomeClasses() throws {
    let data = try dataset([5, 2, 1, 7, 0, 3])
    #expect(data.pairableClassCount == 4)
    for (limit, width) in [(2, 2), (3, 3), (4, 4), (50, 4)] {
      let order = data.pairOrder(seed: 3, epoch: 1, classesPerBatch: limit)
      // 17 images are of classes that give pairs.
      let batches = (17 + width - 1) / width
      #expect(data.pairBatchCount(classesPerBatch: limit) == batches)
      #expect(order.count == batches * 2 * width)
      for start in stride(from: 0, to: order.count, by: 2 * width) {
        let anchors = order[start..<start + width]
        let positives = order[start + width..<start + 2 * width]
        #expect(Set(anchors.map { data.label(at: $0) }).count == width)
        for (anchor, positive) in zip(anchors, positives) {
          #expect(anchor != positive && data.label(at: anchor) == data.label(at: positive))
        }
      }
    }
  }

  @Test func everyImageAndEveryClassComesUp() throws {
    let data = try dataset([4, 4, 4, 4, 4])
    let orders = (0..<20).map { data.pairOrder(seed: 1, epoch: $0, classesPerBatch: 2) }
    #expect(Set(orders.joined()) == Set(0..<20))
    #expect(orders[0] != orders[1])
    #expect(orders[0] == data.pairOrder(seed: 1, epoch: 0, classesPerBatch: 2))
    #expect(orders[0] != data.pairOrder(seed: 2, epoch: 0, classesPerBatch: 2))
  }

  @Test func withoutPairsThereIsNoOrder() throws {
    let data = try dataset([1, 1, 1])
    #expect(data.pairOrder(seed: 1, epoch: 0, classesPerBatch: 2).isEmpty)
    #expect(data.pairBatchCount(classesPerBatch: 2) == 0)
  }
}
