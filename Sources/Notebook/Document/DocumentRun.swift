import Commands
import Figures
import Imagery
import Language

/// Runs a script and puts what it shows into the cells of a document.
package final class DocumentRun {
  package private(set) var document: NotebookDocument
  package private(set) var status = Session.Status.finished
  private let source: Source
  private var current: Int?
  private var reached = 0

  /// - Parameters:
  ///   - name: the file's name without folder and ending.
  ///   - console: where progress is shown, and Ctrl-C comes from; nothing else is written there.
  ///   - isRehearsal: whether commands that write files write none.
  ///   - say: is told which cell runs.
  package static func run(
    _ source: Source, name: String, console: Console, options: Invocation.Options,
    isRehearsal: Bool = false, say: @escaping (String) -> Void = { _ in }
  ) -> (document: NotebookDocument, status: Session.Status) {
    let run = DocumentRun(source, name)
    run.run(console, options, isRehearsal, say)
    return (run.document, run.status)
  }

  private init(_ source: Source, _ name: String) {
    self.source = source
    document = NotebookDocument(source, name: name)
  }

  private func run(
    _ console: Console, _ options: Invocation.Options, _ isRehearsal: Bool,
    _ say: @escaping (String) -> Void
  ) {
    let starts = Cells.split(source).map(\.span.start)
    let session = Session(
      console: Console(
        page: TerminalPage(columns: 80, colour: .monochrome), isTerminal: false,
        errorStyle: TerminalStyle(.monochrome),
        write: { [unowned self] in add($0) },
        // Problems come as facts, below.
        writeError: { _ in },
        interruptCount: console.interruptCount, clearInterrupts: console.clearInterrupts),
      options: options)
    session.defineScriptNames(arguments: [])
    session.workspace.isRehearsal = isRehearsal
    session.workspace.takeFigure = { [unowned self] figure in
      addOutput(.figure(try NotebookDocument.Picture(figure)))
    }
    session.onProblem = { [unowned self] diagnostics in
      for diagnostic in diagnostics {
        addOutput(
          .problem(
            code: diagnostic.code, sentence: diagnostic.message, message: diagnostic.render()))
      }
    }
    session.interpreter.onStatement = { [unowned self] event in
      let cell = starts.lastIndex { $0 <= event.span.start } ?? 0
      guard cell != current else { return }
      current = cell
      reached += 1
      document.cells[cell].number = reached
      say("cell \(cell + 1)/\(document.cells.count)  \(document.cells[cell].title)")
    }
    status = session.run(cell: source)
  }

  private func add(_ text: String) {
    guard let current else { return }
    if case .text(let before)? = document.cells[current].outputs.last {
      document.cells[current].outputs.removeLast()
      document.cells[current].outputs.append(.text(before + text))
    } else {
      document.cells[current].outputs.append(.text(text))
    }
  }

  /// Errors that are found before anything runs belong to the first cell of code.
  private func addOutput(_ output: NotebookDocument.Output) {
    let cell = current ?? document.cells.firstIndex { $0.kind == .code }
    if let cell { document.cells[cell].outputs.append(output) }
  }
}

extension NotebookDocument.Picture {
  init(_ figure: Figure) throws {
    let bitmap = try figure.bitmap(scale: 2)
    png = try ImageFile.png(
      pixels: bitmap.pixels, width: bitmap.width, height: bitmap.height, channels: 4)
    let drawing = try figure.svg()
    svg = drawing.utf8.count < 3 * png.count ? drawing : nil
    (width, height) = figure.size
    description = figure.altText
  }
}
