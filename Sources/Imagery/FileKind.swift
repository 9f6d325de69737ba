import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Image formats that are recognised by their first bytes, so that a student hears which one it is.
enum FileKind: String {
  case png = "PNG", jpeg = "JPEG", gif = "GIF", bitmap = "BMP", tiff = "TIFF", webp = "WebP"
  case heic = "HEIC or AVIF", jpeg2000 = "JPEG 2000", numpy = "a NumPy array"

  init?(_ bytes: some Collection<UInt8>) {
    let head = Array(bytes.prefix(12))
    func begins(_ pattern: [UInt8], at offset: Int = 0) -> Bool {
      head.count >= offset + pattern.count
        && head[offset..<(offset + pattern.count)].elementsEqual(pattern)
    }
    func begins(_ text: String, at offset: Int = 0) -> Bool { begins(Array(text.utf8), at: offset) }
    if begins([0x89, 0x50, 0x4E, 0x47]) {
      self = .png
    } else if begins([0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if begins("GIF8") {
      self = .gif
    } else if begins("BM") {
      self = .bitmap
    } else if begins([0x49, 0x49, 0x2A, 0]) || begins([0x4D, 0x4D, 0, 0x2A])
      || begins([0x49, 0x49, 0x2B, 0]) || begins([0x4D, 0x4D, 0, 0x2B])
    {
      self = .tiff
    } else if begins("RIFF") && begins("WEBP", at: 8) {
      self = .webp
    } else if begins("ftyp", at: 4) {
      self = .heic
    } else if begins([0x93]) && begins("NUMPY", at: 1) {
      self = .numpy
    } else if begins([0, 0, 0, 0x0C, 0x6A, 0x50]) {
      self = .jpeg2000
    } else {
      return nil
    }
  }
}

/// The first bytes of a regular file, and its size.
struct FileHead {
  let bytes: [UInt8]
  let fileSize: Int

  /// - Throws: `FileError`
  init(_ path: String, count: Int) throws {
    try Safety.shared.admitReading(path)
    // Without waiting: opening a pipe would block until someone writes to it.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw FileError.notFound(path: path) }
      throw FileError.notReadable(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw FileError.notReadable(path: path, reason: "not a regular file")
    }
    fileSize = Int(status.st_size)
    bytes = try [UInt8](unsafeUninitializedCapacity: min(count, fileSize)) { buffer, filled in
      while filled < buffer.count, let base = buffer.baseAddress {
        let result = pread(descriptor, base + filled, buffer.count - filled, off_t(filled))
        if result < 0 && errno == EINTR { continue }
        guard result >= 0 else {
          throw FileError.notReadable(path: path, reason: String(cString: strerror(errno)))
        }
        if result == 0 { break }
        filled += result
      }
    }
  }
}
