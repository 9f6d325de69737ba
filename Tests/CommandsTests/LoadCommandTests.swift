import Foundation
import Testing

/// `load` and `write` as a student types them.
@Suite struct LoadCommandTests {
  private func put(_ text: String, _ name: String, _ student: Student) throws {
    let file = student.folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Boxes of a colleague's format, an oddity among them, into one's own.
  @Test func boxesAreConverted() throws {
    let student = try Student()
    try put("0 0.5 0.5 0.5 0.5\n0 0.9 0.5 0.4 0.5\n", "pier/labels/a.txt", student)
    try put("person\n", "pier/classes.txt", student)
    try FileManager.default.createDirectory(
      atPath: student.folder.path + "/pier/images", withIntermediateDirectories: true)
    student.run("save zeros(40, 60, 3), \"HERE/pier/images/a.png\"")
    student.run("save zeros(40, 60, 3), \"HERE/pier/images/b.png\"")
    let printed = student.run("pier = load \"HERE/pier\"\nshow pier.count")
    #expect(
      printed == "warning: `pier`: 1 of 2 images is left out: `images/b.png` has no annotation; "
        + "a box of `images/a.png` reaches over the edge and was cut there\n1\n")
    #expect(student.run("show load(\"HERE/pier\" unannotated: \"empty\").count").hasSuffix("2\n"))
    for format in ["voc", "coco", "csv", "tfrecord", "yolo"] {
      let printed = student.run(
        "write pier \"HERE/\(format)\" format: \"\(format)\"\n"
          + "again = load \"HERE/\(format)\" classes: [\"person\"]\nshow again.count\n")
      #expect(printed.hasPrefix("Wrote 1 images to "), "\(printed)")
      #expect(printed.hasSuffix("(\(format)).\n1\n"), "\(printed)")
    }
    #expect(student.errors("write pier \"HERE/voc\"") == ["E0540"])
    #expect(student.errors("write pier \"HERE/new\" format: \"masks\"") == ["E0540"])
  }

  @Test func masksTakeAKey() throws {
    let student = try Student()
    student.run(
      """
      save zeros(4, 4, 3), "HERE/a.png"
      save 0.5 * (zeros(4, 4, 3) + 1), "HERE/b.png"
      """)
    for (from, to) in [("a", "images"), ("b", "masks")] {
      let folder = student.folder.path + "/reef/" + to
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: student.folder.path + "/\(from).png", toPath: folder + "/x.png")
    }
    for key in [
      "codes: {sand: [10, 130], reef: 255} tolerance: 9",
      "colours: {sand: \"#808080\", reef: [0, 0, 0]}",
    ] {
      let printed = student.run("show load(\"HERE/reef\" \(key)).classes")
      #expect(printed == "[\"sand\", \"reef\"]\n", "\(printed)")
    }
    #expect(student.errors("load \"HERE/reef\"") == ["E0540"])
    let wrong = [
      "codes: {a: 0.5}", "colours: {a: \"blue\"}", "colours: {a: [1, 2]}", "codes: {a: \"x\"}",
      "range: [2, 1]", "range: [1]",
    ]
    for key in wrong {
      #expect(student.errors("load \"HERE/reef\" \(key)") == ["E0548"], "\(key)")
    }
    #expect(
      student.errors("load \"HERE/reef\" codes: {a: 1} colours: {b: \"#000000\"}") == ["E0549"])
    #expect(student.errors("load \"HERE/reef\" weights: [1]") == ["E0545"])
  }

  @Test func classesGoOutAndComeBack() throws {
    let student = try Student()
    let printed = student.run(
      """
      coast = load "coast/scenes" size: 32 count: 8
      write coast "HERE/out"
      write coast "HERE/out.npz" format: "npz"
      show load("HERE/out").count
      show load("HERE/out.npz").labels == coast.labels
      """)
    #expect(printed.hasSuffix("8\ntrue\n"), "\(printed)")
  }
}
