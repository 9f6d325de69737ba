/// One point of the land or the sea, before light falls on it.
struct Ground {
  /// What it returns of the light; for water, what it sends out.
  var color: Tint
  /// Metres above the sea: for slopes and shadows.
  var height: Float
  var cover: LandCover
}
