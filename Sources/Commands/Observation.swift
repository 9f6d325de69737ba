import Figures
import Language
import Training

/// What the user wants to know after every step of one trainer: numbers to watch, and conditions to
/// stop at.
package final class Observation {
  /// A number that is worked out after each step.
  struct Watch {
    let name: String
    let function: FunctionValue
    /// By step, those that were not watched left out.
    var values: [(step: Int, value: Double)] = []
  }

  /// When to stop. A condition that stays true stops once, so that one can go on.
  struct Stop {
    enum Condition {
      case function(FunctionValue)
      /// A loss, a gradient or a weight that is not a number.
      case notANumber
    }
    let name: String
    let condition: Condition
    var held = false
  }

  private(set) var watches: [Watch] = []
  private(set) var stops: [Stop] = []
  /// What the training at hand goes on to.
  var until: FunctionValue?

  /// Whether a terminal shows curves while training runs.
  var drawsCurves = true

  /// What was seen after a step.
  struct Result {
    /// `stem gradient 0.0123`, in the order of the watches.
    var watched: [String] = []
    /// Why to stop here, in words that follow "Stopped after step 12: ".
    var halt: String?
    /// Whether that is because `until` was reached.
    var isReached = false
  }

  func add(_ watch: Watch) {
    if let index = watches.firstIndex(where: { $0.name == watch.name }) {
      watches[index] = watch
    } else {
      watches.append(watch)
    }
  }

  func add(_ stop: Stop) {
    stops.removeAll { $0.name == stop.name }
    stops.append(stop)
  }

  /// - Returns: whether there was one of that name; nil takes all away.
  func remove(_ name: String?) -> Bool {
    let count = watches.count + stops.count
    watches.removeAll { name == nil || $0.name == name }
    stops.removeAll { name == nil || $0.name == name }
    return watches.count + stops.count < count
  }

  var stopsAtNotANumber: Bool {
    stops.contains { if case .notANumber = $0.condition { true } else { false } }
  }

  /// Forgets what was seen after a step that is taken back.
  func forget(after step: Int) {
    for index in watches.indices { watches[index].values.removeAll { $0.step > step } }
  }

  func forgetAll() { forget(after: -1) }

  /// Works out what is watched, and whether to stop.
  /// - Throws: what the user's functions throw; a `Failure` for one that gives another kind.
  func observe(
    _ step: History.Step, _ fit: TrainerValue, _ interpreter: Interpreter
  ) throws -> Result {
    var result = Result()
    for index in watches.indices {
      let watch = watches[index]
      let value = try interpreter.call(watch.function, .object(fit))
      guard case .number(let number) = value else {
        throw Failure(
          code: "E0740",
          message: "`watch` \"\(watch.name)\" needs a function that gives a number, and it gave "
            + value.kind)
      }
      watches[index].values.removeAll { $0.step >= step.step }
      watches[index].values.append((step.step, number))
      result.watched.append("\(watch.name) \(TrainingWords.number(number))")
    }
    for index in stops.indices {
      let reason = try reason(stops[index], fit, interpreter)
      if let reason, !stops[index].held, result.halt == nil { result.halt = reason }
      stops[index].held = reason != nil
    }
    if let until {
      let answer = try interpreter.call(until, .record(fit.record(of: step)))
      guard case .boolean(let isReached) = answer else {
        throw Failure(
          code: "E0741",
          message: "`until` needs a function that gives true or false, and it gave \(answer.kind)")
      }
      if isReached {
        result.halt = "reached"
        result.isReached = true
      }
    }
    return result
  }

  private func reason(
    _ stop: Stop, _ fit: TrainerValue, _ interpreter: Interpreter
  ) throws -> String? {
    switch stop.condition {
    case .function(let function):
      let answer = try interpreter.call(function, .object(fit))
      guard case .boolean(let holds) = answer else {
        throw Failure(
          code: "E0741",
          message: "`stop_when` needs a function that gives true or false, and it gave "
            + answer.kind)
      }
      return holds ? "`\(stop.name)` is true" : nil
    case .notANumber:
      return fit.trainer.firstWeightNotFinite.map { "the weight `\($0)` is not a number" }
    }
  }
}

extension TrainerValue {
  enum Attempt<Value> {
    case done(Value)
    case halted
  }

  /// Runs steps; where the user wants to stop at the first number that is none, such an error only
  /// ends them, and says where it arose.
  func haltingAtNotANumber<Value>(
    _ workspace: Workspace, _ body: () throws -> Value
  ) throws -> Attempt<Value> {
    do {
      return .done(try body())
    } catch {
      workspace.progress.clear()
      guard observation.stopsAtNotANumber, let error = error as? TrainingError,
        let failure = Failure.explaining(error) as? Failure
      else { throw Failure.explaining(error) }
      switch error {
      case .lossNotFinite, .gradientNotFinite:
        workspace.say(
          "Stopped before step \(trainer.step + 1): \(failure.message). The step was not taken.")
        return .halted
      default: throw failure
      }
    }
  }
}
