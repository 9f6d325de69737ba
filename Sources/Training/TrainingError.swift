import Models

import Imagery

/// What went wrong in training, as facts. Sentences are made from it in one place, above.
package enum TrainingError: Error, Equatable, Sendable {
  /// A setting outside what it may be; `expected` says what it may be.
  case invalidSetting(name: String, given: Double, expected: String)
  /// The dataset has no images.
  case noImages(dataset: String)
  /// The network gives `outputs` numbers an image, the dataset has `classes` classes.
  case classCount(outputs: Int, classes: Int)
  /// The dataset's images come with something else than the objective compares with.
  case dataKind(
    objective: String, given: Annotation.Kind, expected: Annotation.Kind, dataset: String)
  /// Fewer than two classes have the two images that a pair needs.
  case noPairs(dataset: String)
  /// A layer that gives no map `[H, W, C]`, where one is needed.
  case noMap(layer: String, shape: [Int])
  /// The network has several outputs, or its output is no vector of class scores.
  case notAClassifier(outputs: [[Int]])
  /// The network takes images of shape `expected` [H, W, C]; the data are `given`.
  case imageShape(expected: [Int], given: [Int])
  /// Another number of class weights than classes.
  case classWeightCount(given: Int, classes: Int)
  /// A loss was given an output and a target that do not go together.
  case targetShape(loss: String, output: [Int], target: [Int])
  /// A loss that cannot judge masks of a network with `classes` outputs a pixel.
  case lossDoesNotFit(loss: String, classes: Int)
  /// More classes than a mask can tell apart.
  case tooManyClasses(given: Int, limit: Int)
  /// A network that gives no scores for each pixel of its image `[H, W, C]`.
  case notASegmenter(input: [Int], outputs: [[Int]])
  /// A mask, or probabilities, of another size than the image.
  case maskSize(expected: [Int], given: [Int])
  /// A label that is no class: 0..<classes.
  case labelOutOfRange(label: Int, classes: Int)
  /// The loss of step `step` (counted from 1) is not a number, or infinite. `origin` is the first
  /// layer whose output is not finite, `parameter` the first weight that is not. Nothing was changed.
  case lossNotFinite(step: Int, loss: Double, origin: Origin, parameter: String?)
  /// The gradient of `parameter` is not finite at step `step` (counted from 1), though the loss
  /// is. `origin` is where it first was not, seen from the loss. Nothing was changed.
  case gradientNotFinite(step: Int, parameter: String, origin: Origin)
  /// Every image of a batch is damaged.
  case noReadableImages(step: Int, names: [String])
  /// No weight can be trained: all layers are frozen, or have none.
  case nothingToTrain
  /// A file of weights that does not fit the network, asked to fit entirely. Nothing was changed.
  case weightsDiffer(path: String, WeightsReport)
  /// A file of weights for the edition of the model that another framework builds. Nothing was
  /// changed.
  case otherConvention(path: String, given: Convention, network: Convention)
  /// A file that is sound and has no weights.
  case noWeights(path: String)
  /// A snapshot, or a checkpoint, of a trainer with other settings.
  case snapshotDiffers(TrainerSettings.Difference)
  /// A file that is no checkpoint, or is damaged.
  case notACheckpoint(path: String, what: String)
  /// Only steps from `earliest` to `from`, where training is, can be gone back to.
  case cannotRewind(to: Int, from: Int, earliest: Int)
  /// A checkpoint of a training that was judged by a dataset which is not at hand.
  case validationNeeded(path: String, dataset: String)
  /// Something other than rows of numbers `[N, D]`, or of another D than the others.
  case notVectors(shape: [Int])
  /// A vector with a value that is not a number, or infinite.
  case notFinite(row: Int)
  /// Too few vectors for what is asked.
  case tooFewVectors(given: Int, needed: Int)
  /// More vectors than can be compared each with each.
  case tooManyVectors(given: Int, limit: Int)
  /// Vectors of too many dimensions, and too many of them.
  case tooManyDimensions(given: Int, limit: Int)
  /// Fewer classes with two images than an episode needs.
  case tooFewClasses(given: Int, needed: Int)
  /// A network of several inputs or outputs, or whose output is no vector.
  case notAnEmbedding(outputs: [[Int]])
  /// A network that does not end with one number.
  case notARegression(outputs: [[Int]])
  /// A network whose output has not the shape of its input.
  case notAnAutoencoder(input: [Int], outputs: [[Int]])
  /// There is no interrupted training to go on with.
  case nothingToResume
}
