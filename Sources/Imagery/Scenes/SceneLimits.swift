/// What may be asked of the built-in coast.
enum SceneLimits {
  /// - Parameters:
  ///   - offset: the first scene's index.
  /// - Throws: `ImageryError.invalidArgument`
  static func check(height: Int, width: Int, count: Int, offset: Int) throws {
    for side in [height, width] {
      try require(
        (1...Scene.largestSize).contains(side), "size", given: "\(side)",
        expected: "1 to \(Scene.largestSize) pixels")
    }
    try require(
      (0...1_000_000).contains(count), "count", given: "\(count)", expected: "0 to 1000000")
    try require(
      (0...1_000_000_000).contains(offset), "offset", given: "\(offset)",
      expected: "0 to 1000000000")
  }

  static func require(
    _ holds: Bool, _ name: String, given: @autoclosure () -> String,
    expected: @autoclosure () -> String
  ) throws {
    if !holds {
      throw ImageryError(.invalidArgument, name, given: given(), expected: expected())
    }
  }
}
