import Language

/// The cells that ran: entries at the prompt and cells of a lesson, what each read and changed, and
/// so which of them no longer show what they would show now.
///
/// A cell is stale when a variable that it read has been given another value since, or when an object
/// that it looked at has been changed since. Three things are left out, because running a cell again
/// for them would do harm:
///
/// - what the cell changed itself: a cell that trains is stale only when the trainer was made anew,
///   by the cell that had made it; otherwise it would train further. Nor is the cell that made the
///   trainer stale because the trainer trains its network;
/// - what a later cell of the same lesson did: a script's order is its meaning;
/// - values that came out the same.
///
/// And a cell is stale when a cell that stands before it has since overwritten what it wrote.
struct CellLog {
  struct Cell {
    let number: Int
    /// Of a lesson's cell: its place in the lesson.
    let place: Int?
    var title: String
    var text: String
    fileprivate(set) var ending = Session.Status.finished
    /// Serial number of its last run.
    fileprivate var run = 0
    fileprivate var reads: [Read] = []
    fileprivate var writes: [String] = []

    init(number: Int, place: Int? = nil, title: String = "", text: String) {
      self.number = number
      self.place = place
      self.title = title
      self.text = text
    }

    /// The title, or the first line that is more than a comment.
    var name: String { title.isEmpty ? Cell.name(of: text) : title }

    static func name(of text: String) -> String {
      let lines = text.split(separator: "\n")
      let line = lines.first { $0.drop { $0 == " " }.first != "#" } ?? lines.first ?? ""
      return String(line) + (lines.count > 1 ? " …" : "")
    }
  }

  fileprivate struct Read {
    let name: String
    /// The cell that had written it, if a cell had.
    let writer: Int?
    /// Whether the cell changed in place what it read.
    let isChangedByItself: Bool
  }

  /// Who changed a variable last.
  fileprivate struct Change {
    let run: Int
    /// Nil for what is no cell, such as `undo`.
    let cell: Int?
    let place: Int?
  }

  /// Why a cell is stale.
  enum Reason: Equatable {
    case rewritten(String, by: Int?)
    case changedInPlace(String, by: Int?)
    /// What it wrote has been overwritten by a cell before it.
    case overwritten(String, by: Int?)
    /// It reads what a stale cell wrote.
    case follows(Int)
  }

  private(set) var cells: [Cell] = []
  private var runs = 0
  private var nextNumber: Int
  private var writers: [String: Change] = [:]
  private var changers: [String: Change] = [:]
  private var changeCounts: [String: Int] = [:]

  /// - Parameter reserved: numbers that belong to the cells of a lesson.
  init(reserved: Int = 0) { nextNumber = reserved + 1 }

  // MARK: Taking note

  /// The next number for an entry.
  mutating func newNumber() -> Int {
    defer { nextNumber += 1 }
    return nextNumber
  }

  subscript(number: Int) -> Cell? { cells.first { $0.number == number } }

  /// After a cell ran.
  mutating func note(
    _ cell: Cell, _ trace: Interpreter.Trace, _ ending: Session.Status, variables: [Variable]
  ) {
    runs += 1
    let change = Change(run: runs, cell: cell.number, place: cell.place)
    var ran = cell
    ran.run = runs
    ran.ending = ending
    ran.writes = trace.writes
    // Who wrote a variable before this cell did.
    let earlier = writers
    let changed = note(change, trace, variables)
    ran.reads = trace.reads.map {
      Read(
        name: $0.name, writer: earlier[$0.name]?.cell,
        isChangedByItself: changed.contains($0.name))
    }
    if let index = cells.firstIndex(where: { $0.number == cell.number }) {
      cells[index] = ran
    } else {
      cells.insert(ran, at: cells.firstIndex { $0.number > cell.number } ?? cells.count)
    }
  }

  /// After something ran that is no cell, and may have changed variables all the same.
  mutating func note(_ trace: Interpreter.Trace, variables: [Variable]) {
    runs += 1
    _ = note(Change(run: runs, cell: nil, place: nil), trace, variables)
  }

  /// Returns the names of objects that were changed in place.
  private mutating func note(
    _ change: Change, _ trace: Interpreter.Trace, _ variables: [Variable]
  ) -> Set<String> {
    for name in trace.writes {
      writers[name] = change
      changeCounts[name] = nil
    }
    var changed: Set<String> = []
    for variable in variables {
      let count = variable.value.changeCount
      if let before = changeCounts.updateValue(count, forKey: variable.name), before != count {
        changers[variable.name] = change
        changed.insert(variable.name)
      }
    }
    return changed
  }

  /// Forgets everything, as `reset` does.
  mutating func removeAll() {
    cells = []
    writers = [:]
    changers = [:]
    changeCounts = [:]
  }

  // MARK: Stale cells

  /// The cells that `rerun` would run, in order, each with its reason.
  var stale: [(cell: Cell, reason: Reason)] {
    var found: [(cell: Cell, reason: Reason)] = []
    for cell in cells where cell.ending == .finished {
      if let reason = ownReason(cell) ?? reason(cell, after: found.map(\.cell)) {
        found.append((cell, reason))
      }
    }
    return found
  }

  private func ownReason(_ cell: Cell) -> Reason? {
    for read in cell.reads {
      if let writer = writers[read.name], matters(writer, to: cell),
        !read.isChangedByItself || writer.cell == read.writer
      {
        return .rewritten(read.name, by: writer.cell)
      }
      if let changer = changers[read.name], matters(changer, to: cell), !read.isChangedByItself,
        !cell.writes.contains(where: { changers[$0]?.run == changer.run })
      {
        return .changedInPlace(read.name, by: changer.cell)
      }
    }
    for name in cell.writes {
      if let writer = writers[name], writer.run > cell.run, let number = writer.cell,
        number < cell.number
      {
        return .overwritten(name, by: number)
      }
    }
    return nil
  }

  private func reason(_ cell: Cell, after stale: [Cell]) -> Reason? {
    for read in cell.reads {
      guard let writer = writers[read.name]?.cell, writer == read.writer, writer != cell.number,
        stale.contains(where: { $0.number == writer })
      else { continue }
      return .follows(writer)
    }
    return nil
  }

  private func matters(_ change: Change, to cell: Cell) -> Bool {
    guard change.run > cell.run, change.cell != cell.number else { return false }
    guard let place = cell.place, let other = change.place else { return true }
    return other < place
  }
}
