import CConfinement
import Language
import Notebook

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the judge knows of a run: what the child has told, and how it ended.
package struct RunRecord {
  package enum Ending: Equatable, Sendable {
    /// The child said how the script ended, and answers questions.
    case told(Event.Ending)
    /// Killed by the judge, after the time that was allowed and a grace.
    case killed
    case limit(String)
    /// Ended by a signal, or without a word.
    case crashed(signal: Int)
  }

  /// What was run, after locked cells were put back.
  package var script: [UInt8] = []
  package var events: [Event] = []
  /// Figures as PNG, by the event that they belong to.
  package var pictures: [Int: [UInt8]] = [:]
  /// The protections that were in force.
  package var protections: [String] = []
  package var ending = Ending.crashed(signal: 0)
  package var seconds = 0.0
}

/// A confined process that runs a submission, as the judge sees it. It is believed nothing but
/// values: how long it takes and how it ends, the judge sees for itself.
final class ChildProcess {
  private let order: RunOrder
  private let channel: Channel
  private let process: Int32
  private var isAlive = true
  private(set) var hasCopy = false
  private var copySeconds = 0.0

  /// Seconds that are added to what a child sees to itself, before it is killed.
  private static let grace = 5.0
  private static let eventLimit = 1_000_000
  /// Bytes that a child may tell besides its output.
  private static let byteLimit = 256 << 20

  /// - Parameters:
  ///   - executable: the program itself.
  ///   - folder: a scratch folder, which must be empty.
  /// - Throws: `StartFailure`
  init(executable: String, _ order: RunOrder, folder: String) throws {
    self.order = order
    var pair: [Int32] = [0, 0]
    guard confinement_channel(&pair) == 0 else { throw StartFailure(errno) }
    channel = Channel(pair[0])
    defer { close(pair[1]) }
    var arguments: [UnsafeMutablePointer<CChar>?] = [
      strdup("conch"), strdup(ChildProgram.word), nil,
    ]
    defer { for argument in arguments { free(argument) } }
    process = confinement_start(executable, &arguments, folder, pair[1])
    guard process > 0 else { throw StartFailure(errno) }
    try? channel.send(Order.run(order).bytes)
  }

  struct StartFailure: Error {
    let reason: String
    init(_ number: Int32) { reason = String(cString: strerror(number)) }
  }

  deinit { end() }

  /// Kills the child and everything that it has started.
  func end() {
    guard isAlive else { return }
    isAlive = false
    hasCopy = false
    confinement_kill(process)
    _ = confinement_wait(process, 0)
  }

  /// Waits until the script has ended.
  /// - Parameter listen: hears of each event.
  func run(listen: (Event) -> Void = { _ in }) -> RunRecord {
    var record = RunRecord()
    record.script = order.source
    let start = Clock.seconds()
    let deadline = start + order.limits.seconds + ChildProcess.grace
    defer { record.seconds = Clock.seconds() - start }
    var ending: Event.Ending?
    var room = ChildProcess.byteLimit + Int(order.limits.outputBytes)
    do {
      while true {
        let message = try channel.receive(until: deadline)
        room -= message.count
        guard room >= 0 else { throw BrokenMessage() }
        switch try Report(message) {
        case .confined(let protections): record.protections = protections
        case .event(let line):
          guard record.events.count < ChildProcess.eventLimit else { break }
          let event = try Event(line: line)
          if case .finished(let told) = event { ending = told }
          record.events.append(event)
          listen(event)
        case .picture(let file):
          if file.starts(with: [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10]) {
            record.pictures[record.events.count - 1] = file
          }
        case .ran:
          record.ending = .told(ending ?? .failed)
          record.seconds = Clock.seconds() - start
          return record
        default: throw BrokenMessage()
        }
      }
    } catch Channel.Problem.timeout {
      end()
      record.ending = .killed
    } catch {
      record.ending = endingOfDead()
    }
    record.seconds = Clock.seconds() - start
    return record
  }

  private func endingOfDead() -> RunRecord.Ending {
    // It may have closed the channel and live on.
    isAlive = false
    hasCopy = false
    var ending = confinement_wait(process, 1)
    let deadline = Clock.seconds() + 1
    while ending.finished == 0, Clock.seconds() < deadline {
      usleep(2_000)
      ending = confinement_wait(process, 1)
    }
    confinement_kill(process)
    if ending.finished == 0 { ending = confinement_wait(process, 0) }
    return ChildProcess.limit(signal: Int(ending.signal), peak: Double(ending.peak), order.limits)
      .map { .limit($0) } ?? .crashed(signal: Int(ending.signal))
  }

  /// The limit that a process was ended for, in words, as far as its end tells.
  private static func limit(signal: Int, peak: Double, _ limits: RunLimits) -> String? {
    switch Int32(signal) {
    case 0: nil
    case SIGXCPU: "the processor's time that is allowed"
    case SIGXFSZ: "the room for files that is allowed"
    case _ where peak > 0.7 * limits.memory:
      "\(Int(limits.memory) >> 20) MiB of memory"
    default: nil
    }
  }

  // MARK: Questions

  /// Makes a copy of the process as the script has left it, for one check.
  /// - Throws: `Failure`
  func beginCopy(seconds: Double) throws {
    guard isAlive else { throw GradingError.childGone.failure }
    do {
      try channel.send(Order.beginCopy(seconds: seconds).bytes)
      guard case .copyBegan = try Report(channel.receive(until: Clock.seconds() + 30)) else {
        throw BrokenMessage()
      }
      hasCopy = true
      copySeconds = seconds
    } catch {
      end()
      throw GradingError.childGone.failure
    }
  }

  /// - Throws: `Failure`: what the submission's code raised (`Refusal`), or what became of it.
  func ask(_ question: Question) throws -> SentValue {
    guard isAlive, hasCopy else { throw GradingError.childGone.failure }
    let report: Report
    do {
      try channel.send(Order.ask(question).bytes)
      report = try Report(
        channel.receive(until: Clock.seconds() + copySeconds + ChildProcess.grace))
    } catch Channel.Problem.timeout {
      end()
      throw GradingError.checkTimeout(seconds: copySeconds).failure
    } catch {
      end()
      throw GradingError.childGone.failure
    }
    switch report {
    case .answer(let value): return value
    case .refused(let code, let message):
      guard code != Respondent.timeoutCode else {
        throw GradingError.checkTimeout(seconds: copySeconds).failure
      }
      throw Failure(code: code, message: message)
    case .copyEnded(let signal, let peak):
      hasCopy = false
      if Int32(signal) == SIGALRM {
        throw GradingError.checkTimeout(seconds: copySeconds).failure
      }
      if let limit = ChildProcess.limit(signal: signal, peak: peak, order.limits) {
        throw GradingError.checkLimit(limit).failure
      }
      throw GradingError.checkCrash(signal: signal).failure
    default:
      end()
      throw GradingError.childGone.failure
    }
  }

  func endCopy() {
    guard isAlive, hasCopy else { return }
    hasCopy = false
    do {
      try channel.send(Order.endCopy.bytes)
      guard
        case .copyEnded = try Report(
          channel.receive(until: Clock.seconds() + ChildProcess.grace))
      else { throw BrokenMessage() }
    } catch {
      end()
    }
  }
}
