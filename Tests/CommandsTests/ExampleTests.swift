import Commands
import Language
import Testing

@Suite struct ExampleTests {
  /// The help of every command shows statements; a student who types them off must see them work.
  @Test(arguments: allCommands(Workspace()).map(\.name))
  func everyExampleRuns(name: String) throws {
    let command = try #require(allCommands(Workspace()).first { $0.name == name })
    for example in command.examples {
      let student = try Student()
      #expect(student.errors(example) == [], "\(name): \(example)\n\(student.run(example))")
    }
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
