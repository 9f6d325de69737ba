/// One image with things drawn on it: boxes with names and scores, a mask of classes, a receptive
/// field.
package struct AnnotatedImage: Sendable {
  /// A named box.
  package struct Box: Sendable {
    /// Left, top, width and height in pixels of the image; may reach outside.
    package var x: Double
    package var y: Double
    package var width: Double
    package var height: Double
    package var name: String
    /// 0…1, written after the name.
    package var score: Double?
    /// Which of the colours, for example the number of the class.
    package var colour: Int
    package var isDashed: Bool

    package init(
      x: Double, y: Double, width: Double, height: Double, name: String = "", score: Double? = nil,
      colour: Int = 0, isDashed: Bool = false
    ) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
      self.name = name
      self.score = score
      self.colour = colour
      self.isDashed = isDashed
    }
  }

  /// A class for each pixel, drawn over the image.
  package struct Mask: Sendable {
    package var width: Int
    package var height: Int
    /// `height * width` class numbers, row by row; those without a name are not drawn.
    package var classes: [Int]
    package var names: [String]
    /// One for each name; the colours of the series when empty.
    package var colours: [Colour]
    /// 0 (invisible) to 1.
    package var opacity: Double

    /// - Precondition: `classes.count == width * height`; as many colours as names, or none.
    package init(
      width: Int, height: Int, classes: [Int], names: [String], colours: [Colour] = [],
      opacity: Double = 0.5
    ) {
      precondition(
        width >= 0 && height >= 0 && classes.count == width * height,
        "a mask of \(width) by \(height) was given \(classes.count) classes")
      precondition(
        colours.isEmpty || colours.count == names.count, "a mask has a colour for each name")
      self.width = width
      self.height = height
      self.classes = classes
      self.names = names
      self.colours = colours
      self.opacity = opacity
    }
  }

  package var image: Bitmap
  package var boxes: [Box]
  package var mask: Mask?
  /// The part of the image that matters, in its pixels: the rest is dimmed.
  package var focus: Box?
  package var note: String

  package init(
    _ image: Bitmap, boxes: [Box] = [], mask: Mask? = nil, focus: Box? = nil, note: String = ""
  ) {
    self.image = image
    self.boxes = boxes
    self.mask = mask
    self.focus = focus
    self.note = note
  }

  /// The receptive field of a unit: the rectangle of the image that can influence it, the rest
  /// dimmed. Left, top, width and height are in pixels of the image; it may reach into the padding
  /// outside, and the note then says so.
  package static func receptiveField(
    on image: Bitmap, x: Double, y: Double, width: Double, height: Double, name: String
  ) -> AnnotatedImage {
    let isOutside =
      x < 0 || y < 0 || x + width > Double(image.width) || y + height > Double(image.height)
    let size = "\(decimal(width, places: 0)) × \(decimal(height, places: 0)) pixels"
    return AnnotatedImage(
      image, focus: Box(x: x, y: y, width: width, height: height, name: name, colour: 1),
      note: "receptive field: \(size)" + (isOutside ? ", reaching into the padding" : ""))
  }
}
