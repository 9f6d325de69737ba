import Figures
import Imagery
import Language
import Networks
import Tensors
import Training

/// Commands that see images as points: neighbours, groups and maps of them, and estimated numbers.
func embeddingCommands(_ workspace: Workspace) -> [Command] {
  let group = "Using"
  let data = Parameter("data", .object("dataset"), help: "Images.")
  let points = Parameter("embeddings", .object("embeddings"), help: "What `embed` gave.")
  let normalize = Parameter(
    "normalize", .boolean, default: .value(.boolean(true)),
    help: "Whether vectors are scaled to length 1, so that only their direction counts.")
  let layer = Parameter(
    "layer", .text, default: .none,
    help: "The layer whose output is the vector; the network's output without it.")
  let setUp = """
    coast = load "coast/scenes" size: 32 count: 16
    net = network(x, dense(global_average_pool(conv(x filters: 4 kernel: 3 stride: 2)) units: 4))
    """
  let example = "x = input(32, 32, 3)\n" + setUp

  return [
    Command(
      "embed", group: group,
      [Parameter("net", .object("network"), help: "A network."), data, layer, normalize],
      result: .object("embeddings"), summary: "Gives each image its place among the others.",
      details: "`.vectors` is a tensor [images, numbers], `.labels` their classes.",
      examples: [example + "\nembed(net, coast).vectors.shape"]
    ) { call in
      let net = try call.object("net", as: NetworkValue.self)
      let data = try call.object("data", as: DatasetValue.self).data
      return try optional(try embed(net, data, call, workspace), call)
    },
    Command(
      "knn", group: group,
      [
        Parameter(
          "known", .oneOf([.object("embeddings"), .object("network")]),
          help: "What `embed` gave, or a network, with data to embed."),
        Parameter("data", .object("dataset"), default: .none, help: "Images with labels."),
        Parameter("k", .whole, default: .value(.number(3)), help: "How many neighbours vote."),
        layer, normalize,
      ],
      result: .object("knn"),
      summary: "Makes a model that takes an image for what its nearest neighbours are.",
      details: """
        It learns nothing: it remembers. The neighbours' votes are the confidence, and their distance
        says how far an image is from anything known. For `predict`, `evaluate` and `nearest`.
        """,
      examples: [example + "\nknn(embed(net, coast) k: 5).k"]
    ) { call in
      let k = try call.whole("k", in: 1...1_000)
      guard case .object(let object) = try call.value("known") else { return .none }
      let known: EmbeddingsValue?
      if let embeddings = object as? EmbeddingsValue {
        guard !call.has("data"), !call.has("layer"), !call.has("normalize") else {
          throw call.failure(
            "known", code: "E0690", "these images are embedded already",
            remedy: "write knn(embeddings k: \(k)), or give the network and data")
        }
        known = embeddings
      } else {
        let net = try call.object("known", as: NetworkValue.self)
        known = try embed(
          net, try call.object("data", as: DatasetValue.self).data, call, workspace)
      }
      return try Failure.explaining {
        try optional(
          try known.map { NeighboursValue(try NeighbourClassifier($0.embeddings, k: k), $0) }, call)
      }
    },
    Command(
      "nearest", group: group,
      [
        Parameter("model", .object("knn"), help: "What `knn` made."),
        Parameter("image", .oneOf([.object("image"), .object("tensor")]), help: "An image."),
        Parameter("count", .whole, default: .value(.number(5)), help: "How many neighbours."),
      ],
      result: .object("figure"), summary: "Draws the images that lie nearest to one.",
      examples: [example + "\nnearest(knn(embed(net, coast)), coast[0].image count: 3)"]
    ) { call in
      let model = try call.object("model", as: NeighboursValue.self)
      let image = try call.tensor("image")
      let count = try call.whole("count", in: 1...ImageGrid.maximumTiles - 1)
      return try Failure.explaining {
        .object(FigureValue(try nearest(model, image, count, workspace)))
      }
    },
    Command(
      "k_means", group: group,
      [
        points, Parameter("k", .whole, help: "How many groups."),
        Parameter("seed", .whole, default: .none, help: "Of the beginnings; the session's."),
      ],
      result: .object("clusters"), summary: "Finds groups of images without looking at labels.",
      details: "The best of eight beginnings. `show` draws the most typical images of each group.",
      examples: [example + "\nk_means(embed(net, coast) k: 4).sizes.sum()"]
    ) { call in
      let embeddings = try call.object("embeddings", as: EmbeddingsValue.self)
      let k = try call.whole("k", in: 1...10_000)
      let seed = try call.seed(workspace)
      return try Failure.explaining {
        let groups = try KMeans.fit(
          embeddings.embeddings.vectors, k: k, seed: seed,
          shouldStop: { workspace.interruptCount() > 0 })
        return try optional(groups.map { ClustersValue($0, embeddings) }, call)
      }
    },
    Command(
      "project", group: group,
      [
        points,
        Parameter(
          "method", .choice(["pca", "tsne"]), default: .value(.text("pca")),
          help: "Straight down along the two widest directions, or neighbours beside neighbours."),
        Parameter(
          "perplexity", .number, default: .value(.number(30)),
          help: "For t-SNE: about how many neighbours each image has, from 2."),
        Parameter(
          "pictures", .boolean, default: .value(.boolean(true)),
          help: "Whether images are drawn at their places, or points."),
      ],
      result: .object("figure"), summary: "Draws a map of the images, near ones near each other.",
      details: """
        `pca` keeps distances as far as two directions can; `tsne` keeps neighbours together, and what
        lies far apart in it need not be far. Of more than 2000 images an even selection is drawn.
        """,
      examples: [example + "\nproject(embed(net, coast) method: \"pca\")"]
    ) { call in try Failure.explaining { try project(call, workspace) } },
    Command(
      "one_shot", group: group,
      [
        points,
        Parameter("ways", .whole, default: .value(.number(20)), help: "Classes to choose from."),
        Parameter("episodes", .whole, default: .value(.number(1000)), help: "How many tries."),
        Parameter("seed", .whole, default: .none, help: "Of what is drawn; the session's."),
      ],
      result: .record,
      summary: "Tests how well classes are told apart from a single image of each.",
      details: """
        In each episode some classes are drawn, one image of each is shown with its name, and another
        of each is named after the nearest. `margin` is half of the interval that has the true
        accuracy in 95 of 100 cases.
        """,
      examples: [example + "\none_shot(embed(net, coast) ways: 3 episodes: 20).episodes"]
    ) { call in
      let embeddings = try call.object("embeddings", as: EmbeddingsValue.self).embeddings
      let ways = try call.whole("ways", in: 2...10_000)
      let episodes = try call.whole("episodes", in: 1...100_000)
      let seed = try call.seed(workspace)
      return try Failure.explaining {
        let result = try FewShot.oneShot(embeddings, ways: ways, episodes: episodes, seed: seed)
        return .record(
          Record([
            ("accuracy", .number(result.accuracy)), ("margin", .number(result.margin)),
            ("ways", .number(Double(result.ways))), ("episodes", .number(Double(result.episodes))),
          ]))
      }
    },
    Command(
      "confidence", group: group,
      [
        Parameter(
          "reports", .record, help: "What `evaluate` gave, by name: {softmax: …, distance: …}.")
      ],
      result: .object("figure"),
      summary: "Draws how right models are on the images that they are surest of.",
      details: """
        A network is as sure as its largest probability, neighbours as sure as they are near. A curve
        that falls to the right shows a confidence that is worth something; the number beside the
        name is the chance that a right answer is surer than a wrong one (0.5: it says nothing).
        """,
      examples: [
        """
        coast = load "coast/scenes" size: 48 count: 16
        net = small_cnn(classes: coast.classes input: [48, 48, 3] filters: 2)
        confidence({softmax: evaluate(net, coast)})
        """
      ]
    ) { call in try confidence(call) },
    Command(
      "estimate", group: group,
      [
        Parameter("net", .object("network"), help: "A network that ends with one number."),
        Parameter("data", .object("dataset"), help: "Images with numbers as labels."),
      ],
      result: .object("estimates"),
      summary: "Estimates a number for each image, beside the known one.",
      details: "`show` draws estimated against observed, with the line where both are equal.",
      examples: []
    ) { call in
      let net = try call.object("net", as: NetworkValue.self).network
      let data = try call.object("data", as: DatasetValue.self).data
      return try Failure.explaining {
        let estimates = try Regression.estimates(
          net, data,
          progress: { done, all in workspace.progress.update("estimating \(done)/\(all)") },
          shouldStop: { workspace.interruptCount() > 0 })
        workspace.progress.clear()
        if let estimates { workspace.warn(leftOut: estimates.problems) }
        return try optional(estimates.map { EstimatesValue($0) }, call)
      }
    },
  ]
}

/// The object, or none where the user stopped the work: then the statement ends here.
private func optional(_ object: (any HostObject)?, _ call: Call) throws -> Value {
  guard let object else {
    try call.interpreter.checkpoint()
    return .none
  }
  return .object(object)
}

/// Embeds a dataset with what the call says of `layer` and `normalize`; nil where stopped.
private func embed(
  _ net: NetworkValue, _ data: Dataset, _ call: Call, _ workspace: Workspace
) throws -> EmbeddingsValue? {
  let layer = try call.optionalText("layer")
  let isNormalized = try call.boolean("normalize")
  return try Failure.explaining {
    let embedder = try Embedder(net.network, layer: layer, isNormalized: isNormalized)
    let found = try embedder.embed(
      data, progress: { done, all in workspace.progress.update("embedding \(done)/\(all)") },
      shouldStop: { workspace.interruptCount() > 0 })
    workspace.progress.clear()
    guard let found else { return nil }
    workspace.warn(leftOut: found.problems)
    // The pictures are drawn as they are, not as augmentation changes them.
    return EmbeddingsValue(
      found, net: net, layer: layer, isNormalized: isNormalized,
      data: try data.augmented(nil, seed: 0))
  }
}

/// The image, then its neighbours with distances and classes.
private func nearest(
  _ model: NeighboursValue, _ image: Tensor, _ count: Int, _ workspace: Workspace
) throws -> Figure {
  let known = model.embeddings
  let query = try known.embedder().vectors(image)
  guard query.shape[0] == 1 else { throw TrainingError.notVectors(shape: query.shape) }
  guard let found = try NearestNeighbours(known.embeddings.vectors).search(query, k: count),
    let vote = try model.classifier.votes(query)?.first
  else { return Figure("", ImageGrid(tiles: [])) }
  let classes = known.embeddings.classes
  let single = image.rank == 4 ? try image.reshaped(Array(image.shape.dropFirst())) : image
  var tiles = [ImageGrid.Tile(try Bitmap(image: single), caption: "this image")]
  for (index, distance) in found.of(0) {
    try workspace.checkpoint()
    tiles.append(
      ImageGrid.Tile(
        try known.picture(index),
        caption: "\(classes[known.embeddings.labels[index]])\n"
          + "distance \(TrainingWords.number(Double(distance)))"))
  }
  let agreeing = vote.labels.count { $0 == vote.label }
  return Figure(
    "\(classes[vote.label]): \(agreeing) of \(vote.labels.count) neighbours",
    ImageGrid(tiles: tiles))
}

/// The most images of a map: more would take long, and hide each other.
private let largestMap = 2_000

private func project(_ call: Call, _ workspace: Workspace) throws -> Value {
  let value = try call.object("embeddings", as: EmbeddingsValue.self)
  let embeddings = value.embeddings
  let method = try call.text("method")
  let hasPictures = try call.boolean("pictures")
  let shown = min(embeddings.count, largestMap)
  let rows = (0..<shown).map { $0 * embeddings.count / shown }
  let vectors = try embeddings.vectors(at: rows)
  let places: Tensor
  var (title, labels) = ("", ("", ""))
  if method == "tsne" {
    var settings = NeighbourEmbedding.Settings()
    settings.perplexity = try call.number("perplexity", in: 2...1_000)
    let map = try NeighbourEmbedding.fit(
      vectors, settings,
      progress: { done, all in workspace.progress.update("t-SNE round \(done)/\(all)") },
      shouldStop: { workspace.interruptCount() > 0 })
    workspace.progress.clear()
    guard let map else {
      try call.interpreter.checkpoint()
      return .none
    }
    places = map.points
    title = "t-SNE of \(shown) images: near ones are alike, far ones need not differ more"
  } else {
    let analysis = try PrincipalComponents(vectors, count: 2)
    places = try analysis.project(vectors)
    let parts = analysis.explained.map { TrainingWords.percent($0) } + ["", ""]
    title = "The two widest directions of \(shown) images"
    labels = ("first: \(parts[0]) of the variance", "second: \(parts[1])")
  }
  let kept = places.shape[1]
  var groups = embeddings.classes.map { Scatter.Group($0, x: [], y: []) }
  for (place, row) in rows.enumerated() {
    try workspace.checkpoint()
    let label = embeddings.labels[row]
    groups[label].x.append(Double(places[flat: place * kept]))
    groups[label].y.append(kept > 1 ? Double(places[flat: place * kept + 1]) : 0)
    if hasPictures {
      groups[label].pictures.append(try value.picture(row).reduced(toWidth: 96, height: 96))
    }
  }
  groups.removeAll { $0.x.isEmpty }
  return .object(
    FigureValue(
      Figure(
        title,
        Scatter(
          groups: groups, xLabel: labels.0, yLabel: labels.1, hidesNumbers: method == "tsne"))))
}

private func confidence(_ call: Call) throws -> Value {
  var series: [LinePlot.Series] = []
  for (name, value) in try call.record("reports").fields {
    let (sureness, isRight): ([Double], [Bool])
    switch value {
    case .object(let report as NeighbourReportValue):
      sureness = report.evaluation.votes.map { -$0.meanDistance }
      isRight = report.evaluation.isRight
    case .object(let report as ReportValue):
      let evaluation = report.evaluation
      let classes = evaluation.classes.count
      sureness = evaluation.predictions.enumerated().map {
        Double(evaluation.probabilities[flat: $0.offset * classes + $0.element])
      }
      isRight = zip(evaluation.predictions, evaluation.labels).map(==)
    default:
      throw call.failure(
        "reports", code: "E0691", "`\(name)` is no report on classes",
        remedy: "write confidence({softmax: evaluate(net, test), distance: evaluate(model, test)})")
    }
    let curve = Confidence.accuracyByCoverage(confidence: sureness, isRight: isRight)
    let separation = Confidence.separation(confidence: sureness, isRight: isRight)
    let words = separation.map { " (\(NumberText($0).fixed(2)))" } ?? ""
    series.append(
      LinePlot.Series(
        name + words, x: curve.map { 100 * $0.part }, y: curve.map { 100 * $0.accuracy },
        stroke: .lineAndMarks))
  }
  return .object(
    FigureValue(
      Figure(
        "How right the surest are",
        LinePlot(
          series: series, xLabel: "the surest images, % of all", yLabel: "of those right, %"))))
}
