import Language

/// Puts back what students may not change.
///
/// The sheet says which cells there are: those that are locked, and those with an `id` for answers.
/// A submission's locked cells are replaced by the sheet's, of cells with the same `id` the first
/// counts, and whatever is missing, edited, repeated or moved is noted.
struct Integrity {
  private let sheet: Source
  private let cells: [Cell]

  init(sheet: Source) {
    self.sheet = sheet
    cells = Cells.split(sheet)
  }

  /// What names a cell for good: its `id`, or the title of a locked cell that has none.
  private static func key(_ cell: Cell) -> String? {
    cell.id ?? (cell.isLocked && !cell.title.isEmpty ? cell.title : nil)
  }

  /// The script as it is to run, and notes in the order of the script.
  func restored(_ script: [UInt8], name: String) -> (script: [UInt8], notes: [String]) {
    let source = Source(name: name, bytes: script)
    // What is no text stays as it is, and is refused as such when it is to run.
    guard source.firstInvalidOffset == nil, source.bytes.count <= Limits.standard.sourceSize else {
      return (script, [])
    }
    var known: [String: Cell] = [:]
    for cell in cells { if let key = Integrity.key(cell) { known[key] = known[key] ?? cell } }
    var seen: [String] = []
    var notes: [String] = []
    let handedIn = Cells.split(source)
    let preamble = Int32(handedIn.first?.span.start ?? Int32(source.bytes.count))
    var output = Array(source.bytes[..<Int(preamble)])
    for cell in handedIn {
      // A cell that lost its `id` is still known by its title.
      let key = Integrity.key(cell) ?? (known[cell.title] != nil ? cell.title : nil)
      guard let key else {
        append(source, cell, to: &output)
        continue
      }
      guard !seen.contains(key) else {
        notes.append("the cell “\(key)” is there twice; the first counts")
        continue
      }
      guard let original = known[key] else {
        if cell.isLocked || cell.points != nil {
          notes.append("the cell “\(key)” is not on the sheet; it earns nothing")
        }
        append(source, cell, to: &output)
        continue
      }
      seen.append(key)
      guard original.isLocked else {
        append(source, cell, to: &output)
        continue
      }
      if text(source, cell) != text(sheet, original) {
        notes.append("the locked cell “\(key)” was changed; the sheet's was run")
      }
      append(sheet, original, to: &output)
    }
    let expected = cells.compactMap(Integrity.key)
    for key in expected where !seen.contains(key) {
      notes.append(
        known[key]?.isLocked == true
          ? "the locked cell “\(key)” is missing; what needs it earns nothing"
          : "the cell “\(key)” is missing")
    }
    if seen != expected.filter(seen.contains) { notes.append("the cells are in another order") }
    return (output, notes)
  }

  private func append(_ source: Source, _ cell: Cell, to output: inout [UInt8]) {
    if let last = output.last, last != 10 { output.append(10) }
    output += source.bytes[Int(cell.span.start)..<Int(cell.span.end)]
  }

  /// A cell's statements: blank lines and spaces at the ends of lines do not count.
  private func text(_ source: Source, _ cell: Cell) -> [Substring] {
    let lines = source.slice(cell.body).split(separator: "\n").map { line in
      var line = line
      while let last = line.last, last == " " || last == "\t" { line.removeLast() }
      return line
    }
    return lines.filter { !$0.isEmpty }
  }
}
