import Commands
import Language
import Testing

@Suite struct ExampleTests {
  /// The help of every command shows statements; a student who types them off must see them work.
  @Test(arguments: allCommands(Workspace()).map(\.name))
  func everyExampleRuns(name: String) throws {
    let command = try #require(allCommands(Workspace()).first { $0.name == name })
    for written in command.examples {
      let student = try Student()
      // Files that an example writes belong into the student's folder.
      let example = written.replacing(/"(\w+\.(safetensors|ckpt|npz|png|svg))"/) {
        "\"HERE/\($0.1)\""
      }
      #expect(student.errors(example) == [], "\(name): \(example)\n\(student.run(example))")
    }
  }

  /// Numbers as labels come from files alone.
  @Test func everyCommandHasAnExample() {
    let without = allCommands(Workspace()).filter { $0.examples.isEmpty }.map(\.name)
    #expect(without == ["estimate"])
  }

  /// Help lists summaries and parameters: an empty one would leave a student alone.
  @Test func everyCommandExplainsItself() {
    for command in allCommands(Workspace()) {
      #expect(!command.summary.isEmpty && command.summary.hasSuffix("."), "\(command.name)")
      for parameter in command.parameters {
        #expect(!parameter.help.isEmpty, "\(command.name): \(parameter.label)")
      }
    }
  }

  /// Two commands of one name would hide each other.
  @Test func namesAreUnique() {
    let names = allCommands(Workspace()).map(\.name)
    #expect(Set(names).count == names.count)
  }
}
