import Networks

extension Network {
  /// Freezes layers by name, or lets them learn. The optimiser's memory of them is kept.
  /// - Throws: `NetworkError.unknownLayer`, before any is changed.
  package func setTrainable(_ isTrainable: Bool, layersNamed names: [String]) throws(NetworkError) {
    var found: [NetworkLayer] = []
    for name in names { found.append(try layer(name)) }
    for layer in found { setTrainable(isTrainable, layer) }
  }

  /// Freezes all layers before the one of this name, in the order of the layers, or lets them
  /// learn; that one and those after it stay as they are.
  package func setTrainable(
    _ isTrainable: Bool, layersBefore name: String
  ) throws(NetworkError) {
    setTrainable(isTrainable, layersAt: 0..<(try layer(name).index))
  }

  /// Freezes the first `count` layers, or lets them learn; a negative count leaves that many at the
  /// end, as in Python's `layers[:count]`.
  package func setTrainable(_ isTrainable: Bool, firstLayers count: Int) {
    let end = count < 0 ? max(layers.count + count, 0) : min(count, layers.count)
    setTrainable(isTrainable, layersAt: 0..<end)
  }
}
