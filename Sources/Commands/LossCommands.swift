import Language
import Training

/// Commands that make losses: what `trainer` makes small.
func lossCommands(_ workspace: Workspace) -> [Command] {
  func loss(
    _ name: String, _ parameters: [Parameter] = [], summary: String, details: String,
    example: String? = nil, _ make: @escaping (Call) throws -> LossDescription
  ) -> Command {
    Command(
      name, group: "Training", parameters, result: .object("loss"), summary: summary,
      details: details, examples: [example ?? "\(name)()"]
    ) { call in .object(LossValue(WeightedLosses(try make(call)))) }
  }
  func number(_ label: String, _ usual: Double, _ help: String) -> Parameter {
    Parameter(label, .number, default: .value(.number(usual)), help: help)
  }
  return [
    loss(
      "cross_entropy", summary: "Punishes a small probability of the true class.",
      details: "−log p of the true class, p by softmax; of masks the mean over pixels."
    ) { _ in .crossEntropy },
    loss(
      "binary_cross_entropy", summary: "Punishes a wrong yes or no, each output for itself.",
      details: "−log p where it is so, −log(1 − p) where not, p by a sigmoid; the mean over values."
    ) { _ in .binaryCrossEntropy },
    loss(
      "focal",
      [
        number("alpha", 0.25, "The weight of what is there, 0 to 1; the background has the rest."),
        number("gamma", 2, "How little the easy cases count, 0 to 10; 0 is cross-entropy."),
      ],
      summary: "Cross-entropy that hardly counts what is easy, so that rare objects are learned.",
      details: "Lin et al., \"Focal Loss for Dense Object Detection\", 2017.",
      example: "focal(alpha: 0.25 gamma: 2)"
    ) { call in
      .focal(
        alpha: try call.number("alpha", in: 0...1), gamma: try call.number("gamma", in: 0...10))
    },
    loss(
      "smooth_l1", [number("delta", 1, "Where the parabola becomes a line, above 0.")],
      summary: "Squares small differences and takes large ones as they are.",
      details: "Half the square up to delta; outliers do not rule. Used for the sides of boxes."
    ) { call in .smoothL1(delta: try call.number("delta", in: 1e-6...1e6)) },
    loss(
      "dice", summary: "1 − Dice: how little a mask and its prediction overlap.",
      details: """
        2 · overlap / (sum of both), plus 1 above and below, over all pixels of the batch together; of
        several classes the mean over classes. It counts a rare class as much as a common one.
        """, example: "dice() + 0.5 * binary_cross_entropy()"
    ) { _ in .dice },
    loss(
      "hinge", summary: "Wants the true class's probability a margin above every other's.",
      details: "max(0, 1 + the largest other probability − the true class's), as in Keras."
    ) { _ in .hinge },
    loss(
      "similarity",
      [number("temperature", 0.3, "Smaller: the nearest wrong one counts more; above 0.")],
      summary: "Brings two images of a class together, away from the other classes.",
      details: "Cross-entropy of an anchor's products with the positives of all classes."
    ) { call in .similarity(temperature: try call.number("temperature", in: 1e-4...1e4)) },
    loss(
      "triplet", [number("margin", 0.2, "How much farther a wrong one must be, from 0.")],
      summary: "Wants another class's image farther away than one of the same class.",
      details: "Schroff et al., \"FaceNet\", 2015."
    ) { call in .triplet(margin: try call.number("margin", in: 0...1e6)) },
    loss(
      "mean_squared_error", summary: "The mean of squared differences.",
      details: "Large mistakes rule: for numbers as labels."
    ) { _ in .meanSquaredError },
    loss(
      "mean_absolute_error", summary: "The mean of differences without their sign.",
      details: "In the unit of what is measured, and outliers do not rule."
    ) { _ in .meanAbsoluteError },
  ]
}
