import Testing
import Training

/// Looking on while a network learns, and trying out what else could be.
@Suite struct ObservingTests {
  private func student(_ more: String = "") throws -> Student {
    let student = try Student()
    let problems = student.run(
      """
      coast = load "coast/scenes" size: 48 count: 12
      net = small_cnn(classes: coast.classes input: [48, 48, 3] filters: 4 dense: 8)
      fit = trainer(net, coast batch: 4)
      \(more)
      """)
    #expect(!problems.contains("error"), "\(problems)")
    return student
  }

  @Test func watchedNumbersFollowTheTraining() throws {
    let student = try student("watch fit \"stem\" f => f.net[\"conv_1\"].gradient.norm")
    let output = student.run("step fit 2")
    #expect(output.split(separator: "\n").count { $0.hasPrefix("  stem ") } == 2, "\(output)")
    student.run("train fit epochs: 1")
    #expect(student.run("show fit.watched.stem.length()") == "3\n")
    let before = student.run("show fit.watched")
    student.run("rewind fit 2")
    #expect(student.run("show fit.watched.stem.length()") == "1\n")
    student.run("step fit 2")
    #expect(student.run("show fit.watched") == before)
    student.run("unwatch fit \"stem\"")
    #expect(!student.run("step fit").contains("stem"))
    #expect(student.errors("unwatch fit \"stem\"") == ["E0742"])
  }

  @Test func aFunctionThatGivesNoNumberIsSaid() throws {
    let student = try student("watch fit \"name\" f => \"sand\"")
    #expect(student.errors("step fit") == ["E0740"])
    // The step itself was taken, and is not lost.
    #expect(student.run("show fit.step") == "1\n")
    student.run("unwatch fit\nstop_when fit f => 3")
    #expect(student.errors("train fit") == ["E0741"])
    student.run("unwatch fit")
    #expect(student.errors("train fit until: r => r.loss") == ["E0741"])
    #expect(student.run("resume fit") == "" || student.output.contains("epoch"))
  }

  @Test func trainingGoesOnUntilSomethingIsReached() throws {
    let student = try student()
    let output = student.run("train fit until: r => r.step >= 7")
    #expect(output.contains("Reached after step 7"), "\(output)")
    #expect(output.contains("epoch 2 "), "\(output)")
    #expect(student.errors("resume fit") == ["E0595"])
    #expect(student.run("train fit epochs: 1 until: r => r.loss < 0").contains("not reached"))
  }

  @Test func aConditionStopsOnceAndTrainingGoesOn() throws {
    let student = try student("stop_when fit f => f.step >= 4 name: \"four steps\"")
    #expect(
      student.run("train fit epochs: 3").contains("Stopped after step 4: `four steps` is true."))
    student.run("resume fit")
    #expect(student.run("show fit.step") == "9\n")
  }

  @Test func theFirstNumberThatIsNoneIsFound() throws {
    // A rate that is sure to end in numbers that are none.
    let student = try student("wild = trainer(net, coast batch: 4 optimizer: sgd(rate: 500))")
    let codes = student.errors("train wild epochs: 5")
    #expect(codes == ["E0588"] || codes == ["E0589"])
    let state = student.run("show wild.state.hash")
    student.run("stop_when wild \"nan\"")
    let output = student.run("train wild epochs: 5")
    #expect(output.contains("Stopped before step"), "\(output)")
    #expect(output.contains("layer `") && output.contains(", in its `"), "\(output)")
    #expect(student.run("show wild.state.hash") == state)
  }

  @Test func ratiosAreListedByLayer() throws {
    let output = try student().run("step fit ratios: true")
    #expect(output.contains("update / weights"))
    for layer in ["conv_1", "conv_4", "predictions"] { #expect(output.contains(layer)) }
    #expect(!output.contains("dropout"))
    #expect(!output.contains(" ms"))
  }

  @Test func aForkGoesItsOwnWay() throws {
    let student = try student()
    student.run("step fit 4\nsame = fork fit\nfast = fork(fit rate: 0.01)\nstep fit 5\nstep same 5")
    #expect(student.run("show same.state.hash == fit.state.hash") == "true\n")
    student.run("step fast 5")
    #expect(student.run("show fast.state.hash == fit.state.hash") == "false\n")
    #expect(student.run("show fast.loss == fit.loss, fast.rate") == "false\n0.01\n")
    #expect(student.run("compare(fit, fast)").contains("2 "))
    #expect(student.errors("compare(fit)") == ["E0744"])
    #expect(student.errors("fork(fit rate: 0.1 optimizer: sgd())") == ["E0743"])
    // Each goes back by itself, a fork to where it began.
    student.run("rewind fast 5")
    #expect(student.errors("rewind fast") == ["E0594"])
    student.run("rewind fit to: 1")
    #expect(student.run("show fit.step, fast.step") == "1\n4\n")
  }

  @Test func rewindSaysWhatItCannotDo() throws {
    let student = try student("step fit 3")
    #expect(student.errors("rewind fit 5") == ["E0594"])
    #expect(student.errors("rewind fit to: 9") == ["E0598"])
    #expect(student.errors("rewind fit 1 to: 2") == ["E0597"])
    #expect(student.run("show fit.step") == "3\n")
    #expect(student.run("fit").contains("can go back to step 0: 1 snapshot, "))
  }

  /// A disk that is full, a folder that is not there: learning goes on, with a shorter way back.
  @Test func snapshotsThatCannotBeKeptAreSaidOnce() throws {
    let student = try student(
      "fit = trainer(net, coast batch: 4 rewind_memory: 0 rewind_folder: \"HERE/none/past\")")
    let output = student.run("step fit 30") + student.run("step fit 30")
    #expect(output.ranges(of: "warning: snapshots").count == 1, "\(output)")
    #expect(student.run("show fit.step") == "60\n")
    #expect(student.run("rewind fit 8") == "Back after step 52.\n")
    #expect(student.errors("rewind fit to: 0") == ["E0594"])
  }

  @Test func aTrainingGoesOnFromItsCheckpoint() throws {
    let setup = """
      test = load "coast/scenes" size: 48 count: 6 seed: 3
      other = load "coast/scenes" size: 48 count: 5 seed: 3
      """
    let whole = try student(setup)
    whole.run("train fit epochs: 4 validate: test keep_best: true")
    let end = whole.run("show fit.state.hash, fit.history, fit.epochs")

    let first = try student(setup + "\nstop_when fit f => f.step == 5")
    first.run("train fit epochs: 4 validate: test keep_best: true\nsave fit \"HERE/a.ckpt\"")
    let path = first.folder.path + "/a.ckpt"
    let second = try student(setup)
    #expect(second.errors("resume fit from: \"\(path)\"") == ["E0746"])
    #expect(second.errors("resume fit from: \"\(path)\" validate: other") == ["E0593"])
    second.run("resume fit from: \"\(path)\" validate: test")
    #expect(second.run("show fit.state.hash, fit.history, fit.epochs") == end)

    second.run("fit = trainer(net, coast batch: 3)")
    #expect(second.run("open \"\(path)\" into: fit").contains("its batch is 4, here 3"))
  }
}
