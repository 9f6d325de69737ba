import Figures
import Tensors
import Testing

@Suite("Tensors as pictures")
struct TensorPictureTests {
  @Test("channels become colours, values beyond 0…1 are cut, NaN has a colour of its own")
  func convertsImages() throws {
    let image = try Tensor(shape: [1, 3, 3], values: [0, 0.5, 1, -3, 7, 0.2, .nan, 0, 0])
    let bitmap = try Bitmap(image: image)
    #expect(bitmap[0, 0] == Colour(0, 128, 255))
    #expect(bitmap[1, 0] == Colour(0, 255, 51))
    #expect(bitmap[2, 0] == .notANumber)
    #expect(try Bitmap(image: Tensor(shape: [1, 1], values: [1]))[0, 0] == .white)
    #expect(
      try Bitmap(image: Tensor(shape: [1, 1, 2], values: [1, 0]))[0, 0] == Colour(255, 255, 255, 0))
    #expect(
      try Bitmap(image: Tensor(shape: [1, 1, 4], values: [0, 0, 1, 1]))[0, 0] == Colour(0, 0, 255))
  }

  @Test(
    "shapes that are no image are refused",
    arguments: [[], [4], [2, 2, 5], [2, 2, 0], [1, 2, 2, 3]] as [[Int]])
  func refusesShapes(shape: [Int]) throws {
    let tensor = try Tensor(shape: shape)
    #expect(throws: FigureError.self) { try Bitmap(image: tensor) }
  }

  @Test("kernels over three channels are coloured tiles, others one grey tile for each pair")
  func showsFilters() throws {
    let colour = try ImageGrid.filters(Tensor(shape: [3, 3, 3, 8], repeating: 0.5))
    #expect(colour.tiles.count == 8 && colour.tiles[0].image.width == 3)
    #expect(colour.tiles[0].image[0, 0] == .white)
    let grey = try ImageGrid.filters(
      Tensor(shape: [1, 1, 2, 4], values: [-1, 0, 1, 0, 0, 0, 0, 0.5]))
    #expect(grey.tiles.count == 8)
    #expect(grey.tiles[0].image[0, 0] == .black)
    #expect(grey.tiles[1].image[0, 0] == Colour(128, 128, 128))
    #expect(grey.tiles[2].image[0, 0] == .white)
    let many = try ImageGrid.filters(Tensor(shape: [1, 1, 64, 64]))
    #expect(many.tiles.count == ImageGrid.maximumTiles && many.note.contains("4,096"))
    #expect(throws: FigureError.self) { try ImageGrid.filters(Tensor(shape: [3, 3])) }
  }

  @Test("feature maps share one scale, from the least value to the greatest")
  func showsFeatureMaps() throws {
    let maps = try Tensor(shape: [1, 1, 2, 2], values: [0, 5, 10, .nan])
    let grid = try ImageGrid.featureMaps(maps)
    #expect(grid.tiles.count == 2)
    #expect(grid.colourBar?.range == 0...10)
    #expect(grid.tiles[0].image[0, 0] == ColourMap.viridis(0))
    #expect(grid.tiles[0].image[1, 0] == ColourMap.viridis(1))
    #expect(grid.tiles[1].image[1, 0] == .notANumber)
    #expect(throws: FigureError.self) { try ImageGrid.featureMaps(Tensor(shape: [2, 2, 2, 2])) }
    #expect(try ImageGrid.featureMaps(Tensor(shape: [4, 4, 0])).tiles.isEmpty)
  }

  @Test("the histogram of an image has a curve for each channel")
  func countsChannels() throws {
    let image = try Tensor(shape: [1, 2, 3], values: [0, 0.5, 1, 0, 0.5, 1])
    let histogram = try Histogram.channels(ofImage: image)
    #expect(histogram.series.map(\.name) == ["red", "green", "blue"])
    #expect(histogram.series[2].values == [1, 1])
    #expect(throws: FigureError.self) { try Histogram.channels(ofImage: Tensor(shape: [2])) }
  }

  @Test("a confusion matrix has the shares of each true class")
  func countsConfusion() {
    let matrix = Heatmap.confusion(counts: [[3, 1], [0, 0]], classes: ["a", "b"])
    #expect(matrix.values == [0.75, 0.25, 0, 0])
    #expect(matrix.cellTexts == ["75 %\n3", "25 %\n1", "0", "0"])
  }

  @Test("colours of a map run from its first to its last")
  func mapsColours() {
    #expect(ColourMap.viridis(0) == Colour(hex: 0x440154))
    #expect(ColourMap.viridis(1) == Colour(hex: 0xFDE725))
    #expect(ColourMap.viridis(-9) == ColourMap.viridis(0))
    #expect(ColourMap.grey(0.5) == Colour(128, 128, 128))
    for map in ColourMap.allCases { #expect(map(.nan) == .notANumber) }
  }
}
