/// What a session asks about values without looking into them.
extension Value {
  /// Elements that are looked at one by one; of a longer list the size is estimated.
  private static let lookLimit = 1000

  /// Bytes, as far as they can be counted at a glance.
  package var memorySize: Int {
    switch self {
    case .object(let object): object.memorySize
    case .text(let text): text.utf8.count
    case .list(let list):
      list.count > Self.lookLimit
        ? list.count * 16 : list.reduce(0) { $0 + 16 + $1.memorySize }
    case .record(let record): record.values.reduce(0) { $0 + 16 + $1.memorySize }
    default: 0
    }
  }

  /// A number that differs once something that the value holds has been changed in place.
  package var changeCount: Int {
    switch self {
    case .object(let object): object.changeCount
    case .list(let list): list.prefix(Self.lookLimit).reduce(0) { $0 &* 31 &+ $1.changeCount }
    case .record(let record): record.values.reduce(0) { $0 &* 31 &+ $1.changeCount }
    default: 0
    }
  }
}
