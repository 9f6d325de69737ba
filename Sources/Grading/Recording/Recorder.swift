import Commands
import Figures
import Imagery
import Language
import Notebook
import Tensors

/// Listens to a session, and tells what happens as events.
///
/// What is shown still goes where the session writes it; whoever makes the session's console passes
/// its text to `output` as well.
final class Recorder {
  /// Takes the events; with a figure's event comes the figure as PNG.
  private let emit: (Event, _ picture: [UInt8]?) -> Void
  /// Off while questions are answered: what a student's function prints then is nobody's business.
  var isListening = true
  /// Places of problems that were told.
  private var told: Set<Int32> = []

  init(emit: @escaping (Event, _ picture: [UInt8]?) -> Void) { self.emit = emit }

  private func tell(_ event: Event, picture: [UInt8]? = nil) {
    if isListening { emit(event, picture) }
  }

  /// To be called before the session runs anything.
  func listen(to session: Session) {
    let (interpreter, workspace) = (session.interpreter, session.workspace)
    session.onStatement = { [unowned self] event in
      let (line, _) = event.source.position(of: event.span.start)
      let cell = event.cell.flatMap { $0.id ?? ($0.title.isEmpty ? nil : $0.title) }
      tell(.statement(line: line, cell: cell))
    }
    interpreter.onShow = { [unowned self, unowned interpreter] value, style in
      tell(.value(kind: value.kind, hash: ContentHash.of(value)))
      interpreter.output((style == .show ? value.text : value.display) + "\n")
    }
    workspace.onShow = { [unowned self] value in
      tell(.value(kind: value.kind, hash: ContentHash.of(value)))
    }
    workspace.onFigure = { [unowned self] figure in
      guard isListening else { return }
      let bitmap = try figure.bitmap()
      let file = try ImageFile.png(
        pixels: bitmap.pixels, width: bitmap.width, height: bitmap.height, channels: 4)
      tell(
        .figure(
          title: figure.title, summary: figure.summary, description: figure.altText,
          hash: SHA256.digest(of: file)), picture: file)
    }
    interpreter.onCheck = { [unowned self, unowned interpreter] check in
      tell(
        .check(
          title: check.description, passed: check.passed, problem: check.problem,
          points: check.points, visibility: check.visibility, line: check.line))
      if check.visibility == "visible" { interpreter.output(check.sentence + "\n") }
    }
    interpreter.onFailure = { [unowned self] diagnostic in problem(diagnostic) }
  }

  /// Text that the session writes.
  func output(_ text: String) { tell(.output(text)) }

  func problem(_ diagnostic: Diagnostic) {
    told.insert(diagnostic.span.start)
    tell(
      .problem(
        code: diagnostic.code, message: diagnostic.message, line: diagnostic.position.line,
        text: diagnostic.render()))
  }

  func hasTold(_ diagnostic: Diagnostic) -> Bool { told.contains(diagnostic.span.start) }

  /// The files that were read and written, and how the run ended. Files are named as the script
  /// names them; those of one folder are one.
  func finish(_ ending: Event.Ending) {
    let (read, written) = Safety.shared.watched
    for (name, files) in Recorder.folders(read) {
      tell(.read(name: name, files: files.count, hash: ContentHash.ofFiles(files)))
    }
    for path in written.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    where !Files.isFolder(path) && Files.exists(path) {
      tell(.wrote(name: path, hash: ContentHash.ofFiles([path])))
    }
    tell(.finished(ending))
  }

  /// Paths by their folder, both in the order of their bytes.
  private static func folders(_ paths: [String]) -> [(name: String, files: [String])] {
    var result: [(name: String, files: [String])] = []
    for path in paths.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      let folder = path.lastIndex(of: "/").map { String(path[...$0]) }
      let isSame = folder != nil && result.last.map { $0.name == folder } ?? false
      if isSame {
        result[result.count - 1].files.append(path)
      } else {
        result.append((folder ?? path, [path]))
      }
    }
    // A folder with one file in it is called as that file.
    return result.map { $0.files.count == 1 ? ($0.files[0], $0.files) : $0 }
  }
}

/// Hashes that stand for contents.
enum ContentHash {
  /// Of what a value's text shows only a part of: tensors and weights. Nil for everything else.
  static func of(_ value: Value) -> String? {
    guard case .object(let object) = value else { return nil }
    var hash = SHA256()
    switch object {
    case let tensor as TensorValue: add(tensor.tensor, to: &hash)
    case let net as NetworkValue:
      for parameter in net.network.parameters {
        hash.add(parameter.name)
        guard let tensor = try? parameter.value() else { return nil }
        add(tensor, to: &hash)
      }
    default: return nil
    }
    return hash.digest
  }

  private static func add(_ tensor: Tensor, to hash: inout SHA256) {
    hash.add("\(tensor.shape)")
    tensor.withUnsafePointer {
      hash.add(UnsafeRawBufferPointer(UnsafeBufferPointer(start: $0, count: tensor.count)))
    }
  }

  /// Of files' names and contents; what cannot be read counts as empty.
  static func ofFiles(_ paths: [String]) -> String {
    var hash = SHA256()
    for path in paths {
      hash.add(path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path)
      hash.add((try? Files.read(path)) ?? [])
    }
    return hash.digest
  }
}
