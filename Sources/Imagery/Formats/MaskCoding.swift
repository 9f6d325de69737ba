/// What the numbers or colours of masks stand for.
enum MaskCoding: Equatable, Sendable {
  /// The number is the class.
  case numbers
  /// Black is class 0, anything brighter than half of white is class 1.
  case binary(threshold: UInt16)
  /// The class whose number is nearest, if it is within the tolerance.
  case codes([Int], tolerance: Int)
  /// The class whose colour (0xRRGGBB) is nearest, if no channel differs by more than the tolerance.
  case colours([Int], tolerance: Int)
  /// For the masks of one class: anything but black.
  case presence
}

extension MaskPixels {
  /// The class of each pixel, and how many pixels have a number that stands for none; those are
  /// unlabelled. 255 among class numbers means unlabelled and is no surprise.
  func mask(_ coding: MaskCoding, classCount: Int) -> (mask: Mask, unknown: Int) {
    var unknown = 0
    let result: [UInt8]
    switch coding {
    case .numbers, .binary, .presence, .codes:
      guard channels == 1 else { return (unlabelled, height * width) }
      var table = [UInt8](repeating: Mask.unlabelled, count: 65_536)
      for value in table.indices {
        if let label = MaskPixels.label(value, coding, classCount) { table[value] = UInt8(label) }
      }
      result = values.map { value in
        let label = table[Int(value)]
        let isVoid = coding == .numbers && value == 255
        if label == Mask.unlabelled && !isVoid { unknown += 1 }
        return label
      }
    case .colours(let colours, let tolerance):
      var known: [Int: UInt8] = [:]
      result = stride(from: 0, to: values.count, by: channels).map { at in
        let colour = colour(at)
        let label: UInt8
        if let seen = known[colour] {
          label = seen
        } else {
          label = MaskPixels.nearest(colour, colours, tolerance).map { UInt8($0) } ?? 255
          // A hostile file may have millions of colours.
          if known.count < 65_536 { known[colour] = label }
        }
        if label == Mask.unlabelled { unknown += 1 }
        return label
      }
    }
    return (Mask(height: height, width: width, values: result), unknown)
  }

  private var unlabelled: Mask {
    Mask(
      height: height, width: width,
      values: Array(repeating: Mask.unlabelled, count: height * width))
  }

  private static func label(_ value: Int, _ coding: MaskCoding, _ classCount: Int) -> Int? {
    switch coding {
    case .numbers: return value < min(classCount, Mask.largestClassCount) ? value : nil
    case .binary(let threshold): return value >= Int(threshold) ? 1 : 0
    case .presence: return value > 0 ? 1 : 0
    case .codes(let codes, let tolerance):
      let nearest = codes.indices.min { abs(codes[$0] - value) < abs(codes[$1] - value) }
      return nearest.flatMap { abs(codes[$0] - value) <= tolerance ? $0 : nil }
    case .colours: return nil
    }
  }

  private static func nearest(_ colour: Int, _ colours: [Int], _ tolerance: Int) -> Int? {
    func distance(_ other: Int) -> Int {
      [16, 8, 0].map { abs((colour >> $0 & 255) - (other >> $0 & 255)) }.max() ?? 0
    }
    let best = colours.indices.min { distance(colours[$0]) < distance(colours[$1]) }
    return best.flatMap { distance(colours[$0]) <= tolerance ? $0 : nil }
  }
}

/// Classes of masks and how they are coded, as a script says it.
package struct MaskKey: Equatable, Sendable {
  package struct Entry: Equatable, Sendable {
    package let name: String
    /// A grey value 0…65535, or a colour 0xRRGGBB.
    package let code: Int
    package init(_ name: String, _ code: Int) {
      self.name = name
      self.code = code
    }
  }

  package enum Meaning: Sendable { case grey, colour }

  package let meaning: Meaning
  package let entries: [Entry]
  /// How far a number may be from its code.
  package let tolerance: Int

  /// - Throws: `ImageryError.invalidArgument`
  package init(_ meaning: Meaning, _ entries: [Entry], tolerance: Int = 0) throws {
    let parameter = meaning == .grey ? "codes" : "colours"
    let largest = meaning == .grey ? 65_535 : 0xFF_FF_FF
    guard !entries.isEmpty, entries.count <= Mask.largestClassCount else {
      throw ImageryError(
        .invalidArgument, parameter, given: "\(entries.count) classes",
        expected: "1 to \(Mask.largestClassCount)")
    }
    for entry in entries where entry.code < 0 || entry.code > largest {
      throw ImageryError(
        .invalidArgument, parameter, given: "\(entry.code) for `\(entry.name)`",
        expected: meaning == .grey ? "a number 0…65535" : "a colour")
    }
    guard (0...65_535).contains(tolerance) else {
      throw ImageryError(
        .invalidArgument, "tolerance", given: "\(tolerance)", expected: "a number from 0")
    }
    self.meaning = meaning
    self.entries = entries
    self.tolerance = tolerance
  }

  /// "#0000ff" or "0000ff"; nil for anything else.
  package static func colour(hex: String) -> Int? {
    let digits = hex.hasPrefix("#") ? hex.dropFirst() : hex[...]
    guard digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit) else { return nil }
    return Int(digits, radix: 16)
  }

  /// Several codes may be of one class: the distinct names, in order.
  var classes: [String] { ClassTable.distinct(entries.map(\.name)) }
}

/// What a dataset's masks mean: the key that was given, or what their numbers let one guess.
struct MaskReading: Equatable, Sendable {
  let coding: MaskCoding
  let classes: [String]
  /// The class of each code, where codes are more than classes.
  let labels: [Int]

  /// - Parameter names: classes from an option or a list beside the masks.
  /// - Throws: `ImageryError.invalidArgument` where the masks need a key.
  init(key: MaskKey?, names: [String]?, census: MaskCensus, name: String) throws {
    if let key {
      let codes = key.entries.map(\.code)
      coding =
        key.meaning == .grey
        ? .codes(codes, tolerance: key.tolerance) : .colours(codes, tolerance: key.tolerance)
      classes = key.classes
      labels = key.entries.map { entry in key.classes.firstIndex(of: entry.name) ?? 0 }
      return
    }
    labels = []
    guard census.colours.isEmpty else {
      let some = census.colours.sorted().prefix(8).map(MaskReading.hex)
      throw ImageryError(
        .invalidArgument, "colours", given: "missing, and the masks of `\(name)` have colours",
        expected: "a name for each (there are "
          + some.map { "\"\($0)\"" }.joined(separator: ", ")
          + (census.colours.count > 8 ? ", …" : "") + ")")
    }
    let values = census.values.subtracting([255]).sorted()
    let all = census.values.sorted()
    let largest = Int(values.last ?? 0)
    if let names, largest < names.count,
      census.isIndexed || names.count != 2 || !MaskReading.isBinary(all)
    {
      (coding, classes) = (.numbers, names)
    } else if !census.isIndexed && MaskReading.isBinary(all) {
      let white = all.last ?? 255
      coding = .binary(threshold: white / 2 + 1)
      classes = try MaskReading.names(names, count: 2, largest: 1, name)
    } else if largest < (census.isIndexed ? Mask.largestClassCount : 64) {
      coding = .numbers
      classes = try MaskReading.names(names, count: max(largest + 1, 2), largest: largest, name)
    } else if census.isLossy && census.extremes * 10 >= census.total * 9 {
      coding = .binary(threshold: 128)
      classes = try MaskReading.names(names, count: 2, largest: 1, name)
    } else {
      let some = all.prefix(8).map { "\($0)" }.joined(separator: ", ")
      throw ImageryError(
        .invalidArgument, "codes",
        given: "missing, and the masks of `\(name)` have \(all.count) "
          + "different values (\(some)\(all.count > 8 ? ", …" : ""))",
        expected: "a number for each class, and a tolerance where they vary,")
    }
  }

  /// Masks with a file per class: the class of each file.
  init(perClass classes: [String]) {
    (coding, self.classes, labels) = (.presence, classes, [])
  }

  /// Black and one other value.
  private static func isBinary(_ values: [UInt16]) -> Bool {
    values.count <= 2 && (values.first == 0 || values == [255])
  }

  private static func names(
    _ names: [String]?, count: Int, largest: Int, _ name: String
  ) throws -> [String] {
    guard let names else {
      return count == 2 ? ["background", "foreground"] : (0..<count).map(String.init)
    }
    guard names.count > largest else {
      throw ImageryError(
        .invalidArgument, "classes", given: "\(names.count) names",
        expected: "one for each number 0…\(largest) in the masks of `\(name)`")
    }
    return names
  }

  static func hex(_ colour: Int) -> String {
    let digits = String(colour, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }

  /// The class of each pixel, and how many have none.
  func mask(_ pixels: MaskPixels) -> (mask: Mask, unknown: Int) {
    let (mask, unknown) = pixels.mask(coding, classCount: classes.count)
    guard !labels.isEmpty, labels != Array(classes.indices) else { return (mask, unknown) }
    return (mask.relabelled(labels), unknown)
  }
}

extension Mask {
  fileprivate func relabelled(_ labels: [Int]) -> Mask {
    Mask(
      height: height, width: width,
      values: values.map { $0 == Mask.unlabelled ? $0 : UInt8(labels[Int($0)]) })
  }
}
