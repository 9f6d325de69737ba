import Kernels
import Testing

extension KernelsTests {
  /// Keras 3.x's values after ten steps of rate 0.05 on gradient a · w − b from w0, from
  /// the reference dump of the operations.
  static let keras: [String: [Float]] = [
    "w0": [
      0.392584503, -0.0391683467, -1.16070914, 0.403415442, 0.861484826, -0.839348555,
      -0.0304702055, -0.117080353, -0.0900918916, -0.373618513, -0.431872547, 0.680390537,
    ],
    "a": [
      0.735332787, 0.173855036, 0.777509987, 0.200522065, 0.488684297, 0.411147803,
      0.715161979, 0.209803268, 0.605877459, 0.596239984, 0.573051393, 0.871538699,
    ],
    "b": [
      -0.00207930384, 0.53507781, -0.474484771, 1.02462518, 0.604502797, -0.0577705838,
      0.0691758096, -0.929186463, 2.40115213, -0.155510724, -0.0464951992, -2.40638494,
    ],
    "sgd_momentum": [
      -0.0392414853, 0.999472916, -0.537480235, 2.19099879, 1.16681957, -0.344145715,
      0.105904914, -1.8235321, 3.78241563, -0.267090261, -0.110107757, -3.498667,
    ],
    "sgd_nesterov": [
      -0.0412076563, 1.11024451, -0.538977265, 2.37229133, 1.18125367, -0.313738763,
      0.106984496, -1.99350369, 3.88521075, -0.264083952, -0.0997233465, -3.42541718,
    ],
    "adam": [
      -0.0473975651, 0.457877457, -0.69269985, 0.901543915, 1.29492068, -0.360617191,
      0.111221611, -0.615021467, 0.407705277, -0.264266402, -0.00827774964, 0.183031857,
    ],
    "rmsprop": [
      -0.000693261158, 0.78275466, -0.639744639, 1.24136996, 1.23581457, -0.234547913,
      0.0966148227, -0.952230275, 0.742903173, -0.261597365, -0.0816227421, -0.146109357,
    ],
  ]

  /// A trained network must be the one that Keras would have trained.
  @Test(arguments: ["sgd_momentum", "sgd_nesterov", "adam", "rmsprop"])
  func optimisersFollowKeras(_ name: String) throws {
    var w = try #require(Self.keras["w0"])
    let a = try #require(Self.keras["a"])
    let b = try #require(Self.keras["b"])
    let count = w.count
    var (first, second) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
    for step in 1...10 {
      let gradient = (0..<count).map { a[$0] * w[$0] - b[$0] }
      switch name {
      case "adam":
        OptimizerUpdate.adam(
          count: count, rate: 0.05, step: step, gradient: gradient, firstMoment: &first,
          secondMoment: &second, value: &w)
      case "rmsprop":
        OptimizerUpdate.rmsprop(
          count: count, rate: 0.05, gradient: gradient, meanSquare: &first, velocity: nil,
          value: &w)
      default:
        OptimizerUpdate.sgd(
          count: count, rate: 0.05, momentum: 0.9, nesterov: name == "sgd_nesterov",
          gradient: gradient, velocity: &first, value: &w)
      }
    }
    #expect(isClose(w, doubles(try #require(Self.keras[name])), within: 2e-6))
  }

  /// Vectors of any length, at any number of threads, and the branches without a velocity.
  @Test func optimisersTreatAllElementsAlike() {
    let count = 40003
    var values = Values(51)
    let (start, gradient) = (values.array(count), values.array(count))
    let plain = atEveryThreadCount("sgd") {
      var w = start
      OptimizerUpdate.sgd(count: count, rate: 0.1, gradient: gradient, velocity: nil, value: &w)
      return w
    }
    #expect(isClose(plain, zip(start, gradient).map { Double($0) - 0.1 * Double($1) }))
    let rmsprop = atEveryThreadCount("rmsprop") {
      var (w, square, velocity) = (start, start.map(abs), start)
      OptimizerUpdate.rmsprop(
        count: count, rate: 0.1, rho: 0.8, momentum: 0.5, epsilon: 0.01, gradient: gradient,
        meanSquare: &square, velocity: &velocity, value: &w)
      return w
    }
    let expected = zip(start, gradient).map { w, g in
      let square = 0.8 * abs(Double(w)) + 0.2 * Double(g) * Double(g)
      return Double(w) - (0.5 * Double(w) + 0.1 * Double(g) / (square + 0.01).squareRoot())
    }
    #expect(isClose(rmsprop, expected))
  }
}
