import Foundation
import Kernels
import Testing

extension KernelsTests {
  /// A concatenation whose parts are swapped or shifted trains all the same, only worse.
  @Test func channelsAreCopiedToTheirPlace() {
    var values = Values(61)
    let (rows, a, b) = (5003, 5, 19)
    let (left, right) = (values.array(rows * a), values.array(rows * b))
    let joined = atEveryThreadCount("concatenation") {
      var joined = [Float](repeating: .nan, count: rows * (a + b))
      Rearrangement.copyChannels(
        rows: rows, channels: a, source: left, sourceChannels: a, sourceOffset: 0,
        destination: &joined, destinationChannels: a + b, destinationOffset: 0)
      Rearrangement.copyChannels(
        rows: rows, channels: b, source: right, sourceChannels: b, sourceOffset: 0,
        destination: &joined, destinationChannels: a + b, destinationOffset: a)
      return joined
    }
    #expect(
      joined.indices.allSatisfy { i in
        let (row, c) = (i / (a + b), i % (a + b))
        return joined[i] == (c < a ? left[row * a + c] : right[row * b + c - a])
      })
    var back = right
    Rearrangement.copyChannels(
      rows: rows, channels: b, source: joined, sourceChannels: a + b, sourceOffset: a,
      destination: &back, destinationChannels: b, destinationOffset: 0, accumulate: true)
    #expect(back == right.map { $0 * 2 })
  }

  /// Padding, cropping, both, and windows that miss the source.
  @Test(arguments: [(-1, -2, 9, 8), (2, 1, 3, 4), (-3, 2, 8, 2), (-9, 0, 4, 4), (0, 7, 3, 5)])
  func windowsAreCopiedToTheirPlace(_ row: (top: Int, left: Int, height: Int, width: Int)) {
    var values = Values(62)
    let (batch, height, width, channels) = (3, 6, 5, 7)
    let x = values.array(batch * height * width * channels)
    let count = batch * row.height * row.width * channels
    var expected = [Double](repeating: 9, count: count)
    var inside = [Bool](repeating: false, count: count)
    for n in 0..<batch {
      for y in 0..<row.height {
        for column in 0..<row.width {
          let (sourceY, sourceX) = (y + row.top, column + row.left)
          guard 0..<height ~= sourceY, 0..<width ~= sourceX else { continue }
          for c in 0..<channels {
            let to = ((n * row.height + y) * row.width + column) * channels + c
            expected[to] = Double(x[((n * height + sourceY) * width + sourceX) * channels + c])
            inside[to] = true
          }
        }
      }
    }
    var given = [Float](repeating: .nan, count: count)
    Rearrangement.copyWindow(
      batch: batch, channels: channels, source: x, sourceHeight: height, sourceWidth: width,
      destination: &given, destinationHeight: row.height, destinationWidth: row.width,
      top: row.top, left: row.left, fill: 9)
    #expect(isClose(given, expected))
    given = [Float](repeating: 1, count: count)
    Rearrangement.copyWindow(
      batch: batch, channels: channels, source: x, sourceHeight: height, sourceWidth: width,
      destination: &given, destinationHeight: row.height, destinationWidth: row.width,
      top: row.top, left: row.left, accumulate: true)
    #expect(isClose(given, expected.indices.map { inside[$0] ? expected[$0] + 1 : 1 }))
  }

  @Test func upsamplingRepeatsPixels() {
    var values = Values(63)
    let (batch, height, width, channels, fy, fx) = (2, 5, 6, 4, 2, 3)
    let x = values.array(batch * height * width * channels)
    var y = [Float](repeating: .nan, count: x.count * fy * fx)
    Rearrangement.upsampleNearest(
      batch: batch, height: height, width: width, channels: channels, factorY: fy, factorX: fx,
      input: x, output: &y)
    var sums = [Double](repeating: 0, count: x.count)
    let same = y.indices.allSatisfy { i in
      let (pixel, c) = (i / channels, i % channels)
      let (line, ox) = (pixel / (width * fx), pixel % (width * fx))
      let from = ((line / fy) * width + ox / fx) * channels + c
      sums[from] += Double(y[i])
      return y[i] == x[from]
    }
    #expect(same)
    var back = x
    Rearrangement.upsampleNearestBackward(
      batch: batch, height: height, width: width, channels: channels, factorY: fy, factorX: fx,
      outputGradient: y, inputGradient: &back)
    #expect(isClose(back, sums))
  }

  @Test(arguments: [(7, 6, 11, 14), (9, 10, 4, 3), (1, 5, 3, 5), (4, 4, 4, 4)])
  func bilinearResizingEqualsItsDefinition(_ row: (Int, Int, Int, Int)) {
    let (height, width, toHeight, toWidth) = row
    let (batch, channels) = (2, 3)
    var values = Values(64)
    let x = values.array(batch * height * width * channels)
    let dy = values.array(batch * toHeight * toWidth * channels)
    var y = [Double](repeating: 0, count: dy.count)
    var dx = [Double](repeating: 0, count: x.count)
    func corners(_ to: Int, _ extent: Int, _ written: Int) -> [(Int, Double)] {
      let at = (Double(to) + 0.5) * Double(extent) / Double(written) - 0.5
      let low = at.rounded(.down)
      return [(Int(low), 1 - (at - low)), (Int(low) + 1, at - low)].map {
        (min(max($0.0, 0), extent - 1), $0.1)
      }
    }
    for n in 0..<batch {
      for oy in 0..<toHeight {
        for ox in 0..<toWidth {
          for (iy, wy) in corners(oy, height, toHeight) {
            for (ix, wx) in corners(ox, width, toWidth) {
              for c in 0..<channels {
                let from = ((n * height + iy) * width + ix) * channels + c
                let to = ((n * toHeight + oy) * toWidth + ox) * channels + c
                y[to] += Double(x[from]) * wy * wx
                dx[from] += Double(dy[to]) * wy * wx
              }
            }
          }
        }
      }
    }
    var given = [Float](repeating: .nan, count: y.count)
    Rearrangement.resizeBilinear(
      batch: batch, channels: channels, input: x, inputHeight: height, inputWidth: width,
      output: &given, outputHeight: toHeight, outputWidth: toWidth)
    #expect(isClose(given, y))
    var gradient = [Float](repeating: .nan, count: dx.count)
    Rearrangement.resizeBilinearBackward(
      batch: batch, channels: channels, outputGradient: dy, outputHeight: toHeight,
      outputWidth: toWidth, inputGradient: &gradient, inputHeight: height, inputWidth: width)
    #expect(isClose(gradient, dx))
  }
}
