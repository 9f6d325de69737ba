import Figures
import Training

/// The loss and the score of a training while it runs, as a small drawing below the progress line.
struct LiveCurves {
  private let trainer: Trainer
  private let workspace: Workspace
  private var drawing: [String] = []
  private var lastDrawing = -Double.infinity

  /// The shortest time between two drawings, in seconds: they take longer than a line.
  private static let interval = 0.4

  /// Nil where there is no terminal.
  init?(_ trainer: Trainer, _ workspace: Workspace) {
    guard workspace.isInteractive else { return nil }
    (self.trainer, self.workspace) = (trainer, workspace)
  }

  /// The drawing's lines as they are now; none where there is no room for them.
  mutating func lines() -> [String] {
    // The window may have another size than when the statement began.
    let width = min(workspace.progress.width - 1, 100)
    guard width >= 40, workspace.rows() >= 18 else { return [] }
    let now = ProgressLine.seconds()
    guard now - lastDrawing >= LiveCurves.interval else { return drawing }
    lastDrawing = now
    guard trainer.history.steps.count > 1 else { return [] }
    let page = workspace.page
    var panels = [panel("loss", { $0.loss }, { $0.validationLoss })]
    if let score = trainer.objective.score {
      let scale = score.isShare ? 100.0 : 1
      panels.append(
        panel(
          score.isShare ? "\(score.name), %" : score.name, { $0.score.map { scale * $0 } },
          { $0.validationScore.map { scale * $0 } }))
    }
    let isWide = width >= 80 && panels.count > 1
    let figure = isWide ? Figure("", Composition(panels)) : panels[0]
    drawing = figure.terminal(
      columns: width, rows: 11, colour: page.style.colour, background: page.background
    ).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return drawing
  }

  private func panel(
    _ name: String, _ step: (History.Step) -> Double?, _ validation: (History.Epoch) -> Double?
  ) -> Figure {
    let history = trainer.history
    let steps = history.steps
    // As many points as can be told apart, each the mean of its steps.
    let size = max(1, steps.count / 120)
    let means = stride(from: 0, to: steps.count, by: size).compactMap {
      start -> (Double, Double)? in
      let values = steps[start..<min(start + size, steps.count)].compactMap(step)
      guard let last = steps[start..<min(start + size, steps.count)].last, !values.isEmpty else {
        return nil
      }
      return (Double(last.step), values.reduce(0, +) / Double(values.count))
    }
    var series = [LinePlot.Series("training", x: means.map(\.0), y: means.map(\.1), colour: 0)]
    let checked = history.epochs.filter { validation($0) != nil }
    if !checked.isEmpty {
      series.append(
        LinePlot.Series(
          "validation", x: checked.map { Double($0.step) },
          y: checked.map { validation($0) ?? .nan }, colour: 1))
    }
    return Figure("", LinePlot(series: series, yLabel: name))
  }
}
