/// The names that torchvision and timm give the weights of the models in this room.
///
/// Theirs say where a layer stands in nested lists: "features.3.conv.0.0.weight".
package enum TorchNames: Sendable {
  case mobileNetV2, mobileNetV2OfTimm, resNet50, retinaNet

  /// What a file holds, by names that only this model has.
  package static func of(_ names: Set<String>) -> TorchNames? {
    if names.contains("backbone.body.conv1.weight") { return .retinaNet }
    if names.contains("features.1.conv.0.0.weight") { return .mobileNetV2 }
    if names.contains("blocks.1.0.conv_pwl.weight") { return .mobileNetV2OfTimm }
    if names.contains("layer1.0.conv3.weight") { return .resNet50 }
    return nil
  }

  /// The model, as the language calls it.
  package var model: String {
    switch self {
    case .mobileNetV2, .mobileNetV2OfTimm: "mobilenet_v2"
    case .resNet50: "resnet50"
    case .retinaNet: "retinanet"
    }
  }

  /// Counters of training that no network needs.
  package static func isIgnored(_ name: String) -> Bool { name.hasSuffix("num_batches_tracked") }

  /// The layer here that a name's weight belongs to, and PyTorch's word for the weight, such as
  /// "running_mean"; nil for a name that the model has not.
  package func place(of name: String) -> (layer: String, weight: String)? {
    var parts = name.split(separator: ".").map(String.init)
    guard parts.count >= 2, let weight = parts.popLast() else { return nil }
    let layer: String? =
      switch self {
      case .mobileNetV2: TorchNames.mobileNetV2(parts)
      case .mobileNetV2OfTimm: TorchNames.mobileNetV2OfTimm(parts)
      case .resNet50: TorchNames.resNet50(parts)
      case .retinaNet: TorchNames.retinaNet(parts)
      }
    return layer.map { ($0, weight) }
  }

  /// Names of the layers of a block's parts, in order.
  private static let expanded = [
    "expand", "expand_BN", "depthwise", "depthwise_BN", "project", "project_BN",
  ]

  /// "features.N.conv.…": 0 is the stem, 1 the block without expansion, 18 the last convolution.
  private static func mobileNetV2(_ parts: [String]) -> String? {
    if parts == ["classifier", "1"] { return "predictions" }
    guard parts.count >= 3, parts[0] == "features", let number = Int(parts[1]) else { return nil }
    let rest = parts.dropFirst(2).joined(separator: ".")
    switch number {
    case 0: return ["0": "Conv1", "1": "bn_Conv1"][rest]
    case 18: return ["0": "Conv_1", "1": "Conv_1_bn"][rest]
    case 1:
      let places = ["conv.0.0", "conv.0.1", "conv.1", "conv.2"]
      return places.firstIndex(of: rest).map { "expanded_conv_" + expanded[$0 + 2] }
    case 2...17:
      let places = ["conv.0.0", "conv.0.1", "conv.1.0", "conv.1.1", "conv.2", "conv.3"]
      return places.firstIndex(of: rest).map { "block_\(number - 1)_" + expanded[$0] }
    default: return nil
    }
  }

  /// "blocks.STAGE.BLOCK.…".
  private static func mobileNetV2OfTimm(_ parts: [String]) -> String? {
    guard parts.count > 1 else {
      return [
        "conv_stem": "Conv1", "bn1": "bn_Conv1", "conv_head": "Conv_1", "bn2": "Conv_1_bn",
        "classifier": "predictions",
      ][parts[0]]
    }
    let blocks = [1, 2, 3, 4, 3, 3, 1]
    guard parts.count == 4, parts[0] == "blocks", let stage = Int(parts[1]),
      blocks.indices.contains(stage), let block = Int(parts[2]),
      (0..<blocks[stage]).contains(block)
    else { return nil }
    if stage == 0 {
      let places = ["conv_dw", "bn1", "conv_pw", "bn2"]
      return places.firstIndex(of: parts[3]).map { "expanded_conv_" + expanded[$0 + 2] }
    }
    let number = blocks.prefix(stage).reduce(0, +) + block
    let places = ["conv_pw", "bn1", "conv_dw", "bn2", "conv_pwl", "bn3"]
    return places.firstIndex(of: parts[3]).map { "block_\(number)_" + expanded[$0] }
  }

  /// "layerSTAGE.BLOCK.convN", with stages counted from 1 and blocks from 0.
  private static func resNet50(_ parts: [String]) -> String? {
    switch parts {
    case ["conv1"]: return "conv1_conv"
    case ["bn1"]: return "conv1_bn"
    case ["fc"]: return "predictions"
    default: break
    }
    let blocks = [3, 4, 6, 3]
    guard parts.count >= 3, parts[0].hasPrefix("layer"), let stage = Int(parts[0].dropFirst(5)),
      (1...4).contains(stage), let block = Int(parts[1]),
      (0..<blocks[stage - 1]).contains(block)
    else { return nil }
    let places = [
      "conv1": "1_conv", "bn1": "1_bn", "conv2": "2_conv", "bn2": "2_bn", "conv3": "3_conv",
      "bn3": "3_bn", "downsample.0": "0_conv", "downsample.1": "0_bn",
    ]
    return places[parts.dropFirst(2).joined(separator: ".")]
      .map { "conv\(stage + 1)_block\(block + 1)_\($0)" }
  }

  /// The backbone, the pyramid ("fpn") and two heads. Older files count the heads' activations
  /// among the layers ("conv.2"), newer ones put both into a list of their own ("conv.1.0").
  private static func retinaNet(_ parts: [String]) -> String? {
    if parts.starts(with: ["backbone", "body"]) { return resNet50(Array(parts.dropFirst(2))) }
    if parts.starts(with: ["backbone", "fpn"]), parts.count >= 4 {
      if parts[2] == "extra_blocks" {
        return ["p6": "pyramid_6", "p7": "pyramid_7"][parts[3]]
      }
      guard let level = Int(parts[3]), (0...2).contains(level), isEnd(parts.dropFirst(4)) else {
        return nil
      }
      return ["inner_blocks": "lateral_", "layer_blocks": "pyramid_"][parts[2]]
        .map { "\($0)\(level + 3)" }
    }
    let heads = [
      ("classification_head", "class", "cls_logits"), ("regression_head", "box", "bbox_reg"),
    ]
    guard parts.count >= 3, parts[0] == "head",
      let head = heads.first(where: { $0.0 == parts[1] })
    else { return nil }
    if parts.count == 3 { return parts[2] == head.2 ? "\(head.1)_out" : nil }
    guard parts[2] == "conv", let place = Int(parts[3]), place >= 0, place < 8 else { return nil }
    if parts.count == 5, parts[4] == "0", place < 4 { return "\(head.1)_\(place + 1)" }
    return parts.count == 4 && place % 2 == 0 ? "\(head.1)_\(place / 2 + 1)" : nil
  }

  /// Newer files put a convolution into a list of one.
  private static func isEnd(_ rest: ArraySlice<String>) -> Bool { rest.isEmpty || rest == ["0"] }
}
