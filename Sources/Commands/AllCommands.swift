import Language

/// Every command in which the language meets images, networks and figures.
package func allCommands(_ workspace: Workspace) -> [Command] {
  tensorCommands(workspace) + dataCommands(workspace) + layerCommands(workspace)
    + modelCommands(workspace) + trainingCommands(workspace) + optimizerCommands(workspace)
    + lookingCommands(workspace) + fileCommands(workspace)
}

/// Properties that are functions: `layer.output(x)` is not the command `output`.
package let functionProperties: Set<String> = ["output"]

/// A parameter of a command; `Networks.Parameter` is a weight of a network.
typealias Parameter = Language.Parameter
