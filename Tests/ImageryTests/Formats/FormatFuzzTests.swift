import Imagery
import Tensors
import Testing

/// Any bytes at all give a dataset or an error: a trap would end a student's session.
@Suite struct FormatFuzzTests {
  private struct Case: Sendable {
    let name: String
    /// The file that is damaged.
    let target: String
    var texts: [String: String] = [:]
    var files: [String: [UInt8]] = [:]
    var format: DataFormat?
  }

  private static func cases() throws -> [Case] {
    let image = FormatFiles.image
    let xml = FormatFiles.xml([("cat", 2, 1, 12, 6), ("dog", 10, 0, 20, 10)])
    let coco = """
      {"images": [{"id": 7, "file_name": "a.png", "width": 20, "height": 10}], "annotations":
      [{"image_id": 7, "category_id": 90, "bbox": [10, 0, 10.5, 1e1], "segmentation": [[1, -2]]}],
      "categories": [{"id": 90, "name": "d\\u00f6g"}]}
      """
    let mask = try FormatFiles.mask { y, x in (x + y) % 3 }
    func files(_ name: String, _ format: DataFormat) throws -> Case {
      Case(name: name, target: name, files: [name: try FormatFiles.bytes(name)], format: format)
    }
    func measured(_ name: String) throws -> Case {
      let file = "images/\(name)"
      return Case(
        name: name, target: file, texts: ["a.csv": "filename,value\n\(name),1\n"],
        files: [file: try FormatFiles.bytes(name)])
    }
    return [
      Case(
        name: "voc", target: "a.xml", texts: ["a.xml": xml], files: ["a.png": image], format: .voc),
      Case(
        name: "coco", target: "a.json", texts: ["a.json": coco], files: ["a.png": image],
        format: .coco),
      Case(
        name: "yolo", target: "a.txt", texts: ["a.txt": "0 0.5 0.5 0.1 0.2\n1 0 0 1 1 0.5 0.5\n"],
        files: ["a.png": image], format: .yolo),
      Case(
        name: "yaml", target: "data.yaml",
        texts: ["a.txt": "1 0.5 0.5 0.1 0.2\n", "data.yaml": "names:\n  0: 'a'\n  1: b # c\n"],
        files: ["a.png": image], format: .yolo),
      Case(
        name: "csv", target: "a.csv",
        texts: [
          "a.csv": "filename,width,height,class,xmin,ymin,xmax,ymax\n\"a.png\",20,10,c,1,2,3,4\n"
        ],
        files: ["a.png": image], format: .csv),
      Case(
        name: "masks", target: "masks/a.png", files: ["images/a.png": image, "masks/a.png": mask],
        format: .masks),
      try files("class00-7.tfrec", .tfrecord), try files("objects.tfrecord", .tfrecord),
      try files("older.tfrecord", .tfrecord), try files("api.record", .tfrecord),
      try files("codes.tfrec", .tfrecord),
      try files("labels.npz", .npz), try files("masks.npz", .npz), try files("values.npz", .npz),
      try measured("float32.npy"), try measured("float64-big-columns.npy"),
      try measured("rgb8-lzw.tif"), try measured("bands4-planar16.tif"),
      try measured("bands4-int16-big.tif"), try measured("bands6-float-tiles.tif"),
      try measured("bits1.tif"), try measured("pages.tif"),
    ]
  }

  @Test func mutatedFilesNeverCrash() throws {
    var stream = RandomStream(seed: 11, name: "fuzz formats")
    var (loaded, refused) = (0, 0)
    for one in try FormatFuzzTests.cases() {
      let root = try FormatFiles.folder(one.texts, one.files)
      let original = one.files[one.target] ?? Array((one.texts[one.target] ?? "").utf8)
      for round in 0..<150 {
        var file = original
        if round % 5 == 4 {
          file = Array(file.prefix(stream.integer(below: file.count)))
        } else {
          // Headers are at the front: half of the changes go there.
          let reach = round % 2 == 0 ? min(file.count, 128) : file.count
          for _ in 0...stream.integer(below: 3) {
            let at = stream.integer(below: reach)
            switch stream.integer(below: 4) {
            case 0: file[at] = UInt8(stream.integer(below: 256))
            case 1: file[at] ^= 1 << UInt8(stream.integer(below: 8))
            case 2: file[at] = [0, 0xFF, 0x7F, 0x80, 0x30, 0x2D][stream.integer(below: 6)]
            default:
              let part = file[at..<min(at + 12, file.count)]
              file.insert(contentsOf: part, at: stream.integer(below: file.count))
            }
          }
        }
        if one.format == .tfrecord && round % 2 == 0 { RecordMender.mend(&file) }
        try write(file, to: "\(root)/\(one.target)")
        var options = LoadOptions()
        options.format = one.format
        options.limits = ImageLimits(side: 4_096, pixels: 1 << 20)
        do {
          let data = try Dataset.load(root, options)
          loaded += 1
          for position in 0..<data.count {
            let sample = try data.sample(at: position)
            for box in sample.annotation.boxes {
              #expect(box.box.area > 0 && data.classes.indices.contains(box.label))
            }
            if let mask = sample.annotation.mask {
              #expect(
                mask.values.allSatisfy { $0 == Mask.unlabelled || Int($0) < data.classes.count })
            }
          }
          #expect(data.warning.map { $0.message.count < 4_000 } ?? true)
        } catch let error as ImageryError {
          #expect(!error.message.isEmpty)
          refused += 1
        } catch is TensorError {
          refused += 1
        }
      }
    }
    #expect(loaded > 300 && refused > 300, "\(loaded) loaded, \(refused) refused")
  }
}

/// Puts right checksums on the records of a file, as far as they can be followed.
enum RecordMender {
  static func mend(_ file: inout [UInt8]) {
    var at = 0
    while file.count - at >= 16 {
      let length = file[at..<(at + 8)].reversed().reduce(0) { ($0 << 8 | UInt64($1)) & 0xFFFF_FFFF }
      guard length <= UInt64(file.count - at - 16) else { return }
      put(checksum(file[at..<(at + 8)]), &file, at + 8)
      let start = at + 12
      let end = start + Int(length)
      put(checksum(file[start..<end]), &file, end)
      at = end + 4
    }
  }

  private static func put(_ value: UInt32, _ file: inout [UInt8], _ at: Int) {
    for i in 0..<4 { file[at + i] = UInt8(truncatingIfNeeded: value >> UInt32(8 * i)) }
  }

  /// Bit by bit: the slow twin of the reader's.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
    crc = ~crc
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }
}
