import Foundation

/// What lies beside the project and is not everywhere: reference dumps of other frameworks, and
/// real images. Tests use it where it is found, and say so where it is not.
package enum Material {
  /// The dumps: the folder that CONCH_FIXTURES names, else `shared/reference/fixtures` beside the
  /// project or above it; nil where there is none.
  package static let fixtures: String? = {
    ProcessInfo.processInfo.environment["CONCH_FIXTURES"] ?? folder("reference/fixtures")
  }()

  /// A folder of the shared material, or nil.
  package static func folder(_ name: String) -> String? {
    var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    while folder.path != "/" {
      let candidate = folder.appendingPathComponent("shared/\(name)").path
      if FileManager.default.fileExists(atPath: candidate) { return candidate }
      folder.deleteLastPathComponent()
    }
    return nil
  }
}
