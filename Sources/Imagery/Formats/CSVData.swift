import Tensors

/// What a table says of images: boxes (a row for each), classes, or measured numbers.
enum CSVData {
  private static let fileColumns = ["filename", "file", "file_name", "image", "image_path", "path"]
  private static let classColumns = ["class", "label", "category", "name", "class_name"]
  private static let edgeColumns = [
    ["xmin", "x_min", "left", "x1"], ["ymin", "y_min", "top", "y1"],
    ["xmax", "x_max", "right", "x2"], ["ymax", "y_max", "bottom", "y2"],
  ]
  private static let valueColumns = ["value", "y", "target", "count", "measurement"]
  private static let sizeLimit = 1 << 29

  /// What the columns of a table are.
  private struct Columns {
    var file: Int
    var label: Int?
    var edges: [Int]?
    var value: Int?
    var size: (height: Int, width: Int)?
    var isDifficult: Int?

    var kind: Annotation.Kind {
      edges != nil ? .boxes : value != nil ? .value : .label
    }

    /// - Parameter wanted: the column of numbers that was asked for.
    init(_ table: CSVTable, wanted: String?, name: String) throws {
      func unusable(_ what: String) -> ImageryError {
        ImageryError(
          .unreadableAnnotation, name,
          given: "\(what); its columns are "
            + table.header.prefix(12).map { "`\($0)`" }
            .joined(separator: ", "))
      }
      guard let file = table.column(fileColumns) else { throw unusable("no column is `filename`") }
      self.file = file
      label = table.column(classColumns)
      if let wanted {
        guard let column = table.header.firstIndex(of: wanted) else {
          throw unusable("no column is `\(wanted)`")
        }
        value = column
        return
      }
      let found = edgeColumns.compactMap(table.column)
      if found.count == 4 && label != nil {
        edges = found
        if let height = table.column(["height"]), let width = table.column(["width"]) {
          size = (height, width)
        }
        isDifficult = table.column(["difficult"])
      } else if label == nil {
        // Whatever is not called a class is a number; one column that is left needs no name.
        let rest = table.header.indices.filter { $0 != file }
        value = table.column(valueColumns) ?? (rest.count == 1 ? rest[0] : nil)
        guard value != nil else {
          throw unusable("there are neither boxes, nor a class, nor a `value`")
        }
      }
    }
  }

  /// Whether a file is a table that says something of images.
  static func isLikely(_ bytes: [UInt8]) -> Bool {
    let line = Array(bytes.prefix { $0 != 0x0A && $0 != 0x0D })
    guard let table = try? CSVTable(line, name: "") else { return false }
    return table.header.count > 1 && (try? Columns(table, wanted: nil, name: "")) != nil
  }

  /// - Parameters:
  ///   - file: the path of the table inside the folder.
  ///   - column: the column of numbers that is wanted, for regression.
  /// - Throws: `ImageryError`
  static func read(
    _ folder: DataFolder, file: String, column: String?
  ) throws -> StatedCollection {
    let bytes: [UInt8]
    do {
      bytes = try Files.read(folder.path(file), limit: sizeLimit)
    } catch let error as FileError {
      throw ImageryError(error, name: file)
    }
    let table = try CSVTable(bytes, name: file)
    let columns = try Columns(table, wanted: column, name: file)
    var collection = StatedCollection(kind: columns.kind, problems: folder.problems)
    let images = folder.images()
    let finder = ImageFinder(images, folder: folder.folder(DataFolder.imageFolders))
    // Rows of one image need not stand together.
    var index: [String: Int] = [:]
    var missing = Set<String>()
    for (row, line) in zip(table.rows, table.lines) {
      let written = row[columns.file]
      guard let image = finder.image(written) else {
        if missing.insert(written).inserted {
          collection.problems.append(ImageryError(.noImage, written))
        }
        continue
      }
      do {
        let content = try content(row, columns, name: "\(file), line \(line)")
        if let known = index[image] {
          guard case .boxes(let more) = content,
            case .boxes(let boxes) = collection.images[known].content
          else {
            collection.problems.append(ImageryError(.repeatedAnnotation, "\(file), line \(line)"))
            continue
          }
          collection.images[known].content = .boxes(boxes + more)
        } else {
          index[image] = collection.images.count
          let sides = columns.size.map { (Int(row[$0.height]) ?? 0, Int(row[$0.width]) ?? 0) }
          collection.images.append(
            StatedImage(
              name: image, place: .file(folder.path(image)), source: file,
              statedSize: sides.flatMap { $0.0 > 0 && $0.1 > 0 ? $0 : nil }, content: content))
        }
      } catch let error as ImageryError {
        collection.problems.append(error)
        index[image] = index[image] ?? nil
        missing.insert(image)
      }
    }
    for image in images where index[image] == nil && !missing.contains(image) {
      collection.images.append(
        StatedImage(
          name: image, place: .file(folder.path(image)), source: image, content: .nothing))
    }
    return collection
  }

  private static func content(
    _ row: [String], _ columns: Columns, name: String
  ) throws -> StatedImage.Content {
    if let edges = columns.edges, let label = columns.label {
      let texts = edges.map { row[$0] }
      // A row with a file alone says that there is nothing in the image.
      if texts.allSatisfy(\.isEmpty) { return .boxes([]) }
      let numbers = texts.map { Float($0) ?? .nan }
      let box = Box(left: numbers[0], top: numbers[1], right: numbers[2], bottom: numbers[3])
      let isDifficult = columns.isDifficult.map { row[$0] == "1" } ?? false
      return .boxes([
        StatedBox(word: .name(row[label]), box: box, isDifficult: isDifficult)
      ])
    }
    if let column = columns.value {
      guard let value = Double(row[column]), value.isFinite else {
        throw ImageryError(
          .unreadableAnnotation, name, given: "`\(row[column].prefix(20))` is no number")
      }
      return .value(value)
    }
    let word = columns.label.map { row[$0] } ?? ""
    guard !word.isEmpty else {
      throw ImageryError(.unreadableAnnotation, name, given: "the class is empty")
    }
    return .label(.name(word))
  }
}
