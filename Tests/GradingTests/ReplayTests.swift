import Foundation
import Grading
import TestSupport
import Testing

@Suite("Recording and replaying", .serialized) struct ReplayTests {
  private static let script = """
    seed 3
    coast = load "coast/scenes" size: 24 count: 24
    x = input(24, 24, 3)
    net = network(x, dense(flatten(max_pool(conv(x filters: 8 kernel: 3))) units: 4))
    fit = trainer(net, coast batch: 8)
    step fit 5
    random(3, 3)
    show plot([1, 4, 9] title: "Squares")
    save net "net.safetensors"
    check "trained" fit.step == 5 points: 2
    try
      fail "on purpose"
    catch problem
      show problem.message
    end
    weights = open "net.safetensors"
    net["dense"].kernel.mean if false else 1
    fit.state.hash
    [1][2]
    """

  private func record(
    _ folder: URL, _ options: [String] = [], environment: [String: String] = [:]
  ) throws -> [UInt8] {
    try Data(Self.script.utf8).write(to: folder.appendingPathComponent("work.conch"))
    let result = try Executable.run(
      options + ["run", "work.conch", "--record", "work.transcript"], environment: environment,
      folder: folder)
    #expect(result.status == 1)
    #expect(result.errors.contains("work.conch:19"), "\(result.errors)")
    return [UInt8](try Data(contentsOf: folder.appendingPathComponent("work.transcript")))
  }

  @Test("The same bytes with any number of threads, folder, time zone, locale and terminal")
  func bytes() throws {
    let folder = try Executable.folder()
    let first = try record(folder)
    for (options, environment) in [
      (["--threads", "1"], ["TZ": "Asia/Kathmandu", "LC_ALL": "C"]),
      (["--threads", "2"], ["LC_ALL": "de_DE.UTF-8", "TERM": "dumb"]),
      (["--threads", "4"], ["COLUMNS": "40", "NO_COLOR": "1", "HOME": "/nonexistent"]),
    ] {
      let other = try Executable.folder().appendingPathComponent("a folder with ümlauts")
      try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
      #expect(try record(other, options, environment: environment) == first, "\(options)")
    }
    let transcript = try TranscriptFile(first, name: "work.transcript")
    #expect(transcript.bytes == first)
    let kinds = transcript.events
    #expect(kinds.contains { if case .figure("Squares", _, _, _) = $0 { true } else { false } })
    #expect(kinds.contains { if case .wrote("net.safetensors", _) = $0 { true } else { false } })
    #expect(
      kinds.contains { if case .check("trained", true, nil, 2, _, 10) = $0 { true } else { false } }
    )
    #expect(kinds.contains { if case .value("tensor", .some) = $0 { true } else { false } })
    #expect(kinds.last == .finished(.failed))
    let text = String(decoding: first, as: UTF8.self)
    #expect(!text.contains(folder.path) && !text.contains("/tmp"))
  }

  @Test("A replay finds nothing, on any number of threads, and writes nothing")
  func replay() throws {
    let folder = try Executable.folder()
    _ = try record(folder)
    try FileManager.default.removeItem(at: folder.appendingPathComponent("net.safetensors"))
    for threads in ["1", "2", "4"] {
      let result = try Executable.run(
        ["--threads", threads, "replay", "work.transcript"], folder: folder)
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      #expect(result.output.contains("to the byte"))
    }
    #expect(
      !FileManager.default.fileExists(atPath: folder.appendingPathComponent("net.safetensors").path)
    )
  }

  @Test("The transcript of a submission can be replayed too")
  func submission() throws {
    let classroom = try Classroom()
    try classroom.write("check \"x\" answers.x == 3\n", to: "test.rubric")
    try classroom.write(
      "#%% One\n[1][2]\n#%% Two\nx = 3\nshow random(2, 2)\nx\n", to: "submissions/ada.conch")
    #expect(try classroom.grade().status == ExitStatus.full)
    let result = try Executable.run(["replay", "results/ada/transcript"], folder: classroom.folder)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
  }

  @Test("A replay says what differs: numbers, errors, data")
  func differences() throws {
    let folder = try Executable.folder()
    try Data("a,b\n1,2\n".utf8).write(to: folder.appendingPathComponent("data.npy"))
    let recorded = String(decoding: try record(folder), as: UTF8.self)
    func replayed(_ old: String, _ new: String, _ options: [String] = []) throws -> String {
      #expect(recorded.contains(old))
      let changed = recorded.replacingOccurrences(of: old, with: new)
      try Data(changed.utf8).write(to: folder.appendingPathComponent("other.transcript"))
      let result = try Executable.run(["replay", "other.transcript"] + options, folder: folder)
      return "\(result.status) \(result.output)\(result.errors)"
    }
    #expect(try replayed("seed 3\\n", "seed 4\\n").hasPrefix("1 line 6: the output is"))
    #expect(try replayed("[1][2]\"", "[1][0]\"").contains("line 19"))
    #expect(try replayed("on purpose\\n", "on Purpose\\n").contains("“on purpose”"))
    #expect(try replayed("\"passed\":true", "\"passed\":false").contains("passes now"))
    #expect(try replayed("\"conch transcript\":1", "\"conch transcript\":9").hasPrefix("2 conch:"))
  }

  @Test("Across builds numbers may differ within the tolerance, and nothing else")
  func tolerance() {
    let events: [Event] = [
      .statement(line: 1, cell: nil), .output("loss 0.12345, 7 steps of 3\n"),
      .value(kind: "tensor", hash: "a"), .finished(.finished),
    ]
    func found(_ tolerance: Double, _ change: (inout [Event]) -> Void) -> [String] {
      var changed = events
      change(&changed)
      return TranscriptComparison(tolerance: tolerance).differences(events, changed)
    }
    #expect(found(1e-3) { $0[1] = .output("loss   0.12346, 7 steps of 3") }.isEmpty)
    #expect(found(0) { $0[1] = .output("loss 0.12346, 7 steps of 3\n") }.count == 1)
    #expect(found(1e-3) { $0[1] = .output("loss 0.2, 7 steps of 3\n") }.count == 1)
    #expect(found(1e-3) { $0[1] = .output("loss 0.12345, 8 steps of 3\n") }.count == 1)
    #expect(found(1e-3) { $0[1] = .output("Loss 0.12345, 7 steps of 3\n") }.count == 1)
    #expect(found(1e-3) { $0[2] = .value(kind: "tensor", hash: "b") }.isEmpty)
    #expect(found(0) { $0[2] = .value(kind: "tensor", hash: "b") }.count == 1)
    #expect(found(1e-3) { $0[2] = .value(kind: "image", hash: "a") }.count == 1)
    #expect(found(1e-3) { $0[3] = .finished(.failed) }.count == 1)
    #expect(found(1e-3) { $0.removeLast() } == ["line 1: the run ended early"])
  }

  @Test("Broken transcripts are refused with their line")
  func broken() throws {
    let folder = try Executable.folder()
    let good = try record(folder)
    for cut in stride(from: 0, to: good.count, by: 97) {
      // Whatever is read of it, nothing may trap.
      _ = try? TranscriptFile(Array(good[..<cut]), name: "cut")
      var changed = good
      changed[cut] ^= 0x5A
      _ = try? TranscriptFile(changed, name: "changed")
    }
    #expect(throws: (any Error).self) { try TranscriptFile([], name: "empty") }
    #expect(throws: (any Error).self) { try TranscriptFile(good + [0x7B], name: "more") }
  }
}
