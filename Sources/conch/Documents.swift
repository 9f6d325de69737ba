import Commands
import CTerminal
import Kernels
import Language
import Notebook
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What is done with files of scripts: lessons are found, documents written and read, layouts mended.
extension Program {
  static func export(
    _ source: Source, _ path: String, _ format: ExportFormat, _ output: String?,
    _ options: Invocation.Options
  ) -> Int32 {
    terminal_guard()
    terminal_hide_interrupts()
    interrupts_count(3)
    if let threads = options.threads { Parallel.threads = threads }
    let console = console()
    let progress = ProgressLine(
      isTerminal: console.isTerminal, columns: console.columns, write: console.write)
    let (document, status) = DocumentRun.run(
      source, name: Lesson.stem(path), console: console, options: options
    ) { progress.show($0) }
    progress.clear()
    guard status != .interrupted else {
      Output.write("Interrupted: nothing was written.\n", to: 2)
      return status.rawValue
    }
    let target = output ?? "\(document.name).\(format.rawValue)"
    do {
      try document.write(to: target, as: format)
    } catch {
      Output.write("conch: cannot write `\(target)` (\(Failure.sentence(error)))\n", to: 2)
      return 1
    }
    Output.write("Wrote \(target).\n", to: 1)
    if status == .failed {
      Output.write("The script does not come to its end; \(target) shows why.\n", to: 2)
    }
    return status.rawValue
  }

  static func importNotebook(
    _ path: String, _ output: String?
  ) throws(Invocation.UsageError) -> Int32 {
    guard let bytes = FileBytes.read(path, limit: JupyterNotebook.sizeLimit) else {
      throw Invocation.cannotOpen(path, reason: reason())
    }
    let target = output ?? "\(Lesson.stem(path)).conch"
    do {
      let imported = try JupyterNotebook.script(of: bytes)
      guard output != nil || access(target, F_OK) != 0 else {
        Output.write(
          "conch: `\(target)` is there already: `--output \(target)` overwrites it\n", to: 2)
        return 1
      }
      try Files.writeAtomically(target, Array(imported.script.utf8))
      Output.write("Wrote \(target) (\(imported.cellCount) cells).\n", to: 1)
      for note in imported.notes { Output.write(note + "\n", to: 1) }
      return 0
    } catch let problem as JupyterNotebook.Problem {
      Output.write("conch: cannot import `\(path)`: \(problem.sentence)\n", to: 2)
    } catch {
      Output.write("conch: cannot write `\(target)` (\(Failure.sentence(error)))\n", to: 2)
    }
    return 1
  }

  /// Lays a script out anew, in place; 1 where it has mistakes, or should be laid out and is only
  /// checked.
  static func format(
    _ path: String, _ onlyChecks: Bool
  ) throws(Invocation.UsageError) -> Int32 {
    let source = try source(path)
    guard let text = Formatter.formatted(source) else {
      return Session(console: console()).check(source) == .failed ? 1 : 0
    }
    guard Array(text.utf8) != source.bytes else { return 0 }
    if onlyChecks {
      Output.write("\(path) is not laid out: conch format \(path)\n", to: 1)
      return 1
    }
    do {
      try Files.writeAtomically(path, Array(text.utf8))
    } catch {
      Output.write("conch: cannot write `\(path)` (\(Failure.sentence(error)))\n", to: 2)
      return 1
    }
    Output.write("Laid out \(path).\n", to: 1)
    return 0
  }

  static func listLessons() -> Int32 {
    let paths = Lesson.all()
    guard !paths.isEmpty else {
      Output.write("There are no lessons here: `conch lesson FILE` takes any script.\n", to: 1)
      return 0
    }
    for (index, path) in paths.enumerated() {
      let title = (try? source(path)).map { Lesson($0, path: path).title } ?? ""
      Output.write("conch lesson \(index + 1)   \(title.isEmpty ? path : title)\n", to: 1)
    }
    return 0
  }

  /// A number is a place in the list of lessons; anything else is a file.
  static func lessonPath(_ name: String) throws(Invocation.UsageError) -> String {
    guard let number = Int(name) else { return name }
    let paths = Lesson.all()
    guard paths.indices.contains(number - 1) else {
      throw Invocation.UsageError(
        paths.isEmpty
          ? "the lessons are not here" : "there are \(paths.count) lessons, no lesson \(number)",
        remedy: paths.isEmpty ? "name the file: conch lesson FILE" : "`conch lesson` lists them")
    }
    return paths[number - 1]
  }
}
