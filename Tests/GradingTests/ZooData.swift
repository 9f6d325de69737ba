import Foundation
import Imagery
import Tensors
import Testing

/// Files that the zoo may read, most of them broken.
enum ZooData {
  static func write(to classroom: Classroom) throws {
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    func weights(_ header: String, _ values: [Float]) -> [UInt8] {
      number(header.utf8.count, 8) + Array(header.utf8)
        + values.flatMap { number(Int($0.bitPattern), 4) }
    }
    let header = #"{"tensor":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
    try classroom.write(weights(header, [1, 2]), to: "data/good.safetensors")
    try classroom.write(weights(header, [1]), to: "data/short.safetensors")
    try classroom.write(number(1 << 60, 8) + [0x7B], to: "data/broken.safetensors")
    try classroom.write(weights(header, [1, 2]), to: "data/broken.ckpt")
    let picture = try ImageFile.png(
      pixels: [UInt8](repeating: 7, count: 48), width: 4, height: 4, channels: 3)
    try classroom.write(Array(picture.dropLast(30)), to: "data/broken.png")
    // The header says 2³⁰ × 2³⁰ points.
    var bomb = picture
    bomb.replaceSubrange(16..<24, with: [0x40, 0, 0, 0, 0x40, 0, 0, 0])
    try classroom.write(bomb, to: "data/bomb.png")
    // An archive whose list claims a terabyte for a member of some bytes.
    var archive = try #require(
      ZipArchive.archive([(name: "images.npy", bytes: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0])]))
    if let list = archive.firstRange(of: [0x50, 0x4B, 1, 2])?.lowerBound {
      archive.replaceSubrange((list + 24)..<(list + 28), with: [0xFF, 0xFF, 0xFF, 0x7F])
    }
    try classroom.write(archive, to: "data/bomb.npz")
  }
}
