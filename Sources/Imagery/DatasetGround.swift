extension Dataset {
  /// Metres of ground along a side of a pixel of the image at a position, which must be in
  /// 0..<count, before augmentation; nil where that is not known, or differs across the image.
  /// - Throws: what is wrong with the image.
  package func groundResolution(at position: Int) throws -> Float? {
    let entry = entries[position]
    let source = origins[entry.origin].source
    guard let stored = source.groundResolution(at: entry.index) else { return nil }
    guard let frame else { return stored }
    let (height, width) = try source.size(at: entry.index)
    let across = Float(frame.width) / Float(width)
    let down = Float(frame.height) / Float(height)
    switch frame.fit {
    case .crop: return stored / max(across, down)
    case .pad: return stored / min(across, down)
    case .stretch: return across == down ? stored / across : nil
    }
  }
}
