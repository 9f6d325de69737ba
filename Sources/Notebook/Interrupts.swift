/// How often Ctrl-C was pressed, for all who ask while they work.
///
/// Whoever works looks here at places that depend on the work alone, so an interrupt can be repeated:
/// the looks that saw it say where the work stood.
final class Interrupts {
  private let pressed: () -> Int
  private var looks = 0
  /// The looks at which the first and the second Ctrl-C were seen.
  private(set) var seen: [Int] = []
  /// The looks at which Ctrl-C is to be seen again.
  private var planned: [Int] = []

  init(_ pressed: @escaping () -> Int) { self.pressed = pressed }

  /// Before a cell: nothing has been seen yet.
  func begin(planned: [Int] = []) {
    looks = 0
    seen = []
    self.planned = planned
  }

  /// 1 asks to stop after the step in hand, 2 to give the step up.
  func count() -> Int {
    looks += 1
    let count = max(pressed(), planned.count { $0 <= looks })
    while seen.count < min(count, 2) { seen.append(looks) }
    return count
  }

  var isRaised: Bool { !seen.isEmpty || pressed() > 0 }
}
