import Commands
import Foundation
import Imagery
import Testing

/// Images that are damaged after they were found: every command that meets them says so, since what
/// it says of the others would otherwise pass for all.
@Suite struct DamageTests {
  @Test(arguments: [
    "report = evaluate(net, photographs)", "train fit", "train other validate: photographs",
    "step fit 4", "all = photographs.batches(4)",
  ])
  func damageIsTold(statement: String) throws {
    let student = try Student()
    student.run(
      """
      coast = load "coast/scenes" size: 48 count: 8
      net = small_cnn(classes: 2 input: [48, 48, 3] filters: 4 dense: 8)
      """)
    let root = student.folder.path + "/photographs"
    for folder in ["a", "b"] {
      try FileManager.default.createDirectory(
        atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
      for number in 0..<4 {
        student.run("save coast[\(number)].image, \"\(root)/\(folder)/\(number).png\"")
      }
    }
    let data = try Dataset.folder(root, verification: .headers, cacheLimit: 0)
    student.define("photographs", .object(DatasetValue(data, student.workspace)))
    student.run(
      """
      fit = trainer(net, photographs batch: 2)
      other = trainer(net, coast.regroup({a: ["beach", "marsh"], b: ["rocky"]}) batch: 2)
      """)
    let damaged = URL(fileURLWithPath: root + "/b/2.png")
    try Data(contentsOf: damaged).prefix(300).write(to: damaged)
    let printed = student.run(statement)
    #expect(printed.contains("warning: left out: `b/2.png`"), "\(printed)")
    #expect(!printed.contains("error"), "\(printed)")
    #expect(printed.components(separatedBy: "left out").count == 2, "told once")
  }

  /// A folder from elsewhere may have names that colour the terminal, retitle it, or break a line.
  @Test func namesCannotSteerTheTerminal() throws {
    let student = try Student()
    for folder in ["a\u{1B}[31m", "b\nc"] {
      let path = student.folder.path + "/photographs/" + folder
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try Data("no image".utf8).write(to: URL(fileURLWithPath: path + "/x\u{7}.png"))
      student.run("save zeros(8, 8, 3), \"HERE/y.png\"")
      try FileManager.default.copyItem(
        atPath: student.folder.path + "/y.png", toPath: path + "/y.png")
    }
    let printed = student.run("load \"HERE/photographs\"")
    #expect(!printed.contains("\u{1B}") && !printed.contains("\u{7}"))
    #expect(printed.contains("x\\u{7}.png"))
    #expect(printed.contains("b\\u{a}c 1"), "\(printed)")
  }

  @Test func oneClassIsToldInOneSentence() throws {
    let student = try Student()
    let folder = student.folder.path + "/photographs/only"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    student.run("save zeros(8, 8, 3), \"HERE/photographs/only/a.png\"")
    let printed = student.run("load \"HERE/photographs\"")
    #expect(printed.hasPrefix("warning: `photographs` has only one class, `only`;"), "\(printed)")
  }
}
