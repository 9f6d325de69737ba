import Foundation
import Imagery
import Tensors

/// The files that other programs wrote (make_files.py), and folders made of texts.
enum FormatFiles {
  static func path(_ name: String) -> String {
    Bundle.module.resourceURL?.appendingPathComponent("Files/\(name)").path ?? name
  }

  static func bytes(_ name: String) throws -> [UInt8] { try Files.read(path(name)) }

  /// The number that make_files.py puts at a place.
  static func number(_ y: Int, _ x: Int, _ band: Int) -> Float {
    Float((7 * y + 3 * x + 11 * band) % 200)
  }

  /// A folder with these files in it; texts and bytes.
  static func folder(_ texts: [String: String], _ files: [String: [UInt8]] = [:]) throws -> String {
    let root = temporaryFolder()
    for (name, bytes) in files { try write(bytes, to: "\(root)/\(name)") }
    for (name, text) in texts { try write(Array(text.utf8), to: "\(root)/\(name)") }
    return root
  }

  /// A PNG of 20 × 10 pixels.
  static let image = PNGMaker.colours(width: 20, height: 10).bytes()

  static func mask(_ height: Int = 10, _ width: Int = 20, _ value: (Int, Int) -> Int) throws
    -> [UInt8]
  {
    try ImageFile.png(
      pixels: (0..<(height * width)).map { UInt8(value($0 / width, $0 % width)) }, width: width,
      height: height, channels: 1)
  }

  static func xml(_ boxes: [(String, Int, Int, Int, Int)], width: Int = 20, height: Int = 10)
    -> String
  {
    let objects = boxes.map { name, left, top, right, bottom in
      "<object><name>\(name)</name><bndbox><xmin>\(left)</xmin><ymin>\(top)</ymin>"
        + "<xmax>\(right)</xmax><ymax>\(bottom)</ymax></bndbox></object>"
    }.joined()
    return "<annotation><filename>x.png</filename><size><width>\(width)</width><height>\(height)"
      + "</height><depth>3</depth></size>\(objects)</annotation>"
  }
}

func boxes(_ data: Dataset, _ position: Int) throws -> [LabelledBox] {
  try data.storedAnnotation(at: position).boxes
}
