import Figures
import Testing

struct BitmapAnnotationTests {
  private static let grey = Colour(100, 100, 100)

  /// A mask of another size lies over the whole picture; what has no name leaves it as it is.
  @Test func masksAreStretchedOverThePicture() {
    let picture = Bitmap(width: 4, height: 2, filledWith: Self.grey)
    let mask = AnnotatedImage.Mask(
      width: 2, height: 1, classes: [1, 255], names: ["water", "sand"], opacity: 1)
    let drawn = picture.overlaid(mask: mask)
    for y in 0..<2 {
      #expect(drawn[0, y] == .ofSeries(1) && drawn[1, y] == .ofSeries(1))
      #expect(drawn[2, y] == Self.grey && drawn[3, y] == Self.grey)
    }
  }

  @Test func opacityMixes() {
    let picture = Bitmap(width: 1, height: 1, filledWith: .white)
    let mask = AnnotatedImage.Mask(
      width: 1, height: 1, classes: [0], names: ["a"], colours: [.black], opacity: 0.5)
    #expect(picture.overlaid(mask: mask)[0, 0] == Colour(127, 127, 127))
  }

  @Test func boxesAreOutlinesWithARim() {
    let picture = Bitmap(width: 20, height: 20, filledWith: Self.grey)
    let drawn = picture.annotated(boxes: [.init(x: 5, y: 6, width: 8, height: 7, colour: 2)])
    #expect(drawn[5, 6] == .ofSeries(2) && drawn[12, 12] == .ofSeries(2))
    #expect(drawn[4, 6] == .white && drawn[6, 7] == .white)
    #expect(drawn[9, 9] == Self.grey && drawn[3, 3] == Self.grey && drawn[15, 15] == Self.grey)
  }

  /// What a network says may be anywhere, or nowhere.
  @Test func boxesMayReachOutside() {
    let picture = Bitmap(width: 8, height: 8, filledWith: Self.grey)
    let odd: [AnnotatedImage.Box] = [
      .init(x: -50, y: -50, width: 200, height: 200), .init(x: .nan, y: 0, width: 1, height: 1),
      .init(x: 0, y: 0, width: -3, height: 2), .init(x: 1e300, y: 0, width: 1, height: 1),
    ]
    #expect(picture.annotated(boxes: odd) == picture)
    _ = picture.annotated(boxes: [.init(x: 3, y: 3, width: 0, height: 0)])
    _ = Bitmap(width: 0, height: 0).annotated(boxes: [.init(x: 0, y: 0, width: 3, height: 3)])
    let nothing = AnnotatedImage.Mask(width: 0, height: 0, classes: [], names: ["a"])
    #expect(picture.overlaid(mask: nothing) == picture)
  }
}
