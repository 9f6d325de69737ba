import Imagery
import Language
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Finds the submissions in files, folders and zip archives.
///
/// A script is one submission. In a folder or an archive, each script, each folder and each archive
/// is one, called by its name. Nothing is followed out of it: neither links nor `..`.
package struct HandIn {
  package private(set) var submissions: [Submission] = []
  /// What a folder's script is called, if it has several.
  private let expected: String?

  private static let scriptLimit = Limits.standard.sourceSize + 1
  private static let archiveLimit = 512 << 20

  /// - Parameters:
  ///   - sheet: the file name of the assignment's sheet.
  ///   - areSingle: whether each folder or archive is of one student.
  /// - Throws: `Failure` for a path that is not there, or leads to nothing that can be graded.
  package init(_ paths: [String], sheet: String?, areSingle: Bool = false) throws {
    expected = sheet
    for path in paths {
      switch Entry.kind(path) {
      case .missing: throw HandIn.failure("there is no file or folder `\(path)`")
      case .file where HandIn.isArchive(path) && areSingle:
        addArchive(path, student: HandIn.stem(path))
      case .folder where areSingle: add(student: path, name: HandIn.fileName(path))
      case .file where HandIn.isArchive(path):
        try add(archive: path, bytes: Files.read(path, limit: HandIn.archiveLimit))
      case .file: add(script: path, name: HandIn.stem(path))
      case .folder: try add(folder: path)
      case .link, .other:
        throw HandIn.failure("`\(path)` is neither a file nor a folder")
      }
    }
    if submissions.isEmpty { throw HandIn.failure("there is nothing to grade here") }
    submissions.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    makeNamesDiffer()
  }

  private static func failure(_ message: String) -> Failure {
    Failure(code: "E0910", message: message)
  }

  // MARK: Files and folders

  private mutating func add(folder: String) throws {
    for name in Entry.names(in: folder) {
      let path = "\(folder)/\(name)"
      switch Entry.kind(path) {
      case .folder: add(student: path, name: name)
      case .link: refuse(name, "it is a link")
      case .file where HandIn.isArchive(name): addArchive(path, student: HandIn.stem(name))
      case .file where HandIn.isScript(name): add(script: path, name: HandIn.stem(name))
      default: break
      }
    }
  }

  private mutating func add(script path: String, name: String) {
    let (safe, refusal) = SafeName.of(name)
    guard refusal == nil else { return refuse(name, refusal ?? "") }
    guard let bytes = Entry.bytes(path, limit: HandIn.scriptLimit) else {
      return refuse(name, "it cannot be read")
    }
    submissions.append(
      Submission(name: safe, script: bytes, fileName: HandIn.fileName(path)))
  }

  /// A folder of one student.
  private mutating func add(student folder: String, name: String) {
    let all = Entry.names(in: folder)
    if all.contains(where: { Entry.kind("\(folder)/\($0)") == .link }) {
      return refuse(name, "there is a link in it")
    }
    let scripts = all.filter { HandIn.isScript($0) && Entry.kind("\(folder)/\($0)") == .file }
    guard let script = choose(scripts) else {
      return refuse(name, scripts.isEmpty ? "there is no script in it" : "it has several scripts")
    }
    add(script: "\(folder)/\(script)", name: name)
  }

  private func choose(_ scripts: [String]) -> String? {
    scripts.count == 1 ? scripts[0] : scripts.first { HandIn.fileName($0) == expected }
  }

  private mutating func refuse(_ name: String, _ why: String) {
    submissions.append(
      Submission(name: SafeName.of(name).name, script: [], fileName: "", refusal: why))
  }

  // MARK: Archives

  /// An archive of one student, in a folder.
  private mutating func addArchive(_ path: String, student: String) {
    guard let bytes = Entry.bytes(path, limit: HandIn.archiveLimit),
      let archive = try? ZipArchive(bytes, name: HandIn.fileName(path))
    else { return refuse(student, "it is no zip archive that can be read") }
    add(archive.members, of: archive, name: student)
  }

  /// An archive of a whole class, or of one student.
  private mutating func add(archive path: String, bytes: [UInt8]) throws {
    let archive: ZipArchive
    do {
      archive = try ZipArchive(bytes, name: HandIn.fileName(path))
    } catch let error as ImageryError {
      throw HandIn.failure(error.message)
    }
    let members = archive.members.filter { HandIn.counts($0.name) }
    var students: [(name: String, members: [ZipArchive.Member])] = []
    let depth = HandIn.sharedFolders(members.map(\.name))
    for member in members {
      let parts = member.name.split(separator: "/", omittingEmptySubsequences: false)
        .dropFirst(depth)
      guard let first = parts.first else { continue }
      let name = parts.count == 1 ? HandIn.stem(String(first)) : String(first)
      let isOfFolder = parts.count > 1
      if !isOfFolder, !HandIn.isScript(member.name) { continue }
      if isOfFolder, let index = students.firstIndex(where: { $0.name == name }) {
        students[index].members.append(member)
      } else {
        students.append((name, [member]))
      }
    }
    for student in students { add(student.members, of: archive, name: student.name) }
  }

  private mutating func add(_ members: [ZipArchive.Member], of archive: ZipArchive, name: String) {
    let leadsOut = members.contains { member in
      member.name.hasPrefix("/") || member.name.contains("\\")
        || member.name.split(separator: "/", omittingEmptySubsequences: false).contains("..")
    }
    guard !leadsOut else { return refuse(name, "a name in its archive leads out of its folder") }
    let scripts = members.filter { HandIn.isScript($0.name) && HandIn.counts($0.name) }
    guard let chosen = choose(scripts.map(\.name)),
      let member = scripts.first(where: { $0.name == chosen })
    else {
      return refuse(name, scripts.isEmpty ? "there is no script in it" : "it has several scripts")
    }
    let (safe, refusal) = SafeName.of(name)
    guard refusal == nil else { return refuse(name, refusal ?? "") }
    do {
      let bytes = try archive.contents(of: member, limit: HandIn.scriptLimit)
      submissions.append(
        Submission(name: safe, script: bytes, fileName: HandIn.fileName(member.name)))
    } catch let error as ImageryError {
      refuse(name, error.message)
    } catch {
      refuse(name, "its archive cannot be read")
    }
  }

  /// Folders around everything in an archive that holds more than one student.
  private static func sharedFolders(_ names: [String]) -> Int {
    let folders = names.map { Array($0.split(separator: "/").dropLast()) }
    guard let first = folders.first else { return 0 }
    var depth = 0
    while depth < first.count,
      folders.allSatisfy({ $0.count > depth && $0[depth] == first[depth] })
    { depth += 1 }
    // The innermost shared folder of a single student is the student.
    return names.count == 1 && depth > 0 ? depth - 1 : depth
  }

  // MARK: Names

  /// Hidden files, folders, and what macOS adds are not handed in.
  private static func counts(_ name: String) -> Bool {
    !name.hasSuffix("/")
      && !name.split(separator: "/").contains {
        $0 == "__MACOSX" || ($0.hasPrefix(".") && $0 != ".." && $0 != ".")
      }
  }

  private static func isScript(_ name: String) -> Bool { name.hasSuffix(".conch") }
  private static func isArchive(_ name: String) -> Bool { name.hasSuffix(".zip") }

  static func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  private static func stem(_ path: String) -> String {
    let name = fileName(path)
    return name.lastIndex(of: ".").flatMap { $0 > name.startIndex ? String(name[..<$0]) : nil }
      ?? name
  }

  /// A folder can hold one name once.
  private mutating func makeNamesDiffer() {
    var used: Set<String> = []
    for index in submissions.indices {
      let submission = submissions[index]
      var name = submission.name
      var number = 1
      while !used.insert(name.lowercased()).inserted {
        number += 1
        name = "\(submission.name)-\(number)"
      }
      guard name != submission.name else { continue }
      var renamed = Submission(
        name: name, script: submission.script, fileName: submission.fileName,
        refusal: submission.refusal)
      renamed.notes = submission.notes + ["another submission is called the same"]
      submissions[index] = renamed
    }
  }
}

/// Entries of a folder, without following links.
enum Entry {
  enum Kind { case missing, file, folder, link, other }

  static func kind(_ path: String) -> Kind {
    var status = stat()
    guard lstat(path, &status) == 0 else { return .missing }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    case S_IFLNK: return .link
    default: return .other
    }
  }

  /// Names in the order of their bytes, hidden ones aside; what is not UTF-8 comes repaired, and is
  /// then missing.
  static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while names.count < 200_000, let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix("."), name != "__MACOSX" { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The files below a path, as endings of it; an empty one if the path is a file itself.
  static func tree(_ path: String) -> [String] {
    guard kind(path) == .folder else { return [""] }
    return names(in: path).flatMap { name -> [String] in
      switch kind("\(path)/\(name)") {
      case .file: ["/\(name)"]
      case .folder: tree("\(path)/\(name)").map { "/\(name)\($0)" }
      default: []
      }
    }
  }

  static func bytes(_ path: String, limit: Int) -> [UInt8]? {
    guard let file = try? ReadableFile(path) else { return nil }
    return try? file.bytes(min(file.size, limit), at: 0)
  }
}
