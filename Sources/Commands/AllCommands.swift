import Language

/// Every command in which the language meets images, networks and figures.
package func allCommands(_ workspace: Workspace) -> [Command] {
  let families: [(Workspace) -> [Command]] = [
    tensorCommands, loadCommands, dataCommands, layerCommands, modelCommands, taskModelCommands,
    networkCommands, trainingCommands, steppingCommands, observingCommands, optimizerCommands,
    lossCommands, detectionCommands,
    segmentationCommands, embeddingCommands, usingCommands, lookingCommands,
    insideCommands, costCommands, fileCommands,
  ]
  return families.flatMap { $0(workspace) }.map { $0.interruptible(workspace) }
}

extension Command {
  /// The same, but it does not begin when the user has asked to stop: Ctrl-C ends a loop of slow
  /// commands at the next of them.
  fileprivate func interruptible(_ workspace: Workspace) -> Command {
    Command(
      name, group: group, parameters, result: result, summary: summary, details: details,
      examples: examples, defersToObjects: defersToObjects
    ) { [body] call in
      try workspace.checkpoint()
      if workspace.isRehearsal, ["save", "write"].contains(name) { return .none }
      return try body(call)
    }
  }
}

/// Properties that are functions: `layer.output(x)` is not the command `output`.
package let functionProperties: Set<String> = ["output"]

/// A parameter of a command; `Networks.Parameter` is a weight of a network.
typealias Parameter = Language.Parameter
