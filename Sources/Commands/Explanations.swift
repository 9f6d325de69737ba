import Figures
import Imagery
import Language
import Networks
import Tensors

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
        "a tensor of shape \(shape) needs \(megabytes(bytes)), and \(megabytes(available)) are left")
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
}
