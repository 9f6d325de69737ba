import Imagery
import Language
import Notebook
import Tensors

/// `conch bundle`: the archive that Gradescope wants for an assignment, with the program in it.
package struct BundleRequest: Equatable {
  package var rubric = ""
  package var output = "autograder.zip"

  package static let usage = "conch bundle --rubric FILE [--output FILE.zip]"

  /// - Parameter words: what follows `bundle`.
  package init(_ words: [String]) throws(Invocation.UsageError) {
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word == "--rubric" || word == "--output", let value = rest.popFirst() else {
        throw Invocation.UsageError(
          "`\(word)` is not expected here", remedy: "write \(BundleRequest.usage)")
      }
      if word == "--rubric" { rubric = value } else { output = value }
    }
    guard !rubric.isEmpty else {
      throw Invocation.UsageError(
        "`bundle` needs a rubric", remedy: "write \(BundleRequest.usage)")
    }
  }
}

package enum Bundle {
  /// - Throws: `RubricMistakes`, `Failure`, `FileError`
  package static func write(_ request: BundleRequest, executable: String) throws {
    let grader = try Grader(rubric: request.rubric, executable: executable)
    try Judge.check(grader.rubric)
    var members: [(name: String, bytes: [UInt8])] = [
      ("setup.sh", Array(setup.utf8)), ("run_autograder", Array(runner.utf8)),
      ("conch", try Files.read(executable)),
      ("assignment/assignment.rubric", grader.rubric.source.bytes),
    ]
    for (name, path) in grader.files() {
      guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
        throw Failure(
          code: "E0917", message: "`\(name)` must lie beside the rubric to be packed with it")
      }
      for file in Entry.tree(path) {
        members.append(("assignment/\(name)\(file)", try Files.read(path + file)))
      }
    }
    guard
      let archive = ZipArchive.archive(
        members, isExecutable: { ["setup.sh", "run_autograder", "conch"].contains($0) })
    else {
      throw Failure(code: "E0916", message: "the data are too large for an archive")
    }
    try Files.writeAtomically(request.output, archive)
  }

  /// Installs what the program links. Package names differ between Debian and Ubuntu, and between
  /// their editions.
  private static let setup = """
    #!/bin/sh
    # Installs what conch links. Make the bundle on the system that the autograder runs on.
    apt-get update
    for choice in libedit2 "libpng16-16t64 libpng16-16" "libjpeg62-turbo libjpeg-turbo8" \\
      "libtiff6 libtiff5" libexpat1 libcairo2 libpangocairo-1.0-0 zlib1g fonts-dejavu-core; do
      for package in $choice; do
        apt-get install -y --no-install-recommends "$package" && break
      done
    done
    chmod +x /autograder/source/conch /autograder/source/run_autograder
    /autograder/source/conch --version || {
      echo 'conch does not run here: make the bundle on the same system as the autograder.'
      exit 1
    }

    """

  /// Whatever happens, there is a results.json, and it is valid.
  private static let runner = """
    #!/bin/sh
    # Grades what is in the folder `submission`, and leaves results/results.json.
    autograder=${CONCH_AUTOGRADER:-/autograder}
    cd "$autograder" || exit 1
    mkdir -p results
    broke() {
      printf '{"score": 0, "output": "The grader broke. Please tell your teacher.", "tests": []}\\n' \\
        > results/results.json
    }
    broke
    source/conch grade --rubric source/assignment/assignment.rubric --one submission \\
      --output graded --workers 1
    status=$?
    if [ $status -le 1 ]; then cp graded/submission/results.json results/results.json; fi

    """
}
