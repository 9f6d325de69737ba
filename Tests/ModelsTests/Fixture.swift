import Foundation
import Models
import Networks
import TestSupport
import Tensors
import Testing

/// A dump of a model by another framework: its name says what to build, as in
/// "mobilenet_v2_a035_s96" (`a` alpha in hundredths, `s` side, `w` width, `d` depth, `f` base
/// width, `k` classes).
struct Fixture: CustomStringConvertible {
  let path: String
  let name: String
  /// What stands before the sizes, such as "mobilenet_v2".
  let family: String
  let sizes: [Character: Int]
  var description: String { name }

  init?(path: String) {
    self.path = path
    name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    var parts = name.split(separator: "_")
    var sizes: [Character: Int] = [:]
    while let last = parts.last, let letter = last.first, "aswdfk".contains(letter),
      let number = Int(last.dropFirst())
    {
      sizes[letter] = number
      parts.removeLast()
    }
    guard !sizes.isEmpty else { return nil }
    self.sizes = sizes
    family = parts.joined(separator: "_")
  }

  /// The model that the file is of, or nil if this build does not have its family yet.
  func network(_ tensors: NamedTensors) throws -> Network? {
    guard let x = tensors["x"], let y = tensors["inference/y0"] else { return nil }
    let input = Array(x.shape.dropFirst())
    let classes = sizes["k"] ?? y.shape[y.shape.count - 1]
    switch family {
    case "mobilenet_v2":
      return try MobileNetV2.network(
        input: input, alpha: Double(sizes["a"] ?? 100) / 100, classes: classes)
    case "resnet50": return try ResNet50.network(input: input, classes: classes)
    case "retinanet":
      let backbone = try ResNet50.network(input: input, includeTop: false)
      return try RetinaNet.network(
        backbone: backbone, taps: try #require(RetinaNet.Taps(of: backbone)), classes: classes)
    case "unet":
      return try UNet.network(
        input: input, classes: classes, width: sizes["w"] ?? 16, depth: sizes["d"] ?? 6)
    case "residual_unet":
      return try ResidualUNet.network(input: input, classes: classes, width: sizes["f"] ?? 4)
    case "embedding": return try EmbeddingNetwork.network(input: input, dimension: sizes["d"] ?? 8)
    default: return nil
    }
  }

  /// The reference dumps, else the small copies here.
  static let folder: String =
    Material.fixtures
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures").path

  static let all: [Fixture] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.sorted().filter { $0.hasSuffix(".safetensors") }.compactMap {
      Fixture(path: folder + "/" + $0)
    }
  }()
}
