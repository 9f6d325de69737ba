import Figures
import Imagery
import Language
import Networks
import Tensors
import Training

// Errors of the rooms below, which are facts, become failures with a stable code and a sentence in
// the student's words: here, and nowhere else.

extension Failure {
  /// Runs `body`; what it throws comes out as a `Failure`.
  static func explaining<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      throw Failure.explaining(error)
    }
  }

  /// The failure that explains an error of any room.
  static func explaining(_ error: any Error) -> any Error {
    switch error {
    case let error as TensorError: tensor(error)
    case let error as FileError: file(error)
    case let error as ShapeError: Failure(code: "E0520", message: error.description)
    case let error as NetworkError: network(error)
    case let error as ImageryError: Failure(code: "E0540", message: error.message)
    case let error as TrainingError: training(error)
    case let error as DetectionError: detection(error)
    case let error as SafetensorsError: safetensors(error)
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
    case .notAClassifier(let outputs):
      return failure(
        "E0583",
        "to tell classes apart a network must end with one number for each, and this one gives "
          + outputs.map { "\($0)" }.joined(separator: " and "),
        "end it with global_average_pool and dense")
    case .imageShape(let expected, let given):
      let size =
        expected.count == 3 ? "load the data with `size: [\(expected[0]), \(expected[1])]`" : nil
      return failure("E0584", "the network takes images \(expected), and these are \(given)", size)
    case .classWeightCount(let given, let classes):
      return failure("E0585", "\(given) class weights for \(classes) classes")
    case .targetShape(let loss, let output, let target):
      return failure("E0586", "`\(loss)` cannot compare \(output) with \(target)")
    case .labelOutOfRange(let label, let classes):
      return failure("E0587", "there is no class number \(label) among \(classes)")
    case .lossNotFinite(let step, _, let layer, let parameter):
      let place =
        parameter.map { "the weight `\($0)` is not finite" }
        ?? layer.map { "layer `\($0)` is the first whose output is not finite" }
        ?? "the input is fine"
      return failure(
        "E0588", "the loss of step \(step) is not a number: \(place)", "try a lower rate")
    case .gradientNotFinite(let step, let parameter):
      return failure(
        "E0589", "the gradient of `\(parameter)` at step \(step) is not a number",
        "try a lower rate")
    case .noReadableImages(let step, let names):
      return failure(
        "E0590", "no image of step \(step) can be read: \(names.prefix(4).joined(separator: ", "))")
    case .nothingToTrain:
      return failure("E0591", "every layer is frozen, so nothing can be trained", "unfreeze some")
    case .weightsDiffer(let path, let report):
      return failure("E0592", "`\(path)` does not fit this network: " + differences(report))
    case .snapshotDiffers(let difference):
      return failure(
        "E0593",
        "this is the state of another training: its \(difference.name) is \(difference.given), "
          + "here \(difference.expected)")
    case .notACheckpoint(let path, let what):
      return failure("E0596", "`\(path)` is no checkpoint of a training: \(what)")
    case .cannotRewind(let steps, let available):
      return failure("E0594", "\(steps) steps cannot be taken back; \(available) can")
    case .nothingToResume:
      return failure("E0595", "no training was interrupted", "`train` begins one")
    }
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
