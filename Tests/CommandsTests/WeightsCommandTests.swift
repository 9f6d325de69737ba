import Commands
import Foundation
import Testing

/// `weights:` as a student meets it.
@Suite struct WeightsCommandTests {
  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("TrainingTests/Fixtures").path

  /// The layers of the fixtures' small network.
  static let layers = """
    image = input(8, 8, 3)
    x = conv(image filters: 4 kernel: 3 padding: "same" bias: false name: "stem")
    x = batch_norm(x name: "stem_bn")
    x = global_average_pool(x)
    x = dense(x units: 3 name: "predictions")
    """

  @Test(arguments: [
    (
      "mobilenet_v2(classes: 4 alpha: 0.35 input: [96, 96, 3] weights: \"imagenet\")",
      "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_96_no_top.h5"
    ),
    (
      "mobilenet_v2(classes: 1000 input: [97, 96, 3] weights: \"imagenet\")",
      "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"
    ),
    (
      "resnet50(classes: 4 input: [64, 64, 3] weights: \"imagenet\")",
      "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"
    ),
    (
      "resnet50(classes: 1000 input: [64, 64, 3] weights: \"imagenet\")",
      "resnet50_weights_tf_dim_ordering_tf_kernels.h5"
    ),
  ]) func theMissingFileIsNamed(statement: String, name: String) throws {
    let printed = try Student().run(statement)
    #expect(printed.contains("E0733") && printed.contains("`weights/\(name)`"), "\(printed)")
    #expect(printed.contains("into the folder `weights`"), "\(printed)")
  }

  @Test(arguments: [
    "mobilenet_v2(classes: 4 alpha: 0.6 input: [96, 96, 3] weights: \"imagenet\")",
    "small_cnn(classes: 2 input: [48, 48, 3] weights: \"imagenet\")",
  ]) func thereMayBeNoSuchWeights(statement: String) throws {
    let printed = try Student().run(statement)
    #expect(printed.contains("E0734"), "\(printed)")
  }

  @Test func strictFalseGoesOn() throws {
    let student = try Student()
    student.run(Self.layers)
    let whole = "network(image, x weights: \"\(Self.fixtures)/keras2.h5\""
    #expect(student.run(whole + ")").contains("E0592"))
    let printed = student.run(whole + " strict: false)")
    #expect(printed.contains("the network has no place for `depth/"), "\(printed)")
    let opened = student.run(
      "net = network(image, x); open \"\(Self.fixtures)/keras3.weights.h5\" into: net strict: false"
    )
    #expect(opened.contains("Read 6 weights"), "\(opened)")
  }

  @Test func aFileIsARecordOfTensors() throws {
    let printed = try Student().run(
      "open(\"\(Self.fixtures)/keras2.h5\")[\"stem/stem/kernel:0\"].shape")
    #expect(printed.contains("[3, 3, 3, 4]"), "\(printed)")
  }

  @Test func aNetworkRemembersItsConvention() throws {
    let student = try Student()
    student.run(
      """
      net = mobilenet_v2(classes: 2 alpha: 0.35 input: [32, 32, 3] convention: "pytorch")
      save net, "HERE/net.safetensors"
      """)
    let again = student.run(
      "mobilenet_v2(classes: 2 alpha: 0.35 input: [32, 32, 3] weights: \"HERE/net.safetensors\").preprocessing"
    )
    #expect(again.contains("torch"), "\(again)")
    let conflict = student.run(
      "mobilenet_v2(classes: 2 alpha: 0.35 input: [32, 32, 3] weights: \"HERE/net.safetensors\" "
        + "convention: \"keras\")")
    #expect(conflict.contains("E0737"), "\(conflict)")
    let other = student.run(
      """
      other = mobilenet_v2(classes: 2 alpha: 0.35 input: [32, 32, 3])
      open "HERE/net.safetensors" into: other
      """)
    #expect(other.contains("E0735"), "\(other)")
    let head = student.run(
      "mobilenet_v2(classes: 3 alpha: 0.35 input: [32, 32, 3] weights: \"HERE/net.safetensors\");")
    #expect(head.contains("`predictions/kernel` stays fresh: it is [1280, 3] here"), "\(head)")
  }

  @Test func damageIsTold() throws {
    let student = try Student()
    let net = "net = small_cnn(classes: 2 input: [48, 48, 3] filters: 2 dense: 4); "
    try Data("no such file".utf8).write(to: URL(fileURLWithPath: student.folder.path + "/a.h5"))
    #expect(student.run(net + "open \"HERE/a.h5\" into: net").contains("E0730"))
    let whole = try Data(contentsOf: URL(fileURLWithPath: Self.fixtures + "/keras2.h5"))
    try whole.prefix(9000).write(to: URL(fileURLWithPath: student.folder.path + "/b.h5"))
    let printed = student.run(net + "open \"HERE/b.h5\" into: net")
    #expect(printed.contains("E0731"), "\(printed)")
  }
}
