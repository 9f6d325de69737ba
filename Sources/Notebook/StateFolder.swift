#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where a user's history and journals are kept.
package enum StateFolder {
  /// `$XDG_STATE_HOME/conch/NAME`, or `~/.local/state/conch/NAME`; nil without a home.
  static func path(of name: String) -> String? {
    if let state = getenv("XDG_STATE_HOME"), state[0] != 0 {
      return String(cString: state) + "/conch/" + name
    }
    guard let home = getenv("HOME"), home[0] != 0 else { return nil }
    return String(cString: home) + "/.local/state/conch/" + name
  }

  /// Makes a folder and those that it lies in, readable by the user alone. One that cannot be made is
  /// no error here: writing into it will be.
  static func make(_ folder: String) {
    var path = ""
    for part in folder.split(separator: "/", omittingEmptySubsequences: false) {
      path += part + "/"
      mkdir(path, 0o700)
    }
  }

  static func parent(of path: String) -> String {
    path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }
}

/// What lies in a folder.
package enum FolderEntries {
  /// Names, sorted; empty where the folder cannot be read.
  package static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
