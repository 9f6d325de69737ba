import Imagery
import Networks
import Tensors
import Testing
import Training

/// What is drawn over a student's image must be true: each is compared with its definition.
struct LookingTests {
  /// A convolution, means over the map, and scores: what Grad-CAM gives can be worked out by hand.
  private func network() throws -> Network {
    let input = try Node.input([6, 5, 3], name: "image")
    let scores =
      try input
      .applying(Convolution(filters: 4, kernel: 3, padding: .same), name: "conv")
      .applying(Activation.relu, name: "relu")
      .applying(GlobalPooling(.average), name: "pool")
      .applying(Dense(units: 3), name: "scores")
    return try Network(
      inputs: [input], outputs: [scores.applying(Networks.Softmax())], seed: 4,
      preprocessing: .symmetric)
  }

  private func image() throws -> Tensor {
    var stream = RandomStream(seed: 1, name: "image")
    return try Tensor(shape: [6, 5, 3], values: (0..<90).map { _ in stream.uniform(in: 0..<1) })
  }

  @Test func classMapsAreGradCAM() throws {
    let network = try network()
    let evidence = try Evidence(network)
    let image = try image()
    #expect(evidence.lastMap?.name == "relu")
    let scores = try evidence.scores(of: image)
    for index in 0..<3 {
      let map = try evidence.classMap(image, of: index, at: try network.layer("relu"))
      let prepared = try Tensor(shape: [1, 6, 5, 3], values: image.values.map { 2 * $0 - 1 })
      let maps = try network.output(of: try network.layer("relu"), for: prepared).values
      let weights = try network.layer("scores").parameter("kernel").value().values
      for place in 0..<30 {
        let sum = (0..<4).reduce(Float(0)) {
          $0 + weights[$1 * 3 + index] / 30 * maps[place * 4 + $1]
        }
        #expect(abs(map.values[place] - max(sum, 0)) < 1e-5)
      }
      // Over all places they are what the score is made of, as far as it is above 0.
      let bias = try network.layer("scores").parameter("bias").value().values[index]
      let total = (0..<120).reduce(0.0) {
        $0 + Double(weights[$1 % 4 * 3 + index] / 30 * maps[$1])
      }
      #expect(abs(scores[index] - total - Double(bias)) < 1e-4)
    }
    #expect(throws: TrainingError.noMap(layer: "pool", shape: [4])) {
      try evidence.classMap(image, of: 0, at: try network.layer("pool"))
    }
  }

  @Test func theImagesGradientIsHowTheScoreChanges() throws {
    let evidence = try Evidence(try network())
    let image = try image()
    let gradient = try evidence.imageGradient(image, of: 1).values
    let before = try evidence.scores(of: image)[1]
    for place in stride(from: 0, to: 90, by: 7) {
      var values = image.values
      values[place] += 0.002
      // The network sees 2x − 1: twice the change.
      let after = try evidence.scores(of: try Tensor(shape: [6, 5, 3], values: values))[1]
      #expect(abs((after - before) / 0.004 - Double(gradient[place])) < 0.01)
    }
  }

  @Test func occlusionIsTheFallOfTheScore() throws {
    let evidence = try Evidence(try network())
    let image = try image()
    let falls = try evidence.occlusion(image, of: 2, side: 2, stride: 2)
    #expect(falls.shape == [3, 2])
    let means = try image.reshaped([30, 3]).reduce(.mean, axis: 0).values
    var values = image.values
    for y in 2..<4 { for x in 2..<4 { for c in 0..<3 { values[(y * 5 + x) * 3 + c] = means[c] } } }
    let covered = try evidence.scores(of: try Tensor(shape: [6, 5, 3], values: values))[2]
    let whole = try evidence.scores(of: image)[2]
    #expect(abs(Double(falls.values[3]) - (whole - covered)) < 1e-5)
    // A square as large as the image leaves one place.
    #expect(try evidence.occlusion(image, of: 0, side: 6, stride: 1).shape == [1, 1])
  }

  @Test func aSurveyFindsDeadChannelsAndTheMostActiveImages() throws {
    let network = try Toy.network()
    let kernel = try network.layer("conv_2").parameter("kernel")
    for place in 0..<kernel.count where place % 12 == 5 { kernel.changingValues[place] = 0 }
    let data = try Toy.dataset(20)
    let layer = try network.layer("relu_3")
    let survey = try #require(try ActivationSurvey.of(layer, in: network, over: data, count: 3))
    #expect(survey.images == 20)
    #expect(survey.dead.contains(5))
    for channel in [0, 7] {
      let peaks = try (0..<20).map { position -> (Float, Int) in
        let image = try data.sample(at: position).image
        let prepared = try Tensor(
          shape: [1] + image.shape, values: image.values.map { 2 * $0 - 1 })
        let maps = try network.output(of: layer, for: prepared)
        let own = stride(from: channel, to: maps.count, by: 12).map { maps.values[$0] }
        return (own.max() ?? 0, position)
      }
      let expected = peaks.sorted { ($0.0, $1.1) > ($1.0, $0.1) }.prefix(3)
      for (answer, (value, position)) in zip(survey.strongest[channel], expected) {
        #expect(abs(answer.value - value) < 1e-5)
        #expect(answer.position == position)
      }
    }
    #expect(
      try ActivationSurvey.of(layer, in: network, over: data, count: 3, shouldStop: { true }) == nil
    )
  }

  /// A ratio of an update to its weights, as plain descent makes it: rate · |gradient| / |weights|.
  @Test func ratiosAreOfUpdateToWeights() throws {
    let trainer = try Trainer(
      Toy.network(), Toy.dataset(24), batch: 12, optimizer: .sgd(.constant(0.05)), seed: 1)
    var updates: [LayerUpdate] = []
    let step = try trainer.step(measuring: { updates = $0 })
    #expect(updates.map(\.layer) == ["conv_1", "norm_1", "depthwise", "conv_2", "head"])
    for update in updates {
      #expect(abs(update.updateNorm - 0.05 * update.gradientNorm) < 1e-5 * update.weightNorm)
    }
    let all = updates.reduce(0) { $0 + $1.gradientNorm * $1.gradientNorm }.squareRoot()
    #expect(abs(all - (step?.gradientNorm ?? 0)) < 1e-9)
    // To look does not change what is done.
    let other = try Trainer(
      Toy.network(), Toy.dataset(24), batch: 12, optimizer: .sgd(.constant(0.05)), seed: 1)
    try other.step()
    #expect(try other.stateHash() == trainer.stateHash())
  }
}
