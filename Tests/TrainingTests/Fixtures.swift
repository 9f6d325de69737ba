import Foundation
import TestSupport

/// The reference dumps of Keras, where they are.
enum Fixtures {
  static let operations = (Material.fixtures ?? "") + "/operations.safetensors"
  static var exist: Bool { FileManager.default.fileExists(atPath: operations) }
}
