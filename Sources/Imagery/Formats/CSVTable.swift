/// A table of texts with a heading (RFC 4180; also with semicolons or tabs, as spreadsheets of other
/// countries write them).
struct CSVTable {
  let header: [String]
  /// Every row has as many fields as the header.
  let rows: [[String]]
  /// The line on which each row begins, from 1.
  let lines: [Int]

  static let rowLimit = 10_000_000
  private static let columnLimit = 1_000

  /// - Throws: `ImageryError.unreadableAnnotation`
  init(_ bytes: [UInt8], name: String) throws {
    func unusable(_ line: Int, _ what: String) -> ImageryError {
      ImageryError(.unreadableAnnotation, name, given: "line \(line): \(what)")
    }
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let separator = CSVTable.separator(bytes[start...])
    var records: [[String]] = []
    var lines: [Int] = []
    var (record, field): ([String], [UInt8]) = ([], [])
    var (line, recordLine) = (1, 1)
    var isQuoted = false
    var wasQuoted = false
    func endField() {
      // Outside quotes, spaces around a field are not part of it.
      var part = field[...]
      if !wasQuoted {
        while part.first == 0x20 { part = part.dropFirst() }
        while part.last == 0x20 { part = part.dropLast() }
      }
      record.append(String(decoding: part, as: UTF8.self))
      field.removeAll(keepingCapacity: true)
      wasQuoted = false
    }
    func endRecord() throws {
      endField()
      guard record.count <= CSVTable.columnLimit else { throw unusable(line, "too many columns") }
      guard records.count <= CSVTable.rowLimit else { throw unusable(line, "too many rows") }
      if record.count > 1 || record[0] != "" {
        records.append(record)
        lines.append(recordLine)
      }
      record = []
    }
    var at = start
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      if isQuoted {
        if byte == 0x22 {
          if at < bytes.count && bytes[at] == 0x22 {
            field.append(byte)
            at += 1
          } else {
            isQuoted = false
          }
        } else {
          if byte == 0x0A { line += 1 }
          field.append(byte)
        }
      } else if byte == 0x22 && field.allSatisfy({ $0 == 0x20 }) {
        field.removeAll(keepingCapacity: true)
        (isQuoted, wasQuoted) = (true, true)
      } else if byte == separator {
        endField()
        guard record.count <= CSVTable.columnLimit else { throw unusable(line, "too many columns") }
      } else if byte == 0x0A || byte == 0x0D {
        if byte == 0x0D && at < bytes.count && bytes[at] == 0x0A { at += 1 }
        try endRecord()
        line += 1
        recordLine = line
      } else {
        field.append(byte)
      }
    }
    guard !isQuoted else { throw unusable(recordLine, "a quote is not closed") }
    if !field.isEmpty || !record.isEmpty { try endRecord() }
    guard let header = records.first else {
      throw ImageryError(.unreadableAnnotation, name, given: "it is empty")
    }
    for (record, line) in zip(records, lines) where record.count != header.count {
      throw unusable(line, "\(record.count) fields where the header has \(header.count)")
    }
    self.header = header
    rows = Array(records.dropFirst())
    self.lines = Array(lines.dropFirst())
  }

  /// The sign that is commonest in the first line.
  private static func separator(_ bytes: ArraySlice<UInt8>) -> UInt8 {
    let first = bytes.prefix(4_096).prefix { $0 != 0x0A && $0 != 0x0D }
    let candidates: [UInt8] = [0x2C, 0x3B, 0x09]
    // `max` gives the last of equals, and a comma goes before the others.
    return candidates.reversed().max { a, b in
      first.count { $0 == a } < first.count { $0 == b }
    } ?? 0x2C
  }

  /// The first column whose heading is one of these, in any case.
  func column(_ names: [String]) -> Int? {
    let headings = header.map { $0.lowercased() }
    for name in names { if let found = headings.firstIndex(of: name) { return found } }
    return nil
  }

  /// A field in a row, quoted where it must be.
  static func quoted(_ field: String) -> String {
    guard
      field.utf8.contains(where: { [0x22, 0x2C, 0x3B, 0x0A, 0x0D, 0x09].contains($0) })
        || field.utf8.first == 0x20 || field.utf8.last == 0x20
    else { return field }
    return "\"" + String(field.flatMap { $0 == "\"" ? "\"\"" : String($0) }) + "\""
  }
}
