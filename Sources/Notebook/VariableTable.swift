import Figures
import Language

/// What `vars` prints.
enum VariableTable {
  static func render(_ variables: [Variable], page: TerminalPage) -> String {
    guard !variables.isEmpty else { return "There are no variables yet: `x = 1` makes one." }
    let table = TextTable(
      columns: [
        TextTable.Column("name"), TextTable.Column("kind"), TextTable.Column("memory", .right),
        TextTable.Column("value"),
      ],
      rows: variables.map { variable in
        [
          variable.name, variable.value.kind, bytes(variable.value.memorySize),
          String(firstLine(of: variable.value)),
        ]
      })
    return table.rendered(width: page.columns, style: page.style)
  }

  private static func firstLine(of value: Value) -> Substring {
    switch value {
    case .object(let object): object.summary.prefix { $0 != "\n" }
    case .function(let function): Substring(function.signature)
    default: value.display.prefix { $0 != "\n" }
    }
  }

  static func bytes(_ count: Int) -> String {
    guard count > 0 else { return "" }
    let units = ["B", "kB", "MB", "GB", "TB"]
    var (value, unit) = (Double(count), 0)
    while value >= 999.5, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    let rounded = value >= 9.95 || unit == 0 ? value.rounded() : (value * 10).rounded() / 10
    return rounded == rounded.rounded()
      ? "\(Int(rounded)) \(units[unit])" : "\(rounded) \(units[unit])"
  }
}
