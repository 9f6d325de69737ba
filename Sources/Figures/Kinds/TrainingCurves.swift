/// How a training went: a panel for the loss and one for each metric, with a thin line for every
/// step and marks for every epoch, training and validation in the same colours throughout.
package struct TrainingCurves: Sendable {
  /// One quantity over the training.
  package struct Panel: Sendable {
    /// `loss`, `accuracy`.
    package var name: String
    /// A value for each training step; may be empty.
    package var steps: [Double]
    /// A value for each finished epoch; may be empty.
    package var training: [Double]
    /// The same on the validation data; may be empty.
    package var validation: [Double]
    package var scale: AxisScale
    /// What the axis must at least show, for example 0…1 for an accuracy.
    package var includes: ClosedRange<Double>?

    package init(
      _ name: String, steps: [Double] = [], training: [Double] = [], validation: [Double] = [],
      scale: AxisScale = .linear, includes: ClosedRange<Double>? = nil
    ) {
      self.name = name
      self.steps = steps
      self.training = training
      self.validation = validation
      self.scale = scale
      self.includes = includes
    }
  }

  package var panels: [Panel]
  /// How many steps make an epoch; with 0, steps are the unit of the x axis.
  package var stepsPerEpoch: Int

  package init(panels: [Panel], stepsPerEpoch: Int) {
    self.panels = panels
    self.stepsPerEpoch = stepsPerEpoch
  }
}
