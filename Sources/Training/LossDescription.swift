/// Which loss, with its numbers: what a student wrote, before a network and data turn it into an
/// objective.
package enum LossDescription: Equatable, Sendable {
  /// Softmax and cross-entropy.
  case crossEntropy
  /// A sigmoid for each value, and cross-entropy.
  case binaryCrossEntropy
  /// Lin et al., "Focal Loss for Dense Object Detection", 2017: cross-entropy · (1 − p)^gamma, with
  /// `alpha` of the weight on the objects.
  case focal(alpha: Double, gamma: Double)
  /// Half the square of a difference up to `delta`, straight beyond it (Girshick, 2015).
  case smoothL1(delta: Double)
  /// 1 − Dice.
  case dice
  /// Keras's categorical hinge, on probabilities.
  case hinge
  /// Cross-entropy of an anchor's similarities to all positives, divided by `temperature`.
  case similarity(temperature: Double)
  /// How much less than `margin` the negative is farther away than the positive (Schroff, 2015).
  case triplet(margin: Double)
  case meanSquaredError
  case meanAbsoluteError

  /// The language's word for it.
  package var name: String {
    switch self {
    case .crossEntropy: "cross_entropy"
    case .binaryCrossEntropy: "binary_cross_entropy"
    case .focal: "focal"
    case .smoothL1: "smooth_l1"
    case .dice: "dice"
    case .hinge: "hinge"
    case .similarity: "similarity"
    case .triplet: "triplet"
    case .meanSquaredError: "mean_squared_error"
    case .meanAbsoluteError: "mean_absolute_error"
    }
  }

  /// As it is written in the language: `focal(alpha: 0.25 gamma: 2)`.
  package var text: String {
    let numbers: [(String, Double)] =
      switch self {
      case .focal(let alpha, let gamma): [("alpha", alpha), ("gamma", gamma)]
      case .smoothL1(let delta): [("delta", delta)]
      case .similarity(let temperature): [("temperature", temperature)]
      case .triplet(let margin): [("margin", margin)]
      case .crossEntropy, .binaryCrossEntropy, .dice, .hinge, .meanSquaredError,
        .meanAbsoluteError:
        []
      }
    return name + "("
      + numbers.map { "\($0.0): \(WeightedLosses.text(of: $0.1))" }.joined(separator: " ") + ")"
  }
}

/// A sum of losses, each times a factor: `dice() + 0.5 * binary_cross_entropy()`.
package struct WeightedLosses: Equatable, Sendable {
  package struct Term: Equatable, Sendable {
    package let weight: Double
    package let loss: LossDescription

    package init(weight: Double = 1, _ loss: LossDescription) {
      self.weight = weight
      self.loss = loss
    }
  }

  /// At least one; each loss stands once.
  package let terms: [Term]

  package init(_ loss: LossDescription) { terms = [Term(loss)] }

  private init(terms: [Term]) { self.terms = terms }

  /// The only loss, where it is one and counts once.
  package var single: LossDescription? {
    terms.count == 1 && terms[0].weight == 1 ? terms[0].loss : nil
  }

  /// The sum; terms of the same loss become one.
  package static func + (left: WeightedLosses, right: WeightedLosses) -> WeightedLosses {
    var terms = left.terms
    for term in right.terms {
      if let index = terms.firstIndex(where: { $0.loss == term.loss }) {
        terms[index] = Term(weight: terms[index].weight + term.weight, term.loss)
      } else {
        terms.append(term)
      }
    }
    return WeightedLosses(terms: terms)
  }

  package static func * (factor: Double, losses: WeightedLosses) -> WeightedLosses {
    WeightedLosses(terms: losses.terms.map { Term(weight: factor * $0.weight, $0.loss) })
  }

  /// As it is written in the language, with every number: equal texts are equal losses.
  package var text: String {
    terms.map { term in
      term.weight == 1
        ? term.loss.text : "\(WeightedLosses.text(of: term.weight)) * \(term.loss.text)"
    }.joined(separator: " + ")
  }

  /// The names alone, for a curve's label: `dice + binary_cross_entropy`.
  package var name: String { terms.map(\.loss.name).joined(separator: " + ") }

  /// The shortest digits that read back as the same number, whole ones without a point.
  static func text(of number: Double) -> String {
    let text = number.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
