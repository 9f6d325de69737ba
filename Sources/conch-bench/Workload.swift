import Imagery
import Kernels
import Models
import Networks
import Tensors
import Training

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What `Scripts/bench peers` measures against other frameworks: a model in training, by the
/// trainer that students use with images in memory, or in use.
struct Workload: Sendable {
  enum Task: Sendable { case classes, objects, pixels, pairs }

  let name: String
  let task: Task
  /// Images that go through the network together.
  let batch: Int
  let isTraining: Bool
  let network: @Sendable () throws -> Network

  static let all: [Workload] = {
    func mobileNet(_ side: Int, _ alpha: Double) -> @Sendable () throws -> Network {
      {
        try MobileNetV2.network(
          input: [side, side, 3], alpha: alpha, classes: 4, convention: .pytorch)
      }
    }
    func uNet(_ side: Int) -> @Sendable () throws -> Network {
      { try UNet.network(input: [side, side, 3]) }
    }
    let retinaNet: @Sendable () throws -> Network = {
      let backbone = try ResNet50.network(
        input: [512, 512, 3], includeTop: false, convention: .pytorch)
      return try RetinaNet.network(
        backbone: backbone, taps: RetinaNet.Taps.known[0], classes: 1, convention: .pytorch)
    }
    let embedding: @Sendable () throws -> Network = {
      try EmbeddingNetwork.network(input: [64, 64, 3], dimension: 8)
    }
    func training(
      _ name: String, _ task: Task, _ batch: Int,
      _ network: @escaping @Sendable () throws -> Network
    ) -> Workload {
      Workload(
        name: "\(name)_b\(batch)_train", task: task, batch: batch, isTraining: true,
        network: network)
    }
    func inference(
      _ name: String, _ task: Task, _ batches: [Int],
      _ network: @escaping @Sendable () throws -> Network
    ) -> [Workload] {
      batches.map {
        Workload(
          name: "\(name)_b\($0)_infer", task: task, batch: $0, isTraining: false, network: network)
      }
    }
    return [
      training("mobilenet_v2_224", .classes, 16, mobileNet(224, 1)),
      training("mobilenet_v2_035_96", .classes, 32, mobileNet(96, 0.35)),
      training("retinanet_512", .objects, 2, retinaNet),
      training("unet_512", .pixels, 4, uNet(512)),
      training("unet_256", .pixels, 8, uNet(256)),
      training("embedding_64", .pairs, 24, embedding),
    ] + inference("mobilenet_v2_224", .classes, [1, 16], mobileNet(224, 1))
      + inference("mobilenet_v2_035_96", .classes, [1, 16], mobileNet(96, 0.35))
      + inference("retinanet_512", .objects, [1], retinaNet)
      + inference("unet_512", .pixels, [1], uNet(512))
      + inference("unet_256", .pixels, [1], uNet(256))
      + inference("embedding_64", .pairs, [1, 2000], embedding)
  }()

  /// The workload of that name, or the end of the program.
  static func named(_ name: String) -> Workload {
    guard let workload = all.first(where: { $0.name == name }) else {
      print("no workload \(name): see `conch-bench workloads`")
      exit(2)
    }
    return workload
  }

  /// Does it once.
  typealias Run = () throws -> Void

  func prepared(_ network: Network) throws -> Run {
    guard isTraining else {
      if task == .pairs, batch > 1 {
        // As students embed: in parts that the cache holds.
        let embedder = try Embedder(network, isNormalized: false)
        let shape = [batch] + network.inputs[0].shape
        let images = try Tensor(uninitialized: shape) {
          Workload.fill(UnsafeMutableBufferPointer(start: $0, count: shape.reduce(1, *)))
        }
        return { _ = try embedder.vectors(images) }
      }
      let execution = try Execution(network, count: batch, mode: .inference)
      Workload.fill(execution.inputValues())
      return { execution.forward() }
    }
    let trainer = try Trainer(
      network, try dataset(network), batch: batch, optimizer: try optimizer(),
      objective: try objective(network))
    return { try trainer.step() }
  }

  private func optimizer() throws -> Optimizer {
    task == .classes ? try .sgd(.constant(0.001), momentum: 0.9) : try .adam(.constant(1e-5))
  }

  private func objective(_ network: Network) throws -> any Objective {
    switch task {
    case .classes: Classification()
    case .objects: try Detection(network)
    case .pixels:
      Segmentation(WeightedLosses(.binaryCrossEntropy) + WeightedLosses(.dice))
    case .pairs: Similarity()
    }
  }

  /// Two batches of noise with what the task needs to know of each image.
  private func dataset(_ network: Network) throws -> Dataset {
    var stream = RandomStream(seed: 1, name: "workload")
    let shape = network.inputs[0].shape
    let (height, width) = (shape[0], shape[1])
    let count = 2 * batch
    let images = try (0..<count).map { _ in
      try Tensor(
        shape: shape, values: (0..<shape.reduce(1, *)).map { _ in stream.uniform(in: 0..<1) })
    }
    let source: MemorySource
    switch task {
    case .classes, .pairs:
      let classes = task == .pairs ? batch / 2 : 4
      source = try MemorySource(
        images: images, labels: (0..<count).map { $0 % classes },
        classes: (0..<classes).map { "class \($0)" })
    case .objects:
      let boxes = images.map { _ in
        Annotation.boxes(
          (0..<8).map { _ in
            let (w, h) = (stream.uniform(in: 30..<200), stream.uniform(in: 30..<200))
            let x = stream.uniform(in: 0..<Float(width) - w)
            let y = stream.uniform(in: 0..<Float(height) - h)
            return LabelledBox(Box(left: x, top: y, right: x + w, bottom: y + h), label: 0)
          })
      }
      source = try MemorySource(images: images, annotations: boxes, kind: .boxes, classes: ["a"])
    case .pixels:
      let masks = images.map { _ in
        Annotation.mask(
          Mask(
            height: height, width: width,
            values: (0..<height * width).map { _ in UInt8(stream.integer(below: 2)) }))
      }
      source = try MemorySource(
        images: images, annotations: masks, kind: .mask, classes: ["other", "a"])
    }
    return Dataset(source, name: "noise")
  }

  static func fill(_ values: UnsafeMutableBufferPointer<Float>) {
    var stream = RandomStream(seed: 2, name: "input")
    for index in values.indices { values[index] = stream.uniform(in: 0..<1) }
  }

  /// The weights in the order of their layers, an input and what the network makes of it, so that
  /// a peer can be given the same network and must say the same.
  func write(_ network: Network, to path: String) throws {
    var tensors = NamedTensors()
    for (index, parameter) in network.parameters.enumerated() {
      tensors["\(1000 + index) \(parameter.name)"] = try Tensor(
        shape: parameter.shape, values: Array(parameter.values))
    }
    let execution = try Execution(network, count: 1, mode: .inference)
    Workload.fill(execution.inputValues())
    tensors["input"] = try Tensor(
      shape: [1] + network.inputs[0].shape, values: Array(execution.inputValues()))
    execution.forward()
    for (index, output) in network.outputs.enumerated() {
      tensors["output \(index)"] = try Tensor(
        shape: [1] + output.shape, values: Array(execution.outputValues(index)))
    }
    try Safetensors.write(tensors, to: path)
  }
}

/// Obeys lines on standard input, so that it can be measured in alternation with others: `run N`
/// answers with the seconds that each of N runs took, `memory` with the most megabytes that the
/// process has held, `write PATH` writes the network, `operations` counts those of one run, and
/// `threads N` sets how many work from then on.
enum WorkloadServer {
  static func serve(_ name: String) throws {
    let workload = Workload.named(name)
    let network = try workload.network()
    var prepared: Workload.Run?
    while let line = readLine() {
      let words = line.split(separator: " ", maxSplits: 1)
      switch words.first {
      case "run":
        let run = try prepared ?? workload.prepared(network)
        prepared = run
        let seconds = try (0..<(Int(words.last ?? "") ?? 1)).map { _ in
          let start = Clock.seconds()
          try run()
          return Clock.seconds() - start
        }
        print(seconds.map { "\($0)" }.joined(separator: " "))
      case "threads":
        Parallel.threads = Int(words.last ?? "") ?? Parallel.cores
        print(Parallel.threads)
      case "memory": print(peakMegabytes())
      case "write":
        try workload.write(network, to: String(words.last ?? ""))
        print("written")
      case "operations":
        let factor = workload.isTraining ? 6.0 : 2.0
        print(factor * Double(network.multiplyAccumulates) * Double(workload.batch))
      default: print("?")
      }
      fflush(nil)
    }
  }

  /// `VmHWM` of /proc/self/status; 0 elsewhere.
  private static func peakMegabytes() -> Double {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 256)
    while fgets(&buffer, 256, file) != nil {
      let line = String(
        decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      if line.hasPrefix("VmHWM:") {
        let digits = line.filter(\.isNumber)
        return (Double(digits) ?? 0) / 1000
      }
    }
    return 0
  }
}
