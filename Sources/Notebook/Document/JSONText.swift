import Tensors

extension JSON {
  /// Over lines, indented by one space, as notebooks are written.
  var indented: String {
    var text = ""
    write(to: &text, indentation: 0)
    return text
  }

  private func write(to text: inout String, indentation: Int) {
    switch self {
    case .null: text += "null"
    case .boolean(let flag): text += flag ? "true" : "false"
    case .integer(let whole): text += String(whole)
    case .number(let number): text += String(number)
    case .text(let content): text += JSON.quoted(content)
    case .array(let elements):
      list(elements, "[", "]", to: &text, indentation) { element, text in
        element.write(to: &text, indentation: indentation + 1)
      }
    case .object(let members):
      list(members, "{", "}", to: &text, indentation) { member, text in
        text += JSON.quoted(member.name) + ": "
        member.value.write(to: &text, indentation: indentation + 1)
      }
    }
  }

  private func list<Element>(
    _ elements: [Element], _ open: String, _ close: String, to text: inout String,
    _ indentation: Int, _ write: (Element, inout String) -> Void
  ) {
    text += open
    guard !elements.isEmpty else {
      text += close
      return
    }
    for (index, element) in elements.enumerated() {
      text += (index > 0 ? ",\n" : "\n") + String(repeating: " ", count: indentation + 1)
      write(element, &text)
    }
    text += "\n" + String(repeating: " ", count: indentation) + close
  }
}
