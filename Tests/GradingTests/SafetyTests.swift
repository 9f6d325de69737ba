import Foundation
import Grading
import Tensors
import TestSupport
import Testing

/// The walls around a submission, seen from outside.
@Suite("Confinement", .serialized) struct SafetyTests {
  #if os(Linux)
    @Test("A confined process has no environment, no descriptors but its own, and cannot go back")
    func process() throws {
      let classroom = try Classroom()
      try classroom.write(
        "assignment \"Slow\" seconds: 20\ncheck \"x\" answers.x == 1\n", to: "test.rubric")
      // Long enough to be looked at.
      try classroom.write(
        "x = 1\ny = zeros(500, 500)\nrepeat 150 times\n  y = y @ y\nend\n",
        to: "submissions/ada.conch")
      let grading = Process()
      grading.executableURL = URL(fileURLWithPath: try #require(Executable.path))
      grading.arguments = [
        "grade", "--rubric", "test.rubric", "submissions", "--output", "results",
      ]
      grading.environment = ["SECRET": "of the teacher", "PATH": "/usr/bin"]
      grading.currentDirectoryURL = classroom.folder
      grading.standardOutput = FileHandle.nullDevice
      try grading.run()
      defer { grading.terminate() }
      var found: String?
      for _ in 0..<400 where found == nil {
        usleep(5_000)
        found = try confined(by: grading.processIdentifier)
      }
      let place = "/proc/\(try #require(found))"
      // It puts on its limits first of all.
      usleep(100_000)
      #expect(try Data(contentsOf: URL(fileURLWithPath: "\(place)/environ")).isEmpty)
      let files = FileManager.default
      let open = try files.contentsOfDirectory(atPath: "\(place)/fd").sorted()
      #expect(open == ["0", "1", "2", "3"])
      for number in ["0", "1", "2"] {
        #expect(try files.destinationOfSymbolicLink(atPath: "\(place)/fd/\(number)") == "/dev/null")
      }
      #expect(try files.destinationOfSymbolicLink(atPath: "\(place)/fd/3").hasPrefix("socket:"))
      let status = try String(contentsOfFile: "\(place)/status", encoding: .utf8)
      #expect(status.contains("NoNewPrivs:\t1"))
      let limits = try String(contentsOfFile: "\(place)/limits", encoding: .utf8)
      #expect(limits.contains(/Max core file size +0 +0/))
      #expect(!limits.contains(/Max address space +unlimited/))
      grading.waitUntilExit()
      #expect(grading.terminationStatus == ExitStatus.full)
      let protections = try classroom.result("ada").protections
      #expect(protections.contains { $0.contains("setrlimit") }, "\(protections)")
      if status.contains("Seccomp:\t2") {
        #expect(protections.contains { $0.contains("seccomp") })
      }
      // Nothing is left of it.
      #expect(!files.fileExists(atPath: place))
    }

    /// The number of the confined process that a grader's judge has started, if there is one.
    private func confined(by grader: Int32) throws -> String? {
      func parent(_ process: String) -> String? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
          let fields = text.split(separator: ")").last?.split(separator: " "), fields.count > 1
        else { return nil }
        return String(fields[1])
      }
      return try FileManager.default.contentsOfDirectory(atPath: "/proc").first { name in
        guard Int(name) != nil,
          let words = try? String(contentsOfFile: "/proc/\(name)/cmdline", encoding: .utf8)
        else { return false }
        return words.hasPrefix("conch\0--confined")
          && parent(name).flatMap(parent) == "\(grader)"
      }
    }
  #endif

  @Test("What comes through the channel is read or refused, whatever it is")
  func channel() {
    var state: UInt64 = 7
    func next() -> UInt8 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
    for round in 0..<20_000 {
      var bytes = (0..<Int(next() % 60)).map { _ in next() }
      if !bytes.isEmpty { bytes[0] = UInt8(round % 9) }
      _ = try? ChannelProbe.read(bytes)
    }
    // Lengths that promise more than there is.
    for kind in 0..<12 as Range<UInt8> {
      _ = try? ChannelProbe.read([6, kind, 0xFF, 0xFF, 0xFF, 0xFF])
      _ = try? ChannelProbe.read([6, 5, 1, 0, 0, 0, kind, 0xFF, 0xFF, 0xFF, 0x7F, 1])
    }
    // Lists in lists, as deep as the message is long.
    _ = try? ChannelProbe.read([6] + (0..<100_000).flatMap { _ in [5, 1, 0, 0, 0] as [UInt8] })
  }
}
