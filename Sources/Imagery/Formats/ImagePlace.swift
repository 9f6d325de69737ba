import Tensors

/// Where the bytes of an image are, or its numbers.
enum ImagePlace: Sendable {
  case file(String)
  /// A part of a file: an image inside a shard.
  case part(path: String, offset: Int, count: Int)
  /// An entry of an array: nil for the whole of it.
  case array(NumpyArray, entry: Int?)

  /// The whole file's bytes, or those of the part.
  /// - Throws: `ImageryError`, calling the image `name`.
  func bytes(name: String, limits: ImageLimits) throws -> [UInt8] {
    do {
      switch self {
      case .file(let path): return try Files.read(path, limit: limits.fileBytes)
      case .part(let path, let offset, let count):
        guard count <= limits.fileBytes else {
          throw ImageryError(
            .fileTooLarge, name, given: "\(count) bytes", expected: "\(limits.fileBytes) bytes")
        }
        return try ReadableFile(path).bytes(count, at: offset)
      case .array: return []
      }
    } catch let error as FileError {
      throw ImageryError(error, name: name)
    }
  }
}

/// Where the class of each pixel is.
enum MaskPlace: Sendable {
  case whole(ImagePlace, name: String)
  /// A mask for each class, in which anything but black is of the class.
  case perClass([(word: ClassWord, place: ImagePlace, name: String)])
}
