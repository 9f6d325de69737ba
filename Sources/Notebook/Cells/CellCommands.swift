import Commands
import Figures
import Language

/// The commands that look back at what ran.
func cellCommands(_ reference: SessionReference) -> [Command] {
  func session() throws -> Session {
    guard let session = reference.session else {
      throw Failure(code: "E0901", message: "the session is over")
    }
    return session
  }
  func dialogue(_ command: String) throws -> Dialogue {
    guard let dialogue = try session().dialogue else {
      throw Failure(
        code: "E0902", message: "`\(command)` is for the prompt and for lessons, not for scripts")
    }
    return dialogue
  }
  let number = Parameter(
    "number", .whole, default: .none, help: "The number of a cell, as `cells` shows it.")

  return [
    Command(
      "cells", group: "Session", [], result: .nothing,
      summary: "Lists the cells that ran, and says which are stale.",
      details: """
        Each entry at the prompt is a cell, and so is each cell of a lesson. A cell is stale when
        something that it read has been changed since, by whatever name: `rerun` brings it up to date.

        What functions read while they ran counts. A network or a trainer that was trained since
        makes stale what only looked at it, such as an evaluation. A cell that trained is stale only
        when the cell that made the trainer has made a new one: otherwise it would train further.
        In a lesson, what a later cell does to a variable makes no earlier cell stale. Random numbers
        go on from where they are, and files are not watched.
        """,
      examples: ["cells"]
    ) { _ in
      let session = try session()
      session.say(
        CellTable.render(try dialogue("cells").cells, page: session.workspace.page))
      return .none
    },
    Command(
      "rerun", group: "Session", [number], result: .nothing,
      summary: "Runs the stale cells again, in their order, and only those.",
      details: """
        With a number, that cell alone. In a lesson where nothing is stale, the cell that ran last runs
        again. It begins when the entry that it stands in has ended; the first cell that fails ends it.
        """,
      examples: ["rerun"]
    ) { call in
      let dialogue = try dialogue("rerun")
      if let number = try cellNumber(call, dialogue) {
        dialogue.wishToRerun(number)
      } else {
        dialogue.wishToBringUpToDate()
      }
      return .none
    },
    Command(
      "edit", group: "Session", [number], result: .nothing,
      summary: "Opens a cell in your editor, and runs what comes back.",
      details:
        "The cell that ran last, unless a number is given; in a lesson the cell that is shown. "
        + "The editor is what `$VISUAL` or `$EDITOR` names. A text that comes back as it was, or "
        + "empty, is not run."
    ) { call in
      let dialogue = try dialogue("edit")
      guard dialogue.lines.isInteractive else {
        throw Failure(code: "E0902", message: "`edit` needs somebody at a terminal")
      }
      dialogue.wishToEdit(try cellNumber(call, dialogue))
      return .none
    },
    Command(
      "undo", group: "Session", [], result: .nothing,
      summary: "Takes back the last assignment; again for the one before.",
      details:
        "The variables have the values that they had before. What was changed within an object "
        + "stays: a training is taken back by `rewind`.",
      examples: ["x = 1\nx = 2\nundo"]
    ) { _ in
      let session = try session()
      guard session.interpreter.keepsPastValues else {
        throw Failure(code: "E0902", message: "`undo` stands alone, at the top of a script")
      }
      guard let names = session.interpreter.takeBack() else {
        session.say("There is nothing to take back.")
        return .none
      }
      for name in names {
        session.say(
          session.interpreter.variable(named: name).map {
            "\(name) is again " + brief($0, columns: session.workspace.page.columns)
          } ?? "\(name) has no value any more.")
      }
      return .none
    },
    Command(
      "predict_first", group: "Session",
      [Parameter("question", .text, help: "What to think about before the result is shown.")],
      result: .nothing, summary: "Asks for a guess before the cell goes on to show the result.",
      details: "At the prompt and in a lesson it waits for the guess, and shows it again under the "
        + "result; Enter alone goes on without one. In a script it only shows the question.",
      examples: ["predict_first \"How many weights have 16 filters of 3×3×3?\"\n16 * 3 * 3 * 3"]
    ) { call in
      let session = try session()
      session.say(
        session.workspace.page.style.bold("Predict first: ") + (try call.text("question")))
      session.dialogue?.guess()
      return .none
    },
  ]
}

/// Data as they are, objects by what they are.
private func brief(_ value: Value, columns: Int) -> String {
  let text: String
  switch value {
  case .object, .function: text = Completer.brief(value)
  default: text = value.display
  }
  return truncated(text, to: max(20, columns - 20))
}

private func cellNumber(_ call: Call, _ dialogue: Dialogue) throws -> Int? {
  guard let number = try call.optionalWhole("number", in: 1...1_000_000) else { return nil }
  guard dialogue.cells[number] != nil else {
    throw call.failure("number", code: "E0903", "no cell \(number) has run")
  }
  return number
}
