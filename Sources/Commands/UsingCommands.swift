import Imagery
import Language
import Tensors
import Training

/// Commands that judge and use what was trained, whatever it was trained for.
func usingCommands(_ workspace: Workspace) -> [Command] {
  let model = Parameter(
    "net", .oneOf([.object("network"), .object("knn")]), help: "A network, or neighbours (`knn`).")
  return [
    Command(
      "evaluate", group: "Training",
      [model, Parameter("data", .object("dataset"), help: "Images with what is known of them.")],
      result: .oneOf([.object("report"), .object("estimates")]),
      summary: "Judges a network by images of which the answer is known.",
      details: """
        Of classes: accuracy and confusion. Of masks: mean_iou. Of boxes: average_precision. Of
        numbers: estimates and their errors.
        """,
      examples: [
        """
        coast = load "coast/scenes" size: 48 count: 8
        evaluate(small_cnn(classes: coast.classes input: [48, 48, 3]), coast).count
        """
      ]
    ) { call in
      let data = try call.object("data", as: DatasetValue.self).data
      guard case .object(let object) = try call.value("net") else { return .none }
      return try Failure.explaining {
        let report: (any HostObject)?
        if let neighbours = object as? NeighboursValue {
          report = try neighbours.evaluate(data, workspace)
        } else {
          report = try evaluate(
            try call.object("net", as: NetworkValue.self), data, call, workspace)
        }
        workspace.progress.clear()
        guard let report else {
          try call.interpreter.checkpoint()
          return .none
        }
        return .object(report)
      }
    },
    Command(
      "predict", group: "Using",
      [
        model,
        Parameter(
          "image", .oneOf([.object("image"), .object("tensor")]),
          help: "An image, or a batch of them."),
      ],
      summary: "Says how probable each class is.",
      details: """
        For an image a record by class, most probable first; for a batch a tensor. Of neighbours, the
        votes and the distance too. Boxes are found by `detect`, masks by `segment`.
        """,
      examples: [
        """
        coast = load "coast/scenes" size: 48 count: 8
        net = small_cnn(classes: coast.classes input: [48, 48, 3])
        predict(net, coast[0].image).keys().length()
        """
      ]
    ) { call in
      let image = try call.tensor("image")
      guard case .object(let object) = try call.value("net") else { return .none }
      if let neighbours = object as? NeighboursValue {
        return try Failure.explaining { try neighbours.predict(image) }
      }
      let net = try call.object("net", as: NetworkValue.self)
      return try Failure.explaining { try predict(net, image) }
    },
  ]
}

/// Judged by what the data come with; nil where the user stopped it.
private func evaluate(
  _ net: NetworkValue, _ data: Dataset, _ call: Call, _ workspace: Workspace
) throws -> (any HostObject)? {
  let progress = { (done: Int, all: Int) in workspace.progress.update("evaluating \(done)/\(all)") }
  let shouldStop = { workspace.interruptCount() > 0 }
  switch data.kind {
  case .label:
    try call.require(data, "data", toHave: net.classes, of: "network")
    let evaluation = try Classifier(net.network).evaluate(
      data, progress: progress, shouldStop: shouldStop)
    guard let evaluation else { return nil }
    workspace.warn(leftOut: evaluation.problems)
    return ReportValue(evaluation)
  case .mask:
    try call.require(data, "data", toHave: net.classes, of: "network")
    let report = try Segmenter(net.network).evaluate(
      data, progress: progress, shouldStop: shouldStop)
    guard let report else { return nil }
    workspace.warn(leftOut: report.problems)
    return SegmentationReportValue(report)
  case .value:
    let estimates = try Regression.estimates(
      net.network, data, progress: progress, shouldStop: shouldStop)
    guard let estimates else { return nil }
    workspace.warn(leftOut: estimates.problems)
    return EstimatesValue(estimates)
  case .boxes:
    return try call.run(net, over: data, Decoder(), "data", workspace).map { PrecisionValue($0) }
  case .none:
    throw call.failure(
      "data", code: "E0578",
      "`\(data.name)` has \(Failure.words(data.kind)): there is no answer to compare with")
  }
}

private func predict(_ net: NetworkValue, _ image: Tensor) throws -> Value {
  let probabilities = try Classifier(net.network).predict(image)
  guard probabilities.rank == 1, !net.classes.isEmpty else {
    return .object(TensorValue(probabilities))
  }
  let top = TopClasses.of(probabilities.values, count: net.classes.count)
  return .record(
    Record(
      top.map { (key: net.classes[$0.index], value: .number(Double(decimal: $0.probability))) }))
}
