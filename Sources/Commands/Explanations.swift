import Figures
import Imagery
import Language
import Models
import Networks
import Tensors
import Training

// Errors of the rooms below, which are facts, become failures with a stable code and a sentence in
// the student's words: here, and nowhere else.

extension Failure {
  /// Runs `body`; what it throws comes out as a `Failure`.
  package static func explaining<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      throw Failure.explaining(error)
    }
  }

  /// What an error says, in a sentence without a full stop.
  package static func sentence(_ error: any Error) -> String {
    (explaining(error) as? Failure)?.message ?? "\(error)"
  }

  /// The failure that explains an error of any room.
  package static func explaining(_ error: any Error) -> any Error {
    switch error {
    case let error as TensorError: tensor(error)
    case let error as FileError: file(error)
    case let error as ShapeError: Failure(code: "E0520", message: error.description)
    case let error as NetworkError: network(error)
    case let error as ImageryError: Failure(code: "E0540", message: error.message)
    case let error as TrainingError: training(error)
    case let error as DetectionError: detection(error)
    case let error as SafetensorsError: safetensors(error)
    case let error as HDF5Error: hdf5(error)
    case let error as PublishedWeights.Missing: published(error)
    case let error as FigureError: Failure(code: "E0550", message: error.description)
    default: error
    }
  }

  private static func network(_ error: NetworkError) -> Failure {
    var remedy: String?
    if case .unknownLayer(_, let candidates) = error, let nearest = candidates.first {
      remedy = "did you mean `\(nearest)`?"
    }
    return Failure(code: "E0530", message: error.description, remedy: remedy)
  }

  private static func tensor(_ error: TensorError) -> Failure {
    func failure(_ code: String, _ message: String, _ remedy: String? = nil) -> Failure {
      Failure(code: code, message: message, remedy: remedy)
    }
    switch error {
    case .invalidShape(let shape):
      return failure(
        "E0502", "\(shape) is no shape: it takes at most \(Tensor.maximumRank) sizes from 0 on")
    case .tooLarge(let shape, let bytes, let available):
      return failure(
        "E0503",
        "a tensor of shape \(shape) needs \(megabytes(bytes)), and \(megabytes(available)) are left"
      )
    case .valueCount(let given, let shape):
      return failure("E0504", "\(given) values do not fill the shape \(shape)")
    case .incompatibleShapes(let operation, let left, let right):
      return failure("E0505", "`\(operation)` cannot join the shapes \(left) and \(right)")
    case .wrongRank(let operation, let given, let expected):
      return failure(
        "E0506", "`\(operation)` needs \(expected) dimensions, and the shape is \(given)")
    case .axisOutOfRange(let axis, let rank):
      return failure("E0507", "there is no axis \(axis) in a tensor of \(rank) dimensions")
    case .indexOutOfRange(let index, let axis, let size):
      return failure(
        "E0508", "there is no index \(index) along axis \(axis), which has \(size) entries")
    case .tooManyIndices(let given, let shape):
      return failure("E0509", "\(given) indices for a tensor of shape \(shape)")
    case .repeatedEllipsis:
      return failure("E0510", "`...` can stand only once among the indices")
    case .zeroStep:
      return failure("E0511", "the step of a slice cannot be 0")
    case .cannotReshape(let from, let to):
      return failure("E0512", "a tensor of shape \(from) cannot be reshaped to \(to)")
    case .invalidPermutation(let order, let rank):
      return failure(
        "E0513", "\(order) does not name each of the axes 0 to \(max(0, rank - 1)) once")
    case .emptyTensor(let operation, let shape):
      return failure("E0514", "`\(operation)` of no values (shape \(shape)) has no answer")
    case .invalidArgument(let operation, let given, let expected):
      return failure(
        "E0515", "`\(operation)` needs \(expected), not \(Value.number(given).display)")
    }
  }

  private static func file(_ error: FileError) -> Failure {
    func failure(_ code: String, _ message: String) -> Failure {
      Failure(code: code, message: message)
    }
    switch error {
    case .notFound(let path): return failure("E0560", "there is no file `\(path)`")
    case .isFolder(let path): return failure("E0561", "`\(path)` is a folder, not a file")
    case .notReadable(let path, let reason):
      return failure("E0562", "`\(path)` cannot be read: \(reason)")
    case .tooLarge(let path, let bytes, let limit):
      return failure(
        "E0563", "`\(path)` has \(megabytes(bytes)); at most \(megabytes(limit)) are read")
    case .truncated(let path, let bytes, let expected):
      return failure("E0564", "`\(path)` is cut off: \(bytes) of \(expected) bytes are there")
    case .notWritable(let path, let reason):
      return failure("E0565", "`\(path)` cannot be written: \(reason)")
    case .readingForbidden(let path):
      return failure("E0567", "safe mode does not allow `\(path)` to be read")
    case .writingForbidden(let path):
      return failure("E0568", "safe mode does not allow `\(path)` to be written")
    case .quotaSpent(let path, let limit, let files):
      return failure(
        "E0569",
        "`\(path)` cannot be written: at most \(megabytes(limit)) and \(files) files are allowed")
    }
  }

  private static func megabytes(_ bytes: Int) -> String {
    bytes < 1 << 20 ? "\(bytes) bytes" : "\(bytes >> 20) MiB"
  }

  private static func training(_ error: TrainingError) -> Failure {
    func failure(_ code: String, _ message: String, _ remedy: String? = nil) -> Failure {
      Failure(code: code, message: message, remedy: remedy)
    }
    switch error {
    case .invalidSetting(let name, let given, let expected):
      return failure("E0580", "`\(name)` is \(expected), not \(Value.number(given).display)")
    case .noImages(let dataset): return failure("E0581", "`\(dataset)` has no images")
    case .classCount(let outputs, let classes):
      return failure(
        "E0582",
        "the network gives \(outputs) numbers an image, and the data has \(classes) classes",
        "build it with `classes: data.classes`, or give it a new_head")
    case .dataKind(let objective, let given, let expected, let dataset):
      return failure(
        "E0597",
        "`\(objective)` compares with \(words(expected)), and `\(dataset)` has \(words(given))")
    case .noPairs(let dataset):
      return failure(
        "E0598",
        "pairs need two images or more of at least two classes, and `\(dataset)` has fewer")
    case .noMap(let layer, let shape):
      return failure(
        "E0753", "layer `\(layer)` gives \(shape), and a map [height, width, channels] is needed",
        "name a layer before the flattening or the global pooling")
    case .notAClassifier(let outputs):
      return failure(
        "E0583",
        "to tell classes apart a network must end with one number for each, and this one gives "
          + outputs.map { "\($0)" }.joined(separator: " and "),
        outputs.count == 1 && outputs[0].count == 3
          ? "classes of pixels are found by `segment`; otherwise end it with global_average_pool "
            + "and dense" : "end it with global_average_pool and dense")
    case .imageShape(let expected, let given):
      let size =
        expected.count == 3 ? "load the data with `size: [\(expected[0]), \(expected[1])]`" : nil
      return failure("E0584", "the network takes images \(expected), and these are \(given)", size)
    case .classWeightCount(let given, let classes):
      return failure("E0585", "\(given) class weights for \(classes) classes")
    case .targetShape(let loss, let output, let target):
      return failure("E0586", "`\(loss)` cannot compare \(output) with \(target)")
    case .lossDoesNotFit(let loss, let classes):
      return failure(
        "E0661",
        "`\(loss)` cannot judge masks by \(classes) output\(classes == 1 ? "" : "s") a pixel",
        loss == "binary_cross_entropy" ? "write cross_entropy()" : nil)
    case .tooManyClasses(let given, let limit):
      return failure("E0662", "a mask tells at most \(limit) classes apart, not \(given)")
    case .notASegmenter(let input, let outputs):
      return failure(
        "E0663",
        "to find masks a network must give scores for each pixel of its images \(input), and this "
          + "one gives " + outputs.map { "\($0)" }.joined(separator: " and "),
        "build one with unet or residual_unet")
    case .maskSize(let expected, let given):
      return failure("E0664", "the image has the size \(expected), and the mask \(given)")
    case .labelOutOfRange(let label, let classes):
      return failure("E0587", "there is no class number \(label) among \(classes)")
    case .lossNotFinite(let step, _, let origin, let parameter):
      let cause = parameter.map { "the weight `\($0)` is not finite, and " } ?? ""
      return failure(
        "E0588",
        "the loss of step \(step) is not a number: \(cause)it arose in "
          + words(origin, elsewhere: "the comparison"), "try a lower rate")
    case .gradientNotFinite(let step, let parameter, let origin):
      return failure(
        "E0589",
        "the gradient of `\(parameter)` at step \(step) is not a number: it arose in "
          + words(origin, elsewhere: "the loss"), "try a lower rate")
    case .noReadableImages(let step, let names):
      return failure(
        "E0590", "no image of step \(step) can be read: \(names.prefix(4).joined(separator: ", "))")
    case .nothingToTrain:
      return failure("E0591", "every layer is frozen, so nothing can be trained", "unfreeze some")
    case .weightsDiffer(let path, let report):
      return failure("E0592", "`\(path)` does not fit this network: " + differences(report))
    case .otherConvention(let path, let given, let network):
      func owner(_ convention: Convention) -> String {
        convention == .keras ? "Keras" : "PyTorch"
      }
      return failure(
        "E0735",
        "`\(path)` has weights for the network as \(owner(given)) builds it, and this one is built "
          + "as \(owner(network)) does",
        "build it with `convention: \"\(given.rawValue)\"`, or with `weights:`, which knows")
    case .noWeights(let path): return failure("E0736", "`\(path)` has no weights")
    case .snapshotDiffers(let difference):
      return failure(
        "E0593",
        "this is the state of another training: its \(difference.name) is \(difference.given), "
          + "here \(difference.expected)")
    case .notACheckpoint(let path, let what):
      return failure("E0596", "`\(path)` is no checkpoint of a training: \(what)")
    case .cannotRewind(let target, let step, let earliest):
      guard target >= 0 else {
        return failure("E0594", "\(step - target) steps cannot be taken back; \(step) were taken")
      }
      return failure(
        "E0594",
        "step \(target) cannot be gone back to: the snapshots reach back to step \(earliest)",
        "give `trainer` more `rewind_memory`, or a `rewind_folder`")
    case .validationNeeded(let path, let dataset):
      return failure(
        "E0746",
        "the training in `\(path)` was judged by the images of `\(dataset)`, which no file holds",
        "write resume fit from: \"\(path)\" validate: …")
    case .notVectors(let shape):
      return failure("E0680", "vectors are a tensor [count, numbers], not \(shape)")
    case .notFinite(let row):
      return failure(
        "E0681", "the network gives for image \(row) what is not a number",
        "train it again with a lower rate")
    case .tooFewVectors(let given, let needed):
      return failure("E0682", "\(given) images are too few: at least \(needed) are needed")
    case .tooManyVectors(let given, let limit):
      return failure(
        "E0683", "\(given) images are too many to compare each with each: at most \(limit)",
        "embed fewer: data.take(2000)")
    case .tooManyDimensions(let given, let limit):
      return failure(
        "E0684",
        "vectors of \(given) numbers are too long where there are more images than \(limit)",
        "embed fewer images, or a narrower layer")
    case .tooFewClasses(let given, let needed):
      return failure(
        "E0685", "\(given) classes have the two images that it takes, and \(needed) are asked for")
    case .notAnEmbedding(let outputs):
      return failure(
        "E0687",
        "a network that places images must end with one list of numbers, and this one gives "
          + outputs.map { "\($0)" }.joined(separator: " and "), "build one with embedding")
    case .notARegression(let outputs):
      return failure(
        "E0688",
        "to estimate a number a network must end with one, and this one gives "
          + outputs.map { "\($0)" }.joined(separator: " and "), "end it with dense(units: 1)")
    case .notAnAutoencoder(let input, let outputs):
      return failure(
        "E0689",
        "to give an image back a network must end with its shape \(input), and this one gives "
          + outputs.map { "\($0)" }.joined(separator: " and "), "build one with autoencoder")
    case .nothingToResume:
      return failure("E0595", "no training was interrupted", "`train` begins one")
    }
  }

  /// Where a number that is none arose: "layer `Conv1`, in its conv".
  private static func words(_ origin: Origin, elsewhere: String) -> String {
    guard let layer = origin.layer else {
      return elsewhere + (origin.operation.map { " (`\($0)`)" } ?? "")
    }
    return "layer `\(layer)`, in its `\(origin.operation ?? "")`"
  }

  /// What images come with.
  static func words(_ kind: Annotation.Kind) -> String {
    switch kind {
    case .label: "a class for each image"
    case .boxes: "boxes"
    case .mask: "a class for each pixel"
    case .value: "a number for each image"
    case .none: "images alone"
    }
  }

  private static func detection(_ error: DetectionError) -> Failure {
    switch error {
    case .notADetector(let outputs):
      return Failure(
        code: "E0650",
        message: "to find objects a network must give class scores [anchors, classes] and boxes "
          + "[anchors, 4], and this one gives "
          + outputs.map { "\($0)" }.joined(separator: " and "),
        remedy: "build one with retinanet")
    case .anchorCount(let outputs, let expected, let input):
      return Failure(
        code: "E0651",
        message: "the network gives \(outputs) boxes an image, and an image \(input) has "
          + "\(expected) anchors")
    }
  }

  /// What differs between a file of weights and a network, in one sentence.
  static func differences(_ report: WeightsReport) -> String {
    func names(_ list: [String]) -> String {
      list.prefix(3).map { "`\($0)`" }.joined(separator: ", ")
        + (list.count > 3 ? " and \(list.count - 3) more" : "")
    }
    var parts: [String] = []
    for one in report.mismatched.prefix(3) {
      parts.append("`\(one.name)` is \(one.given) in the file and \(one.expected) in the network")
    }
    if report.mismatched.count > 3 { parts.append("\(report.mismatched.count - 3) more differ") }
    if !report.missing.isEmpty { parts.append("the file has no \(names(report.missing))") }
    if !report.unexpected.isEmpty {
      parts.append("the network has no place for \(names(report.unexpected))")
    }
    return parts.joined(separator: "; ")
  }

  private static func hdf5(_ error: HDF5Error) -> Failure {
    switch error.problem {
    case .noSignature:
      Failure(code: "E0730", message: "`\(error.path)` is no HDF5 file, whatever its name says")
    case .damaged(let offset, let what):
      Failure(
        code: "E0731",
        message: "`\(error.path)` is no sound HDF5 file: \(what), at byte \(offset)")
    case .unsupported(let what):
      Failure(
        code: "E0732", message: "`\(error.path)` has \(what), which are not read here",
        remedy: "write it again with Keras's `save_weights`, which does without")
    }
  }

  private static func published(_ error: PublishedWeights.Missing) -> Failure {
    switch error {
    case .file(let weights, let path):
      Failure(
        code: "E0733", message: "there is no file `\(path)`, which has these weights",
        remedy: "put \(weights.address) into the folder `\(PublishedWeights.folder)` beside your "
          + "work, under its own name")
    case .none(let model):
      Failure(
        code: "E0734", message: "no weights of ImageNet are published for \(model)",
        remedy: "name a file")
    }
  }

  private static func safetensors(_ error: SafetensorsError) -> Failure {
    let what: String
    switch error.problem {
    case .tooShort(let bytes, let expected): what = "it has \(bytes) bytes, not \(expected)"
    case .headerTooLong: what = "it does not begin as such a file does"
    case .headerNotJSON: what = "its description is not JSON"
    case .malformed(let tensor, let problem): what = "`\(tensor)`: \(problem)"
    case .unsupportedType(let tensor, let type): what = "`\(tensor)` has the type \(type)"
    case .wrongSize(let tensor, let shape, _, let bytes, let expected):
      what = "`\(tensor)` \(shape) has \(bytes) bytes, not \(expected)"
    case .misplaced(let tensor, let begins, let expected):
      what = "`\(tensor)` begins at byte \(begins), not \(expected)"
    case .wrongLength(let bytes, let expected):
      what = "its data have \(bytes) bytes, not \(expected)"
    case .invalidName(let name): what = "`\(name)` cannot be a tensor's name there"
    }
    return Failure(code: "E0567", message: "`\(error.path)` is no sound safetensors file: \(what)")
  }
}
