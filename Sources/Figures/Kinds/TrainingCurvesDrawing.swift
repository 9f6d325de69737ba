extension TrainingCurves: FigureContent {
  /// One plot a panel.
  var composition: Composition {
    Composition(panels.map { Figure("", plot($0)) }, columns: panels.count > 3 ? 2 : nil)
  }

  private func plot(_ panel: Panel) -> LinePlot {
    let hasEpochs = stepsPerEpoch > 0
    let unit = hasEpochs ? Double(stepsPerEpoch) : 1
    func marks(_ values: [Double]) -> LinePlot.Series.Stroke {
      values.count > 60 ? .line : .lineAndMarks
    }
    var series: [LinePlot.Series] = []
    if !panel.steps.isEmpty {
      let alone = panel.training.isEmpty && panel.validation.isEmpty
      series.append(
        LinePlot.Series(
          alone ? "training" : "each step", x: panel.steps.indices.map { Double($0 + 1) / unit },
          y: panel.steps, stroke: alone && panel.steps.count < 200 ? .line : .thin, colour: 0))
    }
    // Epoch values stand where the epoch ended.
    let epoch =
      hasEpochs ? 1.0 : max(1, Double(panel.steps.count) / Double(max(1, panel.training.count)))
    for (name, values, colour) in [
      ("training", panel.training, 0), ("validation", panel.validation, 1),
    ] where !values.isEmpty {
      series.append(
        LinePlot.Series(
          name, x: values.indices.map { Double($0 + 1) * epoch }, y: values, stroke: marks(values),
          colour: colour))
    }
    return LinePlot(
      series: series, xLabel: hasEpochs ? "epoch" : "step", yLabel: panel.name,
      yScale: panel.scale, yIncludes: panel.includes)
  }

  package var summary: String {
    let epochs = panels.reduce(0) { max($0, $1.training.count, $1.validation.count) }
    let steps = panels.reduce(0) { max($0, $1.steps.count) }
    let length = epochs > 0 ? counted(epochs, "epoch") : counted(steps, "step")
    let names = panels.map(\.name).joined(separator: ", ")
    return "\(names.isEmpty ? "training curves" : names) over \(length)"
  }

  package var altText: String {
    "Training curves. " + composition.altText
  }

  package func naturalSize(_ text: TextSetter) -> Size { composition.naturalSize(text) }

  package func draw(on canvas: Canvas, in frame: Rectangle) {
    composition.draw(on: canvas, in: frame)
  }

  package func terminalLines(_ page: TerminalPage) -> [String] { composition.terminalLines(page) }
}
