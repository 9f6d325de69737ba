import Networks
import Tensors

/// Where a trainer keeps the states that it can go back to.
package struct RewindBudget: Equatable, Sendable {
  /// Bytes of memory. The two latest snapshots are kept in any case, so that there is a way back.
  package var memory: Int
  /// Where snapshots go for which there is no memory; nil: nowhere, they are given up.
  package var folder: String?
  /// Bytes of files in that folder.
  package var disk: Int

  package init(memory: Int = 512 << 20, folder: String? = nil, disk: Int = 8 << 30) {
    (self.memory, self.folder, self.disk) = (memory, folder, disk)
  }
}

/// Snapshots of the past within a budget, so that a trainer can go back.
///
/// Steps can be taken again, but not what happened between them: weights that were loaded, layers
/// that were frozen. So there is a snapshot after every such change, and it is never given up
/// before those that are older.
struct SnapshotRing {
  private struct Entry {
    let step: Int
    /// Taken because something was changed from outside.
    let followsChange: Bool
    let bytes: Int
    var place: Place
  }

  private enum Place {
    case memory(Snapshot)
    case disk(SpilledSnapshot)

    var isMemory: Bool { if case .memory = self { true } else { false } }
  }

  /// Steps within which snapshots are about equally dense.
  private static let nearPast = 500.0

  let budget: RewindBudget
  /// Steps between two.
  let interval: Int
  /// The first reason why a snapshot could not be written to the folder; it was given up then.
  private(set) var problem: FileError?
  /// By step. Those on disk come before those in memory.
  private var entries: [Entry] = []
  private var folder: SpillFolder?

  init(_ budget: RewindBudget, interval: Int = 8) {
    (self.budget, self.interval) = (budget, interval)
  }

  /// The earliest step that can be gone back to.
  var earliestStep: Int? { entries.first?.step }
  var count: Int { entries.count }
  /// Bytes of snapshots in memory. What several share, such as weights that are frozen, counts each
  /// time.
  var memoryBytes: Int { bytes { $0.isMemory } }
  var diskBytes: Int { bytes { !$0.isMemory } }

  private func bytes(_ isCounted: (Place) -> Bool) -> Int {
    entries.reduce(0) { $0 + (isCounted($1.place) ? $1.bytes : 0) }
  }

  func isDue(step: Int) -> Bool {
    guard let last = entries.last else { return true }
    return step >= last.step + interval
  }

  /// - Parameter network: whose snapshot it is: its names are those in the files.
  mutating func append(_ snapshot: Snapshot, followsChange: Bool, of network: Network) {
    entries.removeAll { $0.step >= snapshot.step }
    var bare = snapshot
    // The past is the trainer's own: each would keep a copy of it otherwise.
    bare.history = History()
    bare.run = nil
    entries.append(
      Entry(
        step: snapshot.step, followsChange: followsChange, bytes: snapshot.bytes,
        place: .memory(bare)))
    while memoryBytes > budget.memory, entries.count(where: { $0.place.isMemory }) > 2 {
      if budget.folder == nil || problem != nil {
        let inMemory = entries.count(where: { !$0.place.isMemory })..<entries.count
        entries.remove(at: leastUseful(among: inMemory, at: snapshot.step))
      } else {
        spillOldest(of: network)
      }
    }
    while diskBytes > budget.disk {
      let onDisk = 0..<entries.count(where: { !$0.place.isMemory })
      entries.remove(at: leastUseful(among: onDisk, at: snapshot.step))
    }
  }

  /// Writes the oldest snapshot in memory to the folder.
  private mutating func spillOldest(of network: Network) {
    guard let index = entries.firstIndex(where: { $0.place.isMemory }),
      case .memory(let snapshot) = entries[index].place
    else { return }
    do {
      let folder = try self.folder ?? SpillFolder(in: budget.folder ?? ".")
      self.folder = folder
      entries[index].place = .disk(try SpilledSnapshot(snapshot, of: network, in: folder))
    } catch {
      problem = error as? FileError ?? .notWritable(path: budget.folder ?? "", reason: "\(error)")
    }
  }

  /// The one without which the way from the one before to the one after is shortest, for its age and
  /// some hundreds of steps: so they lie far apart in the distant past only, and a way back of a
  /// thousand steps needs hardly more replaying than one of a hundred. The two latest stay, since
  /// most go back a few steps only; where there are no others, the oldest goes.
  private func leastUseful(among candidates: Range<Int>, at step: Int) -> Int {
    var (best, bestScore) = (candidates.lowerBound, Double.infinity)
    for index in candidates where index > 0 && index + 2 < entries.count {
      guard !entries[index].followsChange else { continue }
      let gap = Double(entries[index + 1].step - entries[index - 1].step)
      let score = gap / (Double(step - entries[index].step) + SnapshotRing.nearPast)
      if score < bestScore { (best, bestScore) = (index, score) }
    }
    return best
  }

  /// The latest snapshot not after a step, without its history; nil if there is none.
  /// - Throws: what reading it from disk throws.
  func latest(notAfter step: Int, for trainer: Trainer) throws -> Snapshot? {
    guard let entry = entries.last(where: { $0.step <= step }) else { return nil }
    switch entry.place {
    case .memory(let snapshot): return snapshot
    case .disk(let spilled): return try spilled.read(for: trainer)
    }
  }

  mutating func removeAll() { entries = [] }

  /// Forgets what lies after a step: the future will be another.
  mutating func drop(after step: Int) { entries.removeAll { $0.step > step } }
}

/// A snapshot in a file, which goes with it.
private final class SpilledSnapshot: Sendable {
  private let path: String
  private let folder: SpillFolder

  init(_ snapshot: Snapshot, of network: Network, in folder: SpillFolder) throws {
    self.folder = folder
    path = folder.path + "/step-\(snapshot.step).ckpt"
    try Checkpoint.write(snapshot, of: network, to: path)
  }

  deinit { Files.remove(path) }

  func read(for trainer: Trainer) throws -> Snapshot {
    try Checkpoint.read(path, for: trainer).snapshot
  }
}

/// A folder of one trainer's snapshots, which goes with the last of them.
private final class SpillFolder: Sendable {
  let path: String

  /// - Throws: `FileError.notWritable`.
  init(in parent: String) throws {
    try Files.makeFolder(parent)
    path = try Files.makeNewFolder(parent + "/rewind")
  }

  deinit { Files.removeFolder(path) }
}
