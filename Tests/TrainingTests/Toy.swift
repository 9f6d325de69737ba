import Foundation
import Imagery
import Networks
import Tensors
import Training

/// A dataset that a tiny network learns in seconds: noisy stripes along, across, and dots.
enum Toy {
  static let classes = ["across", "along", "dots"]

  static func dataset(_ count: Int, seed: UInt64 = 1, side: Int = 12) throws -> Dataset {
    var stream = RandomStream(seed: seed, name: "toy")
    let images = try (0..<count).map { index in
      let phase = stream.integer(below: 4)
      return try Tensor(
        shape: [side, side, 3],
        values: (0..<side * side * 3).map { flat in
          let (row, column) = (flat / 3 / side, flat / 3 % side)
          let across = (row + phase) / 2 % 2 == 0
          let along = (column + phase) / 2 % 2 == 0
          let isBright = [across, along, across != along][index % 3]
          return (isBright ? 0.7 : 0.3) + stream.uniform(in: -0.25..<0.25)
        })
    }
    let source = try MemorySource(
      images: images, labels: images.indices.map { $0 % 3 }, classes: classes)
    return Dataset(source, name: "toy")
  }

  /// With everything that has state: batch normalisation, dropout, a depthwise convolution.
  static func network(seed: UInt64 = 1, side: Int = 12, classes: Int = 3) throws -> Network {
    let input = try Node.input([side, side, 3], name: "image")
    let features =
      try input
      .applying(Convolution(filters: 8, kernel: 3, padding: .same, bias: false), name: "conv_1")
      .applying(BatchNormalization(momentum: 0.9), name: "norm_1")
      .applying(Activation.relu, name: "relu_1")
      .applying(DepthwiseConvolution(kernel: 3, padding: .same), name: "depthwise")
      .applying(Activation.relu, name: "relu_2")
      .applying(Convolution(filters: 12, kernel: 3, stride: 2), name: "conv_2")
      .applying(Activation.relu, name: "relu_3")
      .applying(GlobalPooling(.average), name: "pool")
      .applying(Dropout(rate: 0.1), name: "dropout")
    let scores = try features.applying(Dense(units: classes), name: "head")
    return try Network(
      inputs: [input], outputs: [scores], seed: seed, preprocessing: .symmetric)
  }

  static func trainer(
    seed: UInt64 = 1, count: Int = 60, batch: Int = 12, rewindLimit: Int = 512 << 20
  ) throws -> Trainer {
    try Trainer(
      network(seed: seed), dataset(count), batch: batch, optimizer: .adam(.constant(0.01)),
      seed: seed, rewind: RewindBudget(memory: rewindLimit))
  }

  /// A folder of its own for a test, removed when it is let go.
  final class Folder {
    let path = NSTemporaryDirectory() + "conch-" + UUID().uuidString

    init() throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
  }
}
