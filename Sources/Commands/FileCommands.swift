import Figures
import Imagery
import Language
import Networks
import Tensors
import Training

/// Commands that write files and read them back.
func fileCommands(_ workspace: Workspace) -> [Command] {
  [
    Command(
      "save", group: "Files",
      [
        Parameter(
          "value",
          .oneOf([
            .object("network"), .object("trainer"), .object("figure"), .object("image"),
            .object("tensor"), .object("session"),
          ]),
          help: "A network's weights, a whole training, a figure, an image or a tensor; or "
            + "`session`, what was typed."),
        Parameter(
          "path", .text,
          help: "\"….safetensors\" for weights and tensors, \"….ckpt\" for a training, "
            + "\"….png\" or \"….svg\"; \"….conch\", \"….html\", \"….ipynb\" or \"….md\" for the "
            + "session."),
      ],
      result: .nothing, summary: "Writes a value to a file, whole or not at all.",
      details: """
        Weights are named as in Keras ("Conv1/kernel"); Python's safetensors reads them. A training is
        saved with everything that its next step depends on: `open` goes on from there, to the bit.
        A session is saved as a script of what came to its end, and run again to prove that the script
        gives the same.
        """,
      examples: [
        "net = small_cnn(classes: 4 input: [48, 48, 3])\nsave net \"net.safetensors\"",
        "save(random(32, 32, 3), \"noise.png\")",
      ]
    ) { call in
      let path = try call.text("path")
      guard case .object(let object) = try call.value("value") else { return .none }
      return try Failure.explaining {
        switch object {
        case let net as NetworkValue:
          try call.requireEnding("path", [".safetensors"])
          try Weights.save(net.network, to: path)
          workspace.noteKept(net)
        case let fit as TrainerValue:
          try call.requireEnding("path", [".ckpt"])
          try Checkpoint.save(fit.trainer, to: path)
          workspace.noteKept(fit)
        case let figure as FigureValue:
          try call.requireEnding("path", [".png", ".svg"])
          if path.hasSuffix(".svg") {
            try Files.writeAtomically(path, Array(try figure.figure.svg().utf8))
          } else {
            try workspace.write(figure.figure, to: path)
          }
        case let tensor as TensorValue:
          try call.requireEnding("path", [".safetensors", ".png"])
          if path.hasSuffix(".png") {
            try ImageFile.writePNG(tensor.tensor, to: path)
          } else {
            var named = NamedTensors()
            named["tensor"] = tensor.tensor
            try Safetensors.write(named, to: path)
          }
        case let other as any SavesItself:
          try call.requireEnding("path", other.fileEndings)
          try other.save(to: path)
          return .none
        default: break
        }
        workspace.say("Saved \(path).")
        return .none
      }
    },
    Command(
      "open", group: "Files",
      [
        Parameter(
          "path", .text, help: "A file that `save` wrote, or weights from elsewhere.",
          files: .init([".safetensors", ".h5", ".ckpt"])),
        Parameter(
          "into", .oneOf([.object("network"), .object("trainer")]), default: .none,
          help: "A network that takes the weights, or a trainer that takes the whole training."),
        Parameter(
          "strict", .boolean, default: .value(.boolean(true)),
          help: "Whether every weight must fit; otherwise those that do are read."),
      ],
      summary: "Reads weights into a network, a training into a trainer, or tensors as a record.",
      details: """
        Weights come from files of this program, of Keras (.weights.h5, .h5) and of PyTorch
        (.safetensors with the names of torchvision or timm). A file that does not fit is named with
        what differs, and changes nothing.
        """,
      examples: [
        """
        net = small_cnn(classes: 4 input: [48, 48, 3])
        save net "net.safetensors"
        open "net.safetensors" into: net
        """
      ]
    ) { call in
      let path = try call.text("path")
      return try Failure.explaining {
        if case .object(let object)? = call.optionalValue("into"), let fit = object as? TrainerValue
        {
          let pending = try Checkpoint.load(into: fit.trainer, from: path)
          fit.observation.forgetAll()
          workspace.noteKept(fit)
          workspace.say("Read \(path): after step \(fit.trainer.step).")
          switch pending {
          case .none: break
          case .ready:
            workspace.say("It was saved in the midst of a training: `resume fit` goes on.")
          case .needsValidation(let dataset):
            workspace.say(
              "It was saved in the midst of a training, judged by `\(dataset)`: `resume fit from: "
                + "\"\(path)\" validate: …` goes on.")
          }
          return .none
        }
        guard let net = try call.optionalObject("into", as: NetworkValue.self) else {
          let tensors = try NamedTensors.read(path)
          return .record(
            Record(
              tensors.names.compactMap { name in
                tensors[name].map { (key: name, value: .object(TensorValue($0))) }
              }))
        }
        let report = try Weights.load(
          into: net.network, from: path, strict: try call.boolean("strict"))
        workspace.say("Read \(report.loaded.count) weights from \(path).")
        if !report.isComplete { workspace.say(Failure.differences(report)) }
        return .none
      }
    },
  ]
}

/// A value of another room that writes itself to a file, and says so.
package protocol SavesItself: HostObject {
  var fileEndings: [String] { get }
  func save(to path: String) throws
}

extension Call {
  fileprivate func requireEnding(_ label: String, _ endings: [String]) throws {
    let path = try text(label)
    guard !endings.contains(where: path.hasSuffix) else { return }
    throw failure(
      label, code: "E0566", "this is saved as \(endings.joined(separator: " or "))",
      remedy: "write \"\(path)\(endings[0])\"")
  }
}
