import Networks
import Testing

/// What trained weights expect of an image. If one fails, a network that was trained elsewhere sees
/// other colours than it learnt.
@Suite struct PreprocessingTests {
  private func apply(_ preprocessing: Preprocessing, _ pixels: [Float], channels: Int) -> [Float] {
    var result = [Float](repeating: .nan, count: pixels.count)
    preprocessing.apply(
      pixels: pixels.count / channels, channels: channels, source: pixels, target: &result)
    return result
  }

  /// Numbers of `keras.applications.imagenet_utils.preprocess_input` for the pixels (255, 128, 0)
  /// and (10, 20, 30).
  @Test(arguments: [
    (Preprocessing.none, [1, 0.501_960_8, 0, 0.039_215_688, 0.078_431_375, 0.117_647_06]),
    (.symmetric, [1, 0.003_921_628, -1, -0.921_568_6, -0.843_137_26, -0.764_705_9]),
    (.caffe, [-103.939, 11.221, 131.32, -73.939, -96.779, -113.68]),
    (.torch, [2.248_908_3, 0.205_182_1, -1.804_444_4, -1.946_656_4, -1.685_574_2, -1.281_568_6]),
  ]) func agreesWithKeras(_ preprocessing: Preprocessing, _ expected: [Double]) {
    let pixels: [Float] = [255, 128, 0, 10, 20, 30].map { $0 / 255 }
    let result = apply(preprocessing, pixels, channels: 3)
    for (a, b) in zip(result, expected) { #expect(abs(Double(a) - b) < 2e-5, "\(a) \(b)") }
    // In place: a pixel's channels change places.
    var inPlace = pixels
    inPlace.withUnsafeMutableBufferPointer { buffer in
      preprocessing.apply(
        pixels: 2, channels: 3, source: UnsafePointer(buffer.baseAddress!),
        target: buffer.baseAddress!)
    }
    #expect(inPlace == result)
  }

  @Test func anyNumberOfBandsWhereNoMeansAreNeeded() {
    #expect(apply(.none, [0.5, 1], channels: 1) == [0.5, 1])
    #expect(apply(.symmetric, [0, 0.5, 1, 0.25], channels: 4) == [-1, 0, 1, -0.5])
  }

  @Test(arguments: [Preprocessing.caffe, .torch])
  func othersThanRGBAreRefusedWhenTheNetworkIsBuilt(_ preprocessing: Preprocessing) throws {
    let x = try Node.input([8, 8, 4])
    let y = try x.applying(Convolution(filters: 1, kernel: 1))
    #expect(throws: NetworkError.preprocessing(preprocessing.rawValue, channels: 4)) {
      try Network(inputs: [x], outputs: [y], preprocessing: preprocessing)
    }
  }
}
