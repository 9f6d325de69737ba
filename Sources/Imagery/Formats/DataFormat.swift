import Tensors

/// How a dataset lies on the disk.
package enum DataFormat: String, Sendable, CaseIterable {
  /// A folder per class.
  case folders
  /// Pascal VOC's XML files.
  case voc
  /// COCO's JSON file.
  case coco
  /// YOLO's text files.
  case yolo
  /// A table with a row for each box, or image.
  case csv
  /// A mask beside each image.
  case masks
  /// TensorFlow's shards of examples.
  case tfrecord
  /// NumPy's `.npz` or `.npy`.
  case npz
}

/// A place on the disk with its format, and the files that matter of it.
struct RecognisedData {
  let format: DataFormat
  let folder: DataFolder?
  /// The one file, or the shards, inside the folder.
  var files: [String] = []
  /// Whether the folder belongs to that file alone.
  var isOnly = true

  /// - Parameter wanted: the format that was asked for; nil to tell from what is there.
  /// - Throws: `ImageryError.unknownData`, or what is wrong with the path.
  init(_ path: String, format wanted: DataFormat?) throws {
    if Files.isFolder(path) {
      try self.init(folder: path, wanted)
    } else {
      try self.init(file: path, wanted)
    }
  }

  private static let headSize = 1 << 16

  private static func head(_ path: String) -> [UInt8] {
    (try? FileHead(path, count: headSize).bytes) ?? []
  }

  static func isShard(_ file: String) -> Bool {
    let name = DataFolder.lastPart(file).lowercased()
    return name.contains(".tfrec") || name.hasSuffix(".record")
  }

  private init(file path: String, _ wanted: DataFormat?) throws {
    let head: [UInt8]
    do {
      head = try FileHead(path, count: RecognisedData.headSize).bytes
    } catch let error as FileError {
      throw ImageryError(error, name: path)
    }
    let last = DataFolder.lastPart(path)
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    /// The folder in which images are looked for: the file's own, or the one above it.
    func surroundings() throws -> (folder: DataFolder, file: String) {
      let own = parent.isEmpty ? "/" : parent
      let name = DataFolder.lastPart(own).lowercased()
      if VOC.folders.contains(name), let slash = own.lastIndex(of: "/"), slash != own.startIndex {
        let above = try DataFolder(String(own[..<slash]))
        if above.folder(DataFolder.imageFolders) != nil {
          return (above, "\(DataFolder.lastPart(own))/\(last)")
        }
      }
      return (try DataFolder(own), last)
    }
    if head.starts(with: [0x50, 0x4B]) || FileKind(head) == .numpy {
      self.init(format: .npz, folder: nil, files: [path])
    } else if RecordFile.isLikely(head) {
      self.init(format: .tfrecord, folder: try DataFolder(shallow: parent), files: [last])
    } else if wanted == .coco || wanted == nil && COCO.isLikely(head) {
      let (folder, file) = try surroundings()
      self.init(format: .coco, folder: folder, files: [file], isOnly: false)
    } else if wanted == .yolo || ["yaml", "yml"].contains(DataFolder.ending(last) ?? "") {
      self.init(format: .yolo, folder: try DataFolder(parent))
    } else if wanted == .csv || wanted == nil && CSVData.isLikely(head) {
      let (folder, file) = try surroundings()
      self.init(format: .csv, folder: folder, files: [file], isOnly: false)
    } else {
      throw ImageryError(
        .unknownData, path,
        given: "it is neither COCO's JSON, nor a CSV table with a `filename`, nor TFRecord, nor "
          + "NumPy",
        expected: "load the folder that it lies in, or say which `format:` it has")
    }
  }

  private init(folder path: String, _ wanted: DataFormat?) throws {
    let folder = try DataFolder(path)
    func tables(_ isLikely: ([UInt8]) -> Bool, _ ending: String) -> [String] {
      folder.files([ending]).filter {
        $0.split(separator: "/").count <= 2 && isLikely(RecognisedData.head(folder.path($0)))
      }
    }
    func one(_ files: [String], _ what: String) throws -> [String] {
      guard files.count <= 1 else {
        throw ImageryError(
          .unknownData, path,
          given: "it has \(files.count) \(what): "
            + files.prefix(4).map { "`\($0)`" }.joined(separator: ", "),
          expected: "load one of them by its path")
      }
      return files
    }
    func missing(_ what: String) -> ImageryError {
      ImageryError(.unknownData, path, given: "it has no \(what)", expected: "load another folder")
    }
    let shards = folder.files.filter(RecognisedData.isShard)
    let hasImages = !folder.images().isEmpty
    switch wanted {
    case .folders: self.init(format: .folders, folder: folder)
    case .voc: self.init(format: .voc, folder: folder)
    case .yolo: self.init(format: .yolo, folder: folder)
    case .masks: self.init(format: .masks, folder: folder)
    case .coco:
      let files = try one(tables(COCO.isLikely, "json"), "JSON files")
      if files.isEmpty { throw missing("JSON file of COCO's kind") }
      self.init(format: .coco, folder: folder, files: files)
    case .csv:
      let files = try one(tables(CSVData.isLikely, "csv"), "CSV tables")
      if files.isEmpty { throw missing("CSV table with a `filename`") }
      self.init(format: .csv, folder: folder, files: files)
    case .tfrecord:
      if shards.isEmpty { throw missing("TFRecord shards") }
      self.init(format: .tfrecord, folder: folder, files: shards)
    case .npz:
      let files = try one(folder.files(["npz"]), "archives")
      if files.isEmpty { throw missing("NumPy archive") }
      self.init(format: .npz, folder: nil, files: files.map(folder.path))
    case nil:
      // The surest signs first.
      if !shards.isEmpty && !hasImages {
        self.init(format: .tfrecord, folder: folder, files: shards)
      } else if hasImages && !folder.files(["xml"]).isEmpty {
        self.init(format: .voc, folder: folder)
      } else if hasImages, !tables(COCO.isLikely, "json").isEmpty {
        self.init(
          format: .coco, folder: folder,
          files: try one(tables(COCO.isLikely, "json"), "JSON files"))
      } else if hasImages, RecognisedData.isYOLO(folder) {
        self.init(format: .yolo, folder: folder)
      } else if hasImages, MaskFolders.isLikely(folder) {
        self.init(format: .masks, folder: folder)
      } else if hasImages, !tables(CSVData.isLikely, "csv").isEmpty {
        self.init(
          format: .csv, folder: folder,
          files: try one(tables(CSVData.isLikely, "csv"), "CSV tables"))
      } else if !hasImages, folder.files(["npz"]).count == 1 {
        self.init(format: .npz, folder: nil, files: folder.files(["npz"]).map(folder.path))
      } else {
        self.init(format: .folders, folder: folder)
      }
    }
  }

  private init(format: DataFormat, folder: DataFolder?, files: [String] = [], isOnly: Bool = true) {
    (self.format, self.folder, self.files, self.isOnly) = (format, folder, files, isOnly)
  }

  /// Text files that are named like the images.
  private static func isYOLO(_ folder: DataFolder) -> Bool {
    let stems = Set(
      folder.images().map { DataFolder.withoutEnding(DataFolder.lastPart($0)) })
    return folder.files(["txt"]).contains {
      stems.contains(DataFolder.withoutEnding(DataFolder.lastPart($0)))
    }
  }
}

extension DataFolder {
  /// A folder of which only its own files matter.
  init(shallow path: String) throws {
    let path = path.isEmpty ? "/" : path
    let listing = try FolderListing(path, name: path)
    self.init(root: path, files: listing.files, folders: [])
  }

  private init(root: String, files: [String], folders: [String]) {
    self.root = root == "/" ? "" : root
    name = DataFolder.lastPart(root)
    self.files = files
    self.folders = folders
    problems = []
  }
}
