import Foundation
import Tensors
import Testing

struct SummaryTests {
  static let numbers: [(Float, Int, String)] = [
    (0, 4, "0"), (-0.0, 4, "0"), (1, 4, "1"), (-2.5, 4, "-2.5"), (0.1, 4, "0.1"),
    (123456, 4, "123500"), (1_234_567, 4, "1.235e+06"), (0.00012344, 4, "0.0001234"),
    (0.000012344, 3, "1.23e-05"), (9.9996, 4, "10"), (0.99996, 4, "1"), (.nan, 4, "nan"),
    (-.infinity, 4, "-inf"), (3.4028235e38, 4, "3.403e+38"), (.leastNonzeroMagnitude, 4, "1e-45"),
    (0.15, 1, "0.2"),
  ]

  @Test(arguments: numbers)
  func significantDigits(value: Float, digits: Int, text: String) {
    #expect(NumberText(value).significant(digits) == text)
  }

  static let fixed: [(Double, Int, String)] = [
    (0, 2, "0.00"), (1.005, 2, "1.01"), (-0.004, 2, "0.00"), (-1.5, 0, "-2"), (0.5, 0, "1"),
    (99.995, 2, "100.00"), (1e21, 0, "1000000000000000000000"), (0.04, 1, "0.0"),
    (12.3, 3, "12.300"),
  ]

  @Test(arguments: fixed)
  func fixedDigits(value: Double, places: Int, text: String) {
    #expect(NumberText(value).fixed(places) == text)
  }

  @Test func digitsAgreeWithTheSystemsFormatter() {
    var stream = RandomStream(seed: 1, name: "digits")
    for _ in 0..<5000 {
      let value = Double(stream.normal()) * pow(10, Double(stream.integer(below: 12)) - 6)
      let given = Double(NumberText(value).significant(5))!
      let expected = Double(String(format: "%.5g", value))!
      #expect(abs(given - expected) <= 1e-12 * abs(expected))
      #expect(NumberText(value).scientific(3) == String(format: "%.3e", value))
    }
  }

  @Test func smallTensorsPrintWhole() throws {
    #expect(Tensor(2.5).summary == "tensor [] 2.5")
    #expect(
      try counting([2, 3]).summary == """
        tensor [2, 3]  0 to 5, mean 2.5, std 1.708
          0  1  2
          3  4  5
        """)
    #expect(
      try Tensor([0.25, -1.5, .nan]).summary == """
        tensor [3]  -1.5 to 0.25, mean -0.625, std 0.875, 1 NaN
           0.25  -1.50    nan
        """)
    #expect(
      try counting([2, 1, 2]).summary == """
        tensor [2, 1, 2]  0 to 3, mean 1.5, std 1.118
        [0, :, :]
          0  1
        [1, :, :]
          2  3
        """)
  }

  @Test func largeTensorsPrintACorner() throws {
    #expect(
      try counting([100, 20]).summary == """
        tensor [100, 20]  0 to 1999, mean 999.5, std 577.4
            0    1    2    3    4    5    6    7  …
           20   21   22   23   24   25   26   27  …
           40   41   42   43   44   45   46   47  …
           60   61   62   63   64   65   66   67  …
           80   81   82   83   84   85   86   87  …
          100  101  102  103  104  105  106  107  …
          …
        """)
    let batch = try Tensor.combine(.multiply, counting([2, 16, 16, 3]), Tensor(0.001)).summary
    #expect(batch.contains("\n[0, :, :, 0]\n"))
    #expect(batch.split(separator: "\n").count == 9)
    #expect(batch.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func emptyAndInfinite() throws {
    #expect(try Tensor(shape: [0, 3]).summary == "tensor [0, 3] without values")
    #expect(
      try Tensor([.infinity, .nan]).summary == "tensor [2]  1 NaN, 1 infinite\n  inf  nan")
    #expect(try Tensor([1e-9, 2e10]).summary.hasSuffix("1.000e-09  2.000e+10"))
  }
}
