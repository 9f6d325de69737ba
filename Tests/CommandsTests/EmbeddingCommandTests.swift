import Commands
import Language
import Foundation
import Testing

@Suite struct EmbeddingCommandTests {
  private static let setUp = """
    coast = load "coast/scenes" size: 32 count: 32 seed: 3
    training, test = coast.split(0.75)
    x = input(32, 32, 3)
    net = network(x, dense(global_average_pool(conv(x filters: 8 kernel: 3 stride: 2)) units: 4))
    points = embed(net, training)

    """

  @Test func imagesHavePlacesAndNeighbours() throws {
    let student = try Student()
    let printed = student.run(
      Self.setUp + """
        show points.vectors.shape, points.count, points.labels.length()
        model = knn(points k: 3)
        show model
        show nearest(model, test[0].image count: 4)
        groups = k_means(points k: 3)
        show groups.sizes.sum()
        show groups
        show project(points method: "pca")
        show project(points method: "tsne" perplexity: 5)
        show one_shot(points ways: 3 episodes: 50).accuracy <= 1
        """)
    #expect(!printed.contains("error"), "\(printed)")
    #expect(printed.contains("[24, 4]\n24\n24\n"), "\(printed)")
    let figures = try FileManager.default.contentsOfDirectory(
      atPath: student.folder.path + "/figures")
    #expect(figures.count == 4)
  }

  /// All 15 · 15 · 8 values of the convolution.
  @Test func anotherLayerCanBeThePlace() throws {
    let student = try Student()
    student.run(Self.setUp)
    #expect(student.run("embed(net, test layer: \"conv\").dimension") == "1800\n")
    #expect(student.run("knn(net, training k: 1).k") == "1\n")
  }

  @Test(arguments: [
    ("embed(net, training layer: \"nothing\")", "E0530"),
    ("knn(points, training)", "E0690"), ("confidence({a: 1})", "E0691"),
    ("k_means(points k: 25)", "E0580"), ("one_shot(points ways: 20)", "E0685"),
    ("estimate(net, training)", "E0688"),
    ("nearest(knn(points), ones(7, 7, 3))", "E0584"),
    ("project(embed(net, training.take(3)) method: \"tsne\")", "E0682"),
  ])
  func mistakes(statement: String, code: String) throws {
    let student = try Student()
    student.run(Self.setUp)
    #expect(student.errors(statement) == [code], "\(student.run(statement))")
  }
}
