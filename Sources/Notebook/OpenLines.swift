/// What each line of an entry begins in: the innermost construct that the lines before it leave open.
/// What stands before the last change is not read again, so that an entry of thousands of lines is
/// drawn as quickly as one of three.
package struct OpenLines {
  private let open: (String) -> String?
  private var scalars: [Unicode.Scalar] = []
  /// By line: where the lines before it end, and what they leave open.
  private var known: [Int: (end: Int, open: String?)] = [:]

  /// - Parameter open: the innermost construct that a text leaves open.
  package init(_ open: @escaping (String) -> String?) { self.open = open }

  /// What the lines before number `line` (from 0) leave open.
  package mutating func before(line: Int, of entry: EntryText) -> String? {
    forget(since: entry.scalars)
    if let answer = known[line] { return answer.open }
    var newlines = 0
    let end =
      entry.scalars.firstIndex { scalar in
        if scalar == "\n" { newlines += 1 }
        return newlines == line
      } ?? 0
    let text = String(String.UnicodeScalarView(entry.scalars[..<end]))
    let answer = open(text)
    known[line] = (end, answer)
    return answer
  }

  private mutating func forget(since new: [Unicode.Scalar]) {
    guard scalars != new else { return }
    var common = 0
    while common < min(scalars.count, new.count), scalars[common] == new[common] { common += 1 }
    known = known.filter { $0.value.end <= common }
    scalars = new
  }
}
