/// How images (0…1 per channel, RGB where they have three) are changed before they enter a
/// network. It belongs to the network: whoever gives it images (trainer, `predict`, a look inside)
/// applies it; runs of raw tensors do not.
package enum Preprocessing: String, Sendable, CaseIterable {
  /// As they are, 0…1.
  case none
  /// 2x − 1, so −1…1, as MobileNetV2 was designed for.
  case symmetric
  /// 0…255 in the order blue, green, red, less the means of ImageNet: what ResNet50 of Keras was
  /// trained with, after the Caffe models that it came from. Three channels only.
  case caffe
  /// Less the means of ImageNet, divided by its deviations, as torchvision's models were trained.
  /// Three channels only.
  case torch

  /// Whether images of so many channels can be changed so.
  package func accepts(channels: Int) -> Bool {
    switch self {
    case .none, .symmetric: true
    case .caffe, .torch: channels == 3
    }
  }

  /// What becomes of one channel: target[channel] = source[`from`] · scale + shift.
  private struct Channel {
    let from: Int
    let scale: Float
    let shift: Float
  }

  /// The three channels of the networks that know ImageNet.
  private var channels: [Channel] {
    switch self {
    case .none, .symmetric: []
    case .caffe:
      [(2, 103.939), (1, 116.779), (0, 123.68)].map { Channel(from: $0, scale: 255, shift: -$1) }
    case .torch:
      [(0.485, 0.229), (0.456, 0.224), (0.406, 0.225)].enumerated().map { channel, moments in
        Channel(from: channel, scale: 1 / moments.1, shift: -moments.0 / moments.1)
      }
    }
  }

  /// Changes images from `source` to `target`, both `[pixels, channels]`; they may be the same
  /// memory. The channels are such as `accepts` takes.
  package func apply(
    pixels: Int, channels: Int, source: UnsafePointer<Float>, target: UnsafeMutablePointer<Float>
  ) {
    precondition(accepts(channels: channels), "checked when the network was built")
    switch self {
    case .none:
      if source != UnsafePointer(target) { target.update(from: source, count: pixels * channels) }
    case .symmetric:
      for i in 0..<pixels * channels { target[i] = 2 * source[i] - 1 }
    case .caffe, .torch:
      let rules = self.channels
      let (first, second, third) = (rules[0], rules[1], rules[2])
      for pixel in 0..<pixels {
        let (x, y) = (source + 3 * pixel, target + 3 * pixel)
        let values = (x[first.from], x[second.from], x[third.from])
        y[0] = values.0 * first.scale + first.shift
        y[1] = values.1 * second.scale + second.shift
        y[2] = values.2 * third.scale + third.shift
      }
    }
  }
}
