import Figures
import Testing

@Suite("Axes")
struct AxisTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let low: Double
    let high: Double
    let count: Int
    let labels: [String]
    var testDescription: String { "\(low)…\(high)" }
  }

  @Test(
    "ticks stand at round numbers and have the digits that they need",
    arguments: [
      Case(low: 0, high: 1, count: 5, labels: ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
      Case(low: 0, high: 100, count: 4, labels: ["0", "50", "100"]),
      Case(low: -1, high: 1, count: 4, labels: ["-1.0", "-0.5", "0", "0.5", "1.0"]),
      Case(
        low: 0.3, high: 0.31, count: 5,
        labels: ["0.300", "0.302", "0.304", "0.306", "0.308", "0.310"]),
      Case(low: 0, high: 12_000, count: 3, labels: ["0", "5,000", "10,000"]),
      Case(low: 0, high: 4e-7, count: 4, labels: ["0", "1e-7", "2e-7", "3e-7", "4e-7"]),
      Case(low: 0, high: 3e9, count: 3, labels: ["0", "1e9", "2e9", "3e9"]),
      Case(low: 7, high: 7.5, count: 2, labels: ["7.0", "7.5"]),
      Case(low: 3, high: 3, count: 5, labels: []),
      Case(low: 1, high: 0, count: 5, labels: []),
      Case(low: .nan, high: 1, count: 5, labels: []),
      Case(low: 1e17, high: 1e17 + 64, count: 5, labels: []),
    ])
  func placesTicks(expected: Case) {
    let ticks = Axis.ticks(from: expected.low, to: expected.high, count: expected.count)
    #expect(ticks.map(\.label) == expected.labels)
  }

  @Test(
    "logarithmic ticks are powers of ten, or more where there are few",
    arguments: [
      Case(low: 1, high: 10_000, count: 6, labels: ["1", "10", "100", "1,000", "10,000"]),
      Case(
        low: 0.01, high: 1, count: 6, labels: ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1"]),
      Case(low: 1, high: 4, count: 6, labels: ["1", "2", "3", "4"]),
      Case(low: 1e-10, high: 1, count: 4, labels: ["1e-9", "1e-6", "0.001", "1"]),
    ])
  func placesLogarithmicTicks(expected: Case) {
    let ticks = Axis.logarithmicTicks(
      from: expected.low, to: expected.high, count: expected.count
    ).ticks
    #expect(ticks.map(\.label) == expected.labels)
  }

  @Test(
    "numbers are written without the locale",
    arguments: [
      (decimal(2.5, places: 2), "2.50"), (decimal(-0.004, places: 2), "0.00"),
      (decimal(1234.5, places: 0), "1235"), (decimal(0.05, places: 1), "0.1"),
      (decimal(.nan, places: 2), "NaN"), (decimal(-.infinity, places: 2), "-∞"),
      (decimal(1e300, places: 2), "1e300"), (compact(0.001), "0.001"), (compact(1250), "1250"),
      (compact(0.123456), "0.1235"), (compact(-3.2e-7), "-3.2e-7"), (compact(0), "0"),
      (compact(9.99999), "10"), (compact(1e7), "1e7"), (compact(9.9999999e9), "1e10"),
      (compact(.leastNonzeroMagnitude, significant: 2), "4.9e-324"),
      (grouped(1_234_567), "1,234,567"),
      (grouped(-999), "-999"), (grouped(Int.min), "-9,223,372,036,854,775,808"),
    ])
  func writesNumbers(given: String, expected: String) {
    #expect(given == expected)
  }
}
