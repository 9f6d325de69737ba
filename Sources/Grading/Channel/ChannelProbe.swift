/// Reads bytes as either side of the channel would, for those who test what it refuses.
package enum ChannelProbe {
  /// - Throws: `BrokenMessage`, and whatever a value is refused for.
  package static func read(_ bytes: [UInt8]) throws {
    if let order = try? Order(bytes) {
      precondition((try? Order(order.bytes)) != nil, "what is written can be read")
    }
    let report = try Report(bytes)
    if case .answer(let value) = report {
      _ = try value.value { _, _ in .none }
    }
    if case .event(let line) = report { _ = try Event(line: line) }
  }
}
