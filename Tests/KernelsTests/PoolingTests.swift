import Kernels
import Testing

extension KernelsTests {
  static let poolings: [PoolingGeometry] = [
    PoolingGeometry(
      batch: 2, inputHeight: 8, inputWidth: 10, channels: 5, outputHeight: 4, outputWidth: 5,
      windowHeight: 2, windowWidth: 2, strideY: 2, strideX: 2),
    PoolingGeometry(
      batch: 2, inputHeight: 9, inputWidth: 10, channels: 17, outputHeight: 5, outputWidth: 5,
      windowHeight: 3, windowWidth: 3, strideY: 2, strideX: 2, paddingTop: 1, paddingLeft: 0),
    PoolingGeometry(
      batch: 3, inputHeight: 30, inputWidth: 31, channels: 100, outputHeight: 30, outputWidth: 31,
      windowHeight: 3, windowWidth: 3, strideY: 1, strideX: 1, paddingTop: 1, paddingLeft: 1),
    PoolingGeometry(
      batch: 1, inputHeight: 7, inputWidth: 5, channels: 1, outputHeight: 2, outputWidth: 3,
      windowHeight: 4, windowWidth: 1, strideY: 3, strideX: 2),
  ]

  /// Calls `body` with the output's index and the input indices of its window, in order.
  private func forEachWindow(_ g: PoolingGeometry, _ body: (Int, [Int]) -> Void) {
    for n in 0..<g.batch {
      for oy in 0..<g.outputHeight {
        for ox in 0..<g.outputWidth {
          for c in 0..<g.channels {
            var members: [Int] = []
            for wy in 0..<g.windowHeight {
              for wx in 0..<g.windowWidth {
                let iy = oy * g.strideY + wy - g.paddingTop
                let ix = ox * g.strideX + wx - g.paddingLeft
                if iy >= 0, iy < g.inputHeight, ix >= 0, ix < g.inputWidth {
                  members.append(((n * g.inputHeight + iy) * g.inputWidth + ix) * g.channels + c)
                }
              }
            }
            body(((n * g.outputHeight + oy) * g.outputWidth + ox) * g.channels + c, members)
          }
        }
      }
    }
  }

  /// Padding must not win a maximum nor count in a mean; ties go to the first.
  @Test(arguments: poolings)
  func poolingEqualsItsDefinition(_ g: PoolingGeometry) {
    var values = Values(31)
    let x = values.array(g.inputCount).map { ($0 * 4).rounded() - 5 }
    let dy = values.array(g.outputCount)
    var largest = [Double](repeating: 0, count: g.outputCount)
    var average = largest
    var largestGradient = [Double](repeating: 0, count: g.inputCount)
    var averageGradient = largestGradient
    forEachWindow(g) { output, members in
      var best = members[0]
      for member in members where x[member] > x[best] { best = member }
      largest[output] = Double(x[best])
      largestGradient[best] += Double(dy[output])
      for member in members {
        average[output] += Double(x[member]) / Double(members.count)
        averageGradient[member] += Double(dy[output]) / Double(members.count)
      }
    }
    let y = atEveryThreadCount("max") {
      var y = [Float](repeating: .nan, count: g.outputCount)
      Pooling.maxForward(g, input: x, output: &y)
      return y
    }
    #expect(isClose(y, largest))
    let dx = atEveryThreadCount("max gradient") {
      var dx = [Float](repeating: 1, count: g.inputCount)
      Pooling.maxBackward(g, input: x, outputGradient: dy, inputGradient: &dx, accumulate: true)
      return dx
    }
    #expect(isClose(dx, largestGradient.map { $0 + 1 }))
    let mean = atEveryThreadCount("average") {
      var y = [Float](repeating: .nan, count: g.outputCount)
      Pooling.averageForward(g, input: x, output: &y)
      return y
    }
    #expect(isClose(mean, average))
    let meanGradient = atEveryThreadCount("average gradient") {
      var dx = [Float](repeating: .nan, count: g.inputCount)
      Pooling.averageBackward(g, outputGradient: dy, inputGradient: &dx)
      return dx
    }
    #expect(isClose(meanGradient, averageGradient))
  }

  @Test(arguments: [(2, 42, 9), (3, 300, 257), (1, 1, 4)])
  func globalPoolingEqualsItsDefinition(_ size: (Int, Int, Int)) {
    let (batch, pixels, channels) = size
    var values = Values(32)
    let x = values.array(batch * pixels * channels).map { ($0 * 20).rounded() }
    let dy = values.array(batch * channels)
    var (average, largest) = (
      [Double](repeating: 0, count: dy.count), [Double](repeating: -.infinity, count: dy.count)
    )
    func output(_ i: Int) -> Int { i / (pixels * channels) * channels + i % channels }
    for i in x.indices {
      average[output(i)] += Double(x[i]) / Double(pixels)
      largest[output(i)] = max(largest[output(i)], Double(x[i]))
    }
    var ties = [Double](repeating: 0, count: dy.count)
    for i in x.indices where Double(x[i]) == largest[output(i)] { ties[output(i)] += 1 }
    var y = [Float](repeating: .nan, count: dy.count)
    var dx = [Float](repeating: .nan, count: x.count)
    Pooling.globalAverageForward(
      batch: batch, pixels: pixels, channels: channels, input: x, output: &y)
    #expect(isClose(y, average, within: 1e-5))
    Pooling.globalAverageBackward(
      batch: batch, pixels: pixels, channels: channels, outputGradient: dy, inputGradient: &dx)
    #expect(isClose(dx, x.indices.map { Double(dy[output($0)]) / Double(pixels) }))
    Pooling.globalMaxForward(
      batch: batch, pixels: pixels, channels: channels, input: x, output: &y)
    #expect(isClose(y, largest))
    Pooling.globalMaxBackward(
      batch: batch, pixels: pixels, channels: channels, input: x, outputGradient: dy,
      inputGradient: &dx)
    #expect(
      isClose(
        dx,
        x.indices.map {
          Double(x[$0]) == largest[output($0)] ? Double(dy[output($0)]) / ties[output($0)] : 0
        }))
  }
}
