import Foundation

/// Small JPEG files, 24×16 pixels: quadrants red, green, blue and near-white (a few levels off).
enum JPEGFiles {
  static let colour = decoded(
    """
    /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYG
    CAsICQoKCgoKBggLDAsKDAkKCgr/2wBDAQICAgICAgUDAwUKBwYHCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoK
    CgoKCgoKCgoKCgoKCgoKCgoKCgr/wAARCAAQABgDAREAAhEBAxEB/8QAFwAAAwEAAAAAAAAAAAAAAAAAAAgJCv/EABQQ
    AQAAAAAAAAAAAAAAAAAAAAD/xAAZAQACAwEAAAAAAAAAAAAAAAAABwYJCgj/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oA
    DAMBAAIRAxEAPwBXyTWgAA3BLs2aZ7Qo7YADVgq/TR//2Q==
    """)
  static let progressive = decoded(
    """
    /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYG
    CAsICQoKCgoKBggLDAsKDAkKCgr/2wBDAQICAgICAgUDAwUKBwYHCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoK
    CgoKCgoKCgoKCgoKCgoKCgoKCgr/wgARCAAQABgDAREAAhEBAxEB/8QAFwAAAwEAAAAAAAAAAAAAAAAAAAcICf/EABkB
    AAIDAQAAAAAAAAAAAAAAAAAGBQgJB//aAAwDAQACEAMQAAABV6TaABuJebMz6FdsA1Yq/Nf/xAAUEAEAAAAAAAAAAAAA
    AAAAAAAg/9oACAEBAAEFAl//xAAUEQEAAAAAAAAAAAAAAAAAAAAg/9oACAEDAQE/AV//xAAUEQEAAAAAAAAAAAAAAAAA
    AAAg/9oACAECAQE/AV//xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9oACAEBAAY/Al//xAAUEAEAAAAAAAAAAAAAAAAAAAAg
    /9oACAEBAAE/IV//2gAMAwEAAgADAAAAEAAAP//EABQRAQAAAAAAAAAAAAAAAAAAACD/2gAIAQMBAT8QX//EABQRAQAA
    AAAAAAAAAAAAAAAAACD/2gAIAQIBAT8QX//EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEAAT8QX//Z
    """)
  static let grey = decoded(
    """
    /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYG
    CAsICQoKCgoKBggLDAsKDAkKCgr/wAALCAAQABgBAREA/8QAFwAAAwEAAAAAAAAAAAAAAAAAAAgJCv/EABQQAQAAAAAA
    AAAAAAAAAAAAAAD/2gAIAQEAAD8AV8G4TPDVg//Z
    """)
  static let cmyk = decoded(
    """
    /9j/7gAOQWRvYmUAZAAAAAAA/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggL
    CAkKCgoKCgYICwwLCgwJCgoK/8AAFAgAEAAYBEMRAE0RAFkRAEsRAP/EABcAAQEBAQAAAAAAAAAAAAAAAAAKCQf/xAAU
    EAEAAAAAAAAAAAAAAAAAAAAA/9oADgRDAE0AWQBLAAA/ANIGT7J9v4AJf1QACX9UAACvhXw7wP/Z
    """)
  static let subsampled = decoded(
    """
    /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYG
    CAsICQoKCgoKBggLDAsKDAkKCgr/2wBDAQICAgICAgUDAwUKBwYHCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoK
    CgoKCgoKCgoKCgoKCgoKCgoKCgr/wAARCAAQABgDASIAAhEBAxEB/8QAFwABAQEBAAAAAAAAAAAAAAAAAAkHCP/EABQQ
    AQAAAAAAAAAAAAAAAAAAAAD/xAAWAQEBAQAAAAAAAAAAAAAAAAAIBwn/xAAcEQABBAMBAAAAAAAAAAAAAAAAFxhl42Sj
    pOT/2gAMAwEAAhEDEQA/AOXxg4tTPZvm9AhnUw/RQUwFgAK0fztVhnmg0jptP//Z
    """)

  /// By name, so that a failing test prints the name and not the bytes.
  static func named(_ name: String) -> [UInt8] {
    [
      "colour": colour, "progressive": progressive, "grey": grey, "cmyk": cmyk,
      "subsampled": subsampled,
    ][name] ?? []
  }

  /// The file with an EXIF segment that holds only the orientation.
  static func oriented(_ file: [UInt8], _ orientation: Int, littleEndian: Bool) -> [UInt8] {
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      let bytes = (0..<size).map { UInt8(value >> ($0 * 8) & 255) }
      return littleEndian ? bytes : bytes.reversed()
    }
    var segment = Array("Exif\0\0".utf8) + Array((littleEndian ? "II" : "MM").utf8)
    segment += number(42, 2) + number(8, 4) + number(1, 2)
    segment += number(0x0112, 2) + number(3, 2) + number(1, 4) + number(orientation, 2)
    segment += number(0, 2) + number(0, 4)
    let length = segment.count + 2
    return file[..<2] + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + segment + file[2...]
  }

  private static func decoded(_ text: String) -> [UInt8] {
    [UInt8](Data(base64Encoded: text, options: .ignoreUnknownCharacters) ?? Data())
  }
}
