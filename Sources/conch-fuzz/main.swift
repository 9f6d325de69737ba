// What Scripts/fuzz feeds: every reader of what comes from outside, with bytes that a fuzzer makes.
// A reader may refuse anything, with an error; it may not trap, hang or take memory without end.
import Grading
import Imagery
import Language
import Networks
import Tensors
import Training

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A reader, by the name under which `CONCH_FUZZ` chooses it.
private struct Reader: Sendable {
  let name: String
  let read: @Sendable ([UInt8]) throws -> Void

  static let chosen: Reader = {
    let name = getenv("CONCH_FUZZ").map { String(cString: $0) } ?? ""
    guard let reader = readers().first(where: { $0.name == name }) else {
      let names = readers().map(\.name).joined(separator: " ")
      print("CONCH_FUZZ is one of: \(names)")
      exit(2)
    }
    return reader
  }()
}

private func readers() -> [Reader] {
  [
    Reader(name: "language") { bytes in
      var limits = Limits()
      limits.textSize = 100_000
      limits.listCount = 20_000
      limits.valueWeight = 100_000
      let interpreter = Interpreter(limits: limits) { _ in }
      interpreter.statementBudget = 2_000
      let source = Source(name: "fuzz", bytes: bytes)
      for diagnostic in interpreter.run(source).diagnostics {
        precondition(
          diagnostic.span.start >= 0 && diagnostic.span.start <= diagnostic.span.end
            && diagnostic.span.end <= Int32(diagnostic.source.bytes.count), "a place in the source")
        precondition(!diagnostic.render().isEmpty, "a message")
      }
      _ = Cells.split(source)
    },
    Reader(name: "image") { bytes in
      var limits = ImageLimits.standard
      limits.pixels = 1 << 20
      _ = try ImageFile.decode(bytes, name: "fuzz", limits: limits)
    },
    Reader(name: "weights") { bytes in _ = try NamedTensors.read(file(bytes)) },
    Reader(name: "checkpoint") { bytes in
      try Checkpoint.load(into: trainer(), from: file(bytes))
    },
    Reader(name: "transcript") { bytes in
      let transcript = try TranscriptFile(bytes, name: "fuzz")
      let again = try TranscriptFile(transcript.bytes, name: "fuzz")
      precondition(again == transcript, "what is written is read as it was")
      _ = TranscriptComparison(tolerance: 0.1).differences(transcript.events, again.events)
    },
    Reader(name: "zip") { bytes in
      let archive = try ZipArchive(bytes, name: "fuzz")
      for member in archive.members.prefix(100) {
        _ = try? archive.contents(of: member, limit: 1 << 20)
      }
    },
    Reader(name: "channel") { bytes in try ChannelProbe.read(bytes) },
    Reader(name: "rubric") { bytes in _ = try Rubric(Source(name: "fuzz", bytes: bytes)) },
  ]
}

/// Readers of files are given one in memory.
private func file(_ bytes: [UInt8]) throws -> String {
  let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
  let path = "\(folder)/conch-fuzz-\(getpid())"
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  guard descriptor >= 0 else { preconditionFailure("there is room for a file") }
  var start = 0
  while start < bytes.count {
    let count = bytes[start...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard count > 0 else { preconditionFailure("there is room for a file") }
    start += count
  }
  close(descriptor)
  return path
}

/// A training to read checkpoints into.
private func trainer() throws -> Trainer {
  let input = try Node.input([4, 4, 3], name: "image")
  let scores = try input.applying(GlobalPooling(.average), name: "pool")
    .applying(Dense(units: 2), name: "head")
  let network = try Network(inputs: [input], outputs: [scores], seed: 1)
  let images = try (0..<4).map { _ in try Tensor(shape: [4, 4, 3]) }
  let source = try MemorySource(images: images, labels: [0, 1, 0, 1], classes: ["a", "b"])
  return try Trainer(
    network, Dataset(source, name: "fuzz"), batch: 2, optimizer: .adam(.constant(0.01)), seed: 1)
}

/// libFuzzer's entry for programs that have a `main` of their own.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ one: @convention(c) (UnsafePointer<UInt8>, Int) -> Int32
) -> Int32

var count = CommandLine.argc
var words = CommandLine.unsafeArgv
exit(
  runDriver(&count, &words) { data, length in
    do {
      try Reader.chosen.read(Array(UnsafeBufferPointer(start: data, count: length)))
    } catch {
      // Refused, as it may be; the error must be one that can be told.
      _ = "\(error)"
    }
    return 0
  })
