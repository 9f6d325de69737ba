// The sentences for this room's errors, in one place: facts elsewhere, words here.

extension ShapeError: CustomStringConvertible {
  /// One sentence in the student's words: the layer, what it needs, what came in.
  package var description: String {
    let came = received.map { "\($0)" }.joined(separator: " and ")
    let got = received.isEmpty ? "but it was given no input" : "but its input is \(came)"
    switch rule {
    case .inputCount(let range):
      let needs =
        range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound) or more"
      return
        "layer `\(layer)` takes \(needs) input\(needs == "1" ? "" : "s"), not \(received.count)"
    case .rank(3):
      return "layer `\(layer)` needs a feature map [height, width, channels], \(got)"
    case .rank(let rank):
      let vector = rank == 1 ? "a vector [features]" : "\(rank) dimensions"
      return "layer `\(layer)` needs \(vector), \(got)"
    case .sameShapes:
      return "layer `\(layer)` needs inputs of one shape, but got \(came)"
    case .sameShapesExcept(let axis):
      return "layer `\(layer)` needs inputs that differ only along axis \(axis), but got \(came)"
    case .attribute(let name, let given, let expected):
      let (low, high) = (plain(expected.lowerBound), plain(expected.upperBound))
      let range =
        expected.upperBound >= Double(Limits.side) ? "at least \(low)" : "from \(low) to \(high)"
      return "`\(name)` of layer `\(layer)` must be \(range), not \(plain(given))"
    case .channelsDivisible(let divisor, let attribute):
      return "`\(attribute)` of layer `\(layer)` needs a multiple of \(divisor) channels, \(got)"
    case .windowFits(let window, let padded):
      return "the \(window[0])×\(window[1]) window of layer `\(layer)` does not fit in its "
        + "padded input of \(padded[0])×\(padded[1])"
    case .cropLeavesSomething(let top, let bottom, let left, let right):
      return "layer `\(layer)` would crop everything away: \(top) rows above and \(bottom) below, "
        + "\(left) columns left and \(right) right, \(got)"
    case .reshapes(let shape):
      return "layer `\(layer)` cannot bring its values to the shape \(shape), \(got)"
    case .sidesDivisible(let divisor):
      return "`\(layer)` needs images whose height and width divide by \(divisor), \(got)"
    case .mapSize(let height, let width):
      return "layer `\(layer)` needs a map of \(height)×\(width), \(got)"
    case .valueCount(let limit):
      return "layer `\(layer)` would hold more than \(limit) values, \(got)"
    case .depth(let limit):
      return "layer `\(layer)` would make the network more than \(limit) layers deep"
    }
  }

  private func plain(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }
}

extension NetworkError: CustomStringConvertible {
  /// One sentence in the student's words.
  package var description: String {
    switch self {
    case .unknownLayer(let name, _):
      return "the network has no layer `\(name)`"
    case .unknownWeight(let name, let layer, let weights):
      let has = weights.isEmpty ? "no weights" : weights.joined(separator: ", ")
      return "layer `\(layer)` has no weight `\(name)`; it has \(has)"
    case .duplicateName(let name):
      return "two layers are named `\(name)`"
    case .inputNotListed(let layer):
      return "layer `\(layer)` hangs on an input that is not among the network's inputs"
    case .invalidEnds:
      return "a network goes from one or more different inputs to at least one output"
    case .shape(let name, let expected, let given):
      return "`\(name)` has shape \(expected), but \(given) was given"
    case .batchCount(let given, let limit):
      return "a batch of 1 to \(limit) was planned for, but \(given) was given"
    case .tensorCount(let given, let expected):
      return "\(expected) tensor\(expected == 1 ? " is" : "s are") needed, but \(given) given"
    case .memory(let bytes, let available):
      let mebibyte = 1 << 20
      return
        "this needs \(bytes / mebibyte) MiB of memory, and \(available / mebibyte) MiB are left"
    case .preprocessing(let name, let channels):
      return "the preprocessing \(name) is made for 3 channels (red, green, blue), "
        + "and the network's input has \(channels)"
    case .layerIndex(let index, let count):
      return "there is no layer \(index) in a network of \(count) layers"
    }
  }
}
