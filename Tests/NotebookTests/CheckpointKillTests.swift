import Foundation
import TestSupport
import Testing

/// A laptop that runs out of power, a cluster that ends a job: what was saved before is whole.
@Suite(.serialized) struct CheckpointKillTests {
  private static let setup = """
    coast = load "coast/scenes" size: 48 count: 8
    net = small_cnn(classes: coast.classes input: [48, 48, 3])
    fit = trainer(net, coast batch: 4)

    """

  @Test("Killed at any moment, the previous checkpoint is whole")
  func killedWhileSaving() throws {
    let folder = try Executable.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let checkpoint = folder.appendingPathComponent("a.ckpt").path
    var furthest = 0
    for delay in [120, 131, 146, 158, 173, 187, 202, 229] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: try #require(Executable.path))
      process.arguments = [
        "-c", Self.setup + "while true\n  save fit \"a.ckpt\"\n  step fit;\nend",
      ]
      process.currentDirectoryURL = folder
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      // At least one is there; then at another moment of the writing each time.
      while !FileManager.default.fileExists(atPath: checkpoint) { usleep(1_000) }
      usleep(UInt32(delay) * 1_000)
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()

      let result = try Executable.run(
        ["-c", Self.setup + "open \"a.ckpt\" into: fit\nshow fit.step\nstep fit"], folder: folder)
      #expect(result.status == 0, "\(result.errors)")
      let lines = result.output.split(separator: "\n")
      if lines.count > 1 { furthest = max(furthest, Int(lines[1]) ?? 0) }
    }
    #expect(furthest > 2)
  }
}
