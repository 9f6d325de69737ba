/// Prints values so that they could be typed again, within what a screen holds.
struct ValueWriter {
  private(set) var output = ""
  /// Elements of one list or record that are printed; of longer ones the first and the last.
  private let shownElements = 100
  private let edgeElements = 10
  /// Bytes after which only counts are printed.
  private let room = 8_000

  mutating func write(_ value: Value) {
    switch value {
    case .none: output += "none"
    case .boolean(let flag): output += flag ? "true" : "false"
    case .number(let number): output += NumberFormat.shortest(number)
    case .text(let text): writeQuoted(text)
    case .list(let list): writeList(list)
    case .record(let record): writeRecord(record)
    case .range(let range):
      output += "\(NumberFormat.shortest(range.start))..\(NumberFormat.shortest(range.end))"
      if range.step != 1 { output += " by \(NumberFormat.shortest(range.step))" }
    case .function(let function): output += function.signature
    case .object(let object): output += object.summary
    }
  }

  private mutating func writeList(_ list: List) {
    guard output.utf8.count < room else {
      output += "[… \(Wording.count(list.count, "element")) …]"
      return
    }
    output += "["
    for (index, element) in list.enumerated() {
      if list.count > shownElements, index == edgeElements {
        output += ", … \(list.count - 2 * edgeElements) more …"
      }
      if list.count > shownElements, index >= edgeElements, index < list.count - edgeElements {
        continue
      }
      if index > 0 { output += ", " }
      writeNested(element)
    }
    output += "]"
  }

  private mutating func writeRecord(_ record: Record) {
    guard output.utf8.count < room else {
      output += "{… \(Wording.count(record.keys.count, "field")) …}"
      return
    }
    output += "{"
    for (index, field) in record.fields.enumerated() {
      guard index < shownElements else {
        output += ", … \(record.keys.count - shownElements) more …"
        break
      }
      if index > 0 { output += ", " }
      if ValueWriter.isName(field.key) {
        output += field.key
      } else {
        writeQuoted(field.key)
      }
      output += ": "
      writeNested(field.value)
    }
    output += "}"
  }

  /// Whether a key needs no quotes.
  private static func isName(_ key: String) -> Bool {
    guard let first = key.unicodeScalars.first, first == "_" || first.properties.isXIDStart else {
      return false
    }
    return key.unicodeScalars.allSatisfy { $0.properties.isXIDContinue }
  }

  /// Inside lists and records, an object of several lines is only named.
  private mutating func writeNested(_ value: Value) {
    guard case .object(let object) = value else { return write(value) }
    let summary = object.summary
    output += summary.utf8.contains(10) || summary.utf8.count > 60 ? "<\(object.kind)>" : summary
  }

  private mutating func writeQuoted(_ text: String) {
    let isCut = text.utf8.count > room
    output += "\""
    for scalar in (isCut ? text.prefix(room / 4) : text[...]).unicodeScalars {
      switch scalar {
      case "\n": output += "\\n"
      case "\t": output += "\\t"
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "{": output += "\\{"
      default:
        if Wording.isControl(scalar) {
          output += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
          output.unicodeScalars.append(scalar)
        }
      }
    }
    output += isCut ? "…\" (\(text.utf8.count) bytes)" : "\""
  }
}
