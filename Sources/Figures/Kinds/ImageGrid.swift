/// Images in rows, each with a caption, and a mark for right and wrong predictions: samples of a
/// dataset, predictions, filters, feature maps.
package struct ImageGrid: Sendable {
  package enum Verdict: Sendable, Equatable {
    /// A green frame and ✓.
    case right
    /// An orange frame and ✗.
    case wrong
  }

  /// One image and what is written below it.
  package struct Tile: Sendable {
    package var image: Bitmap
    package var caption: String
    package var verdict: Verdict?

    package init(_ image: Bitmap, caption: String = "", verdict: Verdict? = nil) {
      self.image = image
      self.caption = caption
      self.verdict = verdict
    }
  }

  /// What the colours of the tiles mean.
  package struct ColourBar: Sendable {
    package var map: ColourMap
    package var range: ClosedRange<Double>
    package var label: String

    package init(_ map: ColourMap, range: ClosedRange<Double>, label: String = "") {
      self.map = map
      self.range = range
      self.label = label
    }
  }

  /// At most so many tiles are drawn; a note tells of the others.
  package static let maximumTiles = 400

  package var tiles: [Tile]
  /// How many tiles in a row; nil chooses for a pleasant page.
  package var columns: Int?
  /// The longer side of a tile's image in pixels at scale 1; nil chooses by number and size.
  package var tileSide: Int?
  package var colourBar: ColourBar?
  /// Names of the classes whose colours the tiles show, for a legend below them.
  package var classNames: [String]
  /// What the tiles are, for the summary: `images`, `kernels`, `channels`.
  package var noun: String
  /// A sentence below the tiles.
  package var note: String

  package init(
    tiles: [Tile], columns: Int? = nil, tileSide: Int? = nil, colourBar: ColourBar? = nil,
    classNames: [String] = [], noun: String = "images", note: String = ""
  ) {
    self.tiles = tiles
    self.columns = columns
    self.tileSide = tileSide
    self.colourBar = colourBar
    self.classNames = classNames
    self.noun = noun
    self.note = note
  }
}
