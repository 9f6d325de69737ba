import Foundation
import Tensors

/// The reference dumps of Keras, where they are.
enum Fixtures {
  static let folder =
    ProcessInfo.processInfo.environment["CONCH_FIXTURES"] ?? "/work/shared/reference/fixtures"
  static let operations = folder + "/operations.safetensors"
  static var exist: Bool { FileManager.default.fileExists(atPath: operations) }
}
