import Figures
import Imagery
import Language
import Tensors

/// What the commands of one session share: the seed, where text and pictures go, and whether the
/// user wants out.
package final class Workspace {
  /// Root of every named random stream of the session; `seed 7` sets it.
  package var seed: UInt64 = 0 { didSet { drawn = [:] } }
  /// How far each of the session's streams has been drawn.
  var drawn: [String: UInt64] = [:]
  /// Lessons run with small settings, for a first look and for tests.
  package var isQuick = false
  /// The room that text has, and how it may look.
  package var page = TerminalPage(columns: 80, rows: 24, colour: .monochrome)
  /// The height of the window now, in cells; it may change while work goes on.
  package lazy var rows: () -> Int = { [unowned self] in page.rows }
  /// Whether pictures are drawn into the output too, and progress redraws its line.
  package var isInteractive = false
  /// Where text goes: whole lines, the final newline included.
  package var write: (String) -> Void = { _ in }
  /// How often the user has pressed Ctrl-C since the statement began: 1 asks to stop after the step
  /// in hand, 2 to give the step up.
  package var interruptCount: () -> Int = { 0 }
  /// Whether the user goes on after a statement that ended early: at the prompt, but not after a
  /// script, whose variables end with it.
  package var canGoOn = false
  /// Throws when the user wants the statement to end. Commands and datasets call it before each piece
  /// of work: the evaluator itself looks only every few hundred statements, and a loop may take
  /// seconds for each of those.
  package var checkpoint: () throws -> Void = {}
  /// Called with each value that is given to `show`, before it is shown.
  package var onShow: ((Value) -> Void)?
  /// Called with each figure that is shown, before it is written.
  package var onFigure: ((Figure) throws -> Void)?
  /// Says which files figures go to: `figures/week1-01.png`.
  package var figureFiles = FigureFiles(stem: nil)
  /// Finds out how the terminal shows pictures, when the first figure is drawn; nil: not now.
  package var findGraphics: () -> Graphics? = { Graphics(nil, nil) }
  private var graphics: Graphics?
  /// Takes the figures that are shown, in place of files and terminal.
  package var takeFigure: ((Figure) throws -> Void)?
  /// Whether a script is only tried out: commands that write files then write none.
  package var isRehearsal = false
  /// Shows how far long work is.
  package lazy var progress = ProgressLine(
    isTerminal: false, columns: { 80 }, write: { [unowned self] in write($0) })

  /// Trainers whose trouble with keeping snapshots was told.
  var toldProblems: Set<ObjectIdentifier> = []

  package init() {}

  /// What a terminal says of itself.
  package struct Graphics {
    /// Nil where only text can be shown.
    let pictures: TerminalGraphics?
    /// Behind the text, where it says so.
    let background: TerminalBackground?

    package init(_ pictures: TerminalGraphics?, _ background: TerminalBackground?) {
      (self.pictures, self.background) = (pictures, background)
    }
  }

  /// Draws a figure on the terminal: as a picture where it can show one, else as text.
  private func draw(_ figure: Figure) throws {
    progress.clear()
    if graphics == nil, let found = findGraphics() {
      graphics = found
      if let background = found.background { page.background = background }
    }
    if let pictures = graphics?.pictures {
      return write(try pictures.sequence(of: figure, columns: page.columns, png: png))
    }
    say(
      figure.terminal(
        columns: page.columns, rows: page.rows, colour: page.style.colour,
        background: page.background))
  }

  private func png(_ bitmap: Bitmap) throws -> [UInt8] {
    try ImageFile.png(
      pixels: bitmap.pixels, width: bitmap.width, height: bitmap.height, channels: 4)
  }

  // MARK: What is kept in files

  /// How far each object had been changed when it was last written to a file or read from one.
  private var kept: [ObjectIdentifier: Int] = [:]

  /// To be called when a training or a network's weights have been written whole, or read.
  package func noteKept(_ object: any HostObject) {
    kept[ObjectIdentifier(object)] = object.changeCount
  }

  private func isKept(_ object: any HostObject) -> Bool {
    kept[ObjectIdentifier(object)] == object.changeCount
  }

  /// Trainings that would be lost with the session: neither they nor their networks' weights are in
  /// a file as they are now.
  package func unsavedTrainers(
    among variables: [Variable]
  ) -> [(name: String, steps: Int)] {
    variables.compactMap { variable in
      guard case .object(let object) = variable.value, let fit = object as? TrainerValue,
        fit.trainer.step > 0, !isKept(fit), !isKept(fit.net)
      else { return nil }
      return (variable.name, fit.trainer.step)
    }
  }

  /// Writes a whole line, after taking down a progress line that is in the way.
  package func say(_ line: String) {
    progress.clear()
    write(line + "\n")
  }

  /// Names images that could be read when they were loaded, and cannot any more.
  func warn(leftOut problems: some Collection<ImageryError>) {
    for problem in problems.prefix(8) { say("warning: left out: \(problem.message)") }
    if problems.count > 8 { say("warning: left out: \(problems.count - 8) more images") }
  }

  /// Writes the figure to a file, and draws it where there is a terminal. A file that cannot be
  /// written is a warning: what was trained before must not be lost for it.
  package func show(_ figure: Figure) throws {
    try onFigure?(figure)
    if let takeFigure { return try takeFigure(figure) }
    var place = ""
    do {
      let path = try figureFiles.next()
      try write(figure, to: path)
      place = " → \(path)"
    } catch let error as FileError {
      let reason = (Failure.explaining(error) as? Failure)?.message ?? ""
      say("warning: the figure is not kept: \(reason)")
    }
    if isInteractive { try draw(figure) }
    say(page.style.dim(figure.summary + place))
  }

  /// Writes the figure as a PNG file, sharp enough for print.
  func write(_ figure: Figure, to path: String) throws {
    try Files.writeAtomically(path, try png(try figure.bitmap(scale: 2)))
  }
}

/// Names for the files that figures are written to, in the order in which they are shown.
package struct FigureFiles {
  /// The script's name; nil at the prompt, where no earlier figure is overwritten.
  private let stem: String?
  private let folder: String
  private var number = 0

  package init(stem: String?, folder: String = "figures") {
    self.stem = stem
    self.folder = folder
  }

  /// The next name; the folder is made where it is missing.
  package mutating func next() throws -> String {
    try Files.makeFolder(folder)
    repeat {
      number += 1
      let digits = number < 10 ? "0\(number)" : "\(number)"
      let path = "\(folder)/\(stem ?? "figure")-\(digits).png"
      if stem != nil || !Files.exists(path) { return path }
    } while true
  }
}
