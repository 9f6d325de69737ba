import Networks
import Tensors

extension Trainer {
  /// Goes back to where `target` steps were taken, to the bit: to the nearest snapshot before, and
  /// forward from there. A training that was begun with `train` is over then.
  /// - Parameters:
  ///   - progress: told after each step of the way forward.
  ///   - shouldStop: asked after each of them; if so, the trainer stays as it is before the call.
  /// - Returns: whether it went back.
  /// - Throws: `TrainingError.cannotRewind`, and what `step` throws.
  @discardableResult
  package func rewind(
    to target: Int, progress: (_ step: Int) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> Bool {
    guard target >= 0, target <= step,
      let nearest = try ring.latest(notAfter: target, for: self)
    else {
      throw TrainingError.cannotRewind(to: target, from: step, earliest: ring.earliestStep ?? step)
    }
    if target == step { return true }
    let (before, pastRing) = (try snapshot(), ring)
    var start = nearest
    start.history = before.history.prefix(nearest.step)
    func comeBack() {
      set(before)
      ring = pastRing
    }
    do {
      set(start)
      while step < target {
        try self.step()
        progress(step)
        if shouldStop() {
          comeBack()
          return false
        }
      }
    } catch {
      comeBack()
      throw error
    }
    // The same steps, but with what validation had found.
    history.epochs = before.history.epochs.filter { $0.step <= target }
    return true
  }

  /// Goes back `steps` steps.
  @discardableResult
  package func rewind(steps: Int, shouldStop: () -> Bool = { false }) throws -> Bool {
    let (target, overflow) = step.subtractingReportingOverflow(steps)
    return try rewind(to: overflow ? -1 : target, shouldStop: shouldStop)
  }

  /// What is kept for going back.
  package var rewindable: Rewindable {
    Rewindable(
      earliest: ring.earliestStep ?? step, snapshots: ring.count, memory: ring.memoryBytes,
      disk: ring.diskBytes, budget: ring.budget, problem: ring.problem)
  }

  package struct Rewindable: Equatable, Sendable {
    /// The earliest step that can be gone back to.
    package let earliest: Int
    package let snapshots: Int
    /// Bytes.
    package let memory: Int
    package let disk: Int
    package let budget: RewindBudget
    /// Why no more snapshots are written to the folder.
    package let problem: FileError?
  }

  /// Another trainer in the same state, with a network of its own, that goes on from here by itself.
  /// Its way back begins here.
  /// - Parameter optimizer: another one; its memory of earlier gradients is kept where both are of
  ///   the same method, else it begins empty.
  package func fork(optimizer: Optimizer? = nil) throws -> Trainer {
    let next = optimizer ?? self.optimizer
    let other = try Trainer(
      try network.copy(), dataset, batch: batch, optimizer: next, objective: objective, seed: seed,
      rewind: ring.budget)
    if next.method.name == self.optimizer.method.name, next.slotCount == self.optimizer.slotCount {
      other.optimizerState = optimizerState
    }
    (other.step, other.history, other.problems) = (step, history, problems)
    return other
  }
}
