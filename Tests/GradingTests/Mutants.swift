/// Mistakes in the solutions of the exercises, week by week.
enum Mutants {
  typealias Mutant = ExercisesTests.Mutant

  static let all: [[Mutant]] = [week1, week2, week3, week4]

  private static let week1: [Mutant] = [
    Mutant(
      "kernel ^ 2 * inputs * outputs", "kernel * inputs * outputs",
      ["standard convolution", "standard and separable at other sizes"]),
    Mutant(
      "inputs * (kernel ^ 2 + outputs)", "inputs * (kernel ^ 2 * outputs)",
      ["separable convolution", "standard and separable at other sizes"]),
    Mutant(
      "return height * width * kernel", "return height * height * kernel",
      ["standard and separable at other sizes"]),
    Mutant("stride_1 = 5", "stride_1 = 6", ["stride 1"]),
    Mutant("stride_2 = 7", "stride_2 = \"seven\"", ["stride 2"]),
    Mutant("if truth.count == 0", "if truth.count == 99", ["no photographs"]),
    Mutant("return right / truth.count", "return right", ["three of four"]),
    Mutant("argmin(centres", "argmax(centres", ["the nearest of three", "the nearest of others"]),
    Mutant(
      "units: 4))\n", "units: 5))\n",
      [
        "one number for each kind of coast", "it was trained", "better than guessing",
        "the confusion matrix was shown",
      ]),
    Mutant(
      "filters: 32 kernel: 3", "filters: 128 kernel: 3", ["small and with convolutions"]),
    Mutant("train fit epochs: 20", "step fit 2", ["it was trained", "better than guessing"]),
    Mutant(
      "show evaluate(net, test).confusion", "evaluate(net, test)",
      ["the confusion matrix was shown"]),
    Mutant("def nearest(", "def closest(", ["the nearest of three", "the nearest of others"]),
  ]

  private static let week2: [Mutant] = [
    Mutant("9 * sum", "8 * sum", ["anchors at 512", "anchors at other sides"]),
    Mutant("(side / stride) ^ 2", "(512 / stride) ^ 2", ["anchors at other sides"]),
    Mutant(
      "side * (x - width / 2), side * (y - height / 2)", "side * x, side * y",
      ["corners of a whole frame", "corners of a small box"]),
    Mutant("(right - left) / side", "right - left", ["back to YOLO"]),
    Mutant(
      "max(0, min(a[2], b[2]) - max(a[0], b[0]))", "min(a[2], b[2]) - max(a[0], b[0])",
      ["apart to one side, inside, and large"]),
    Mutant(
      "one + other - both", "one + other",
      [
        "the same box", "half beside each other", "apart to one side, inside, and large",
        "four boxes, three people",
      ]),
    Mutant("else hits / (hits + mistakes)", "else hits / (hits + misses)", ["precision"]),
    Mutant("else hits / (hits + misses)", "else hits / (hits + mistakes)", ["recall"]),
    Mutant(
      "return 0 if hits + mistakes == 0 else hits", "return hits", ["nothing to divide by"]),
    Mutant(
      "boxes[k]) >= limit)", "boxes[k]) > 2)",
      ["four boxes, three people", "a box is compared with those that were kept"]),
    Mutant(
      "kept.any(k =>", "(0..i).any(k =>", ["a box is compared with those that were kept"]),
    Mutant("s => s >= limit", "s => s < limit", ["counts by threshold"]),
    Mutant("title: \"Boxes by threshold\"", "title: \"Boxes\"", ["the plot"]),
  ]

  private static let week3: [Mutant] = [
    Mutant("both / (first + second - both)", "both / (first + second)", ["IoU"]),
    Mutant("2 * both / (first + second)", "both / (first + second)", ["Dice", "other masks"]),
    Mutant(
      "return both / (first + second - both)", "return 4 / 7",
      ["other masks"]),
    Mutant("2 ^ (banks - 1)", "2 ^ banks", ["768 pixels and six banks"]),
    Mutant("banks = 5", "banks = 4", ["how many banks"]),
    Mutant(
      "truth[i] == class or answer[i] == class", "truth[i] == class",
      ["IoU of one class", "mean over classes", "a class that is nowhere"]),
    Mutant(
      "return none if either == 0 else", "return 0 if either == 0 else",
      ["a class that is nowhere"]),
    Mutant(
      "for y in 0..(2 * height - 1)", "for y in 0..(2 * height)",
      ["two by two", "one row", "a single number, and a column"]),
    Mutant(
      "y % 2 == 0 and x % 2 == 0", "true",
      ["two by two", "one row", "a single number, and a column"]),
    Mutant("pixels * size ^ 2", "pixels * size", ["area of sand"]),
    Mutant("abs(found - pixels)", "(pixels - found)", ["error either way"]),
    Mutant(
      "unet(classes: 5", "unet(classes: 4",
      ["a class for each pixel", "fewer than 100,000 parameters"]),
    Mutant("show net\n", "net.parameters\n", ["its table was shown"]),
  ]

  private static let week4: [Mutant] = [
    Mutant("max(0, x)", "abs(x)", ["ReLU"]),
    Mutant("filter(x => x < 0)", "filter(x => x <= 0)", ["what is lost"]),
    Mutant(
      "products[i] / temperature", "products[i]", ["two pairs"]),
    Mutant(
      "products[i] / temperature", "products[i] / 0.5",
      ["three pairs at another temperature"]),
    Mutant("total -= log", "total += log", ["two pairs", "three pairs at another temperature"]),
    Mutant(
      " / (sqrt(sum(a.map(x => x ^ 2))) * sqrt(sum(b.map(x => x ^ 2))))", "",
      ["the same direction", "a right angle and the other way"]),
    Mutant(
      "sort(by: i => distances[i])", "sort(by: i => 0 - distances[i])",
      ["one neighbour", "as many votes"]),
    Mutant("votes > most", "votes >= most", ["as many votes"]),
    Mutant(
      ".take(k)", "", ["three neighbours"]),
    Mutant("distances[nearest] > limit", "distances[nearest] < limit", ["near enough", "too far"]),
    Mutant(
      "return \"unknown\" if distances[nearest] > limit else labels[nearest]",
      "return labels[nearest]", ["too far"]),
    Mutant("result += [centres[i]]", "result += [[0, 0]]", ["a centre without points"]),
    Mutant(
      "(p[0] - c[0]) ^ 2 + (p[1] - c[1]) ^ 2", "(p[0] - c[0]) ^ 2 - (p[1] - c[1]) ^ 2",
      ["two heaps", "a centre without points"]),
  ]
}
