/// A class as a file names it: by a word or by a number.
enum ClassWord: Hashable, Sendable {
  case name(String)
  case number(Int)

  /// How messages and, where nothing better is known, class lists write it.
  var text: String {
    switch self {
    case .name(let name): name
    case .number(let number): "\(number)"
    }
  }
}

/// A box as a file states it, before the size of its image and the list of classes are known.
struct StatedBox: Equatable, Sendable {
  enum Unit: Sendable {
    /// Pixels of the image as stored.
    case pixels
    /// Parts of the image's width and height, 0…1.
    case fractions
  }

  var word: ClassWord
  var box: Box
  var unit = Unit.pixels
  var isDifficult = false
}

/// What a file of annotations says about one image: the common ground of all formats.
struct StatedImage: Sendable {
  enum Content: Sendable {
    case boxes([StatedBox])
    case label(ClassWord)
    case value(Double)
    case mask(MaskPlace)
    case nothing

    var kind: Annotation.Kind {
      switch self {
      case .boxes: .boxes
      case .label: .label
      case .value: .value
      case .mask: .mask
      case .nothing: .none
      }
    }
  }

  /// What messages and samples call the image.
  var name: String
  var place: ImagePlace
  /// What messages call the file that says so.
  var source: String
  /// The size that the annotation says the image has.
  var statedSize: (height: Int, width: Int)?
  var content: Content
}

/// What one reader of a format found.
struct StatedCollection: Sendable {
  var kind: Annotation.Kind
  var images: [StatedImage] = []
  /// The classes that the format itself lists, with the numbers it gives them.
  var listed: [(number: Int, name: String)] = []
  /// What is odd, and what was left out, in any order.
  var problems: [ImageryError] = []
}

/// Which class each word of a collection is.
struct ClassTable: Sendable {
  let names: [String]
  private let labels: [ClassWord: Int]
  /// The first number, where classes are numbered from it instead of from 0.
  private(set) var shiftedFrom: Int?

  func label(of word: ClassWord) -> Int? { labels[word] }

  /// - Parameters:
  ///   - wanted: the classes to have, in this order; nil for those that there are.
  ///   - listed: names for numbers, from the format.
  ///   - words: every word that occurs.
  init(wanted: [String]?, listed: [(number: Int, name: String)], words: Set<ClassWord>) {
    var nameOfNumber: [Int: String] = [:]
    for (number, name) in listed where nameOfNumber[number] == nil { nameOfNumber[number] = name }
    let numbers = words.compactMap { word -> Int? in
      if case .number(let number) = word { number } else { nil }
    }.sorted()

    if let wanted {
      names = wanted
    } else if !listed.isEmpty {
      names = ClassTable.distinct(listed.sorted { $0.number < $1.number }.map(\.name))
    } else {
      let texts = words.compactMap { word -> String? in
        if case .name(let name) = word, !name.isEmpty { name } else { nil }
      }.sorted(by: FolderListing.precedes)
      names = ClassTable.distinct(texts + numbers.map(String.init))
    }
    var position: [String: Int] = [:]
    for (label, name) in names.enumerated() where position[name] == nil { position[name] = label }

    // A list of names without numbers: the n-th name is number n, or n + 1 where the data count
    // from 1.
    var first = 0
    let length = listed.isEmpty ? wanted?.count : listed.count
    if let length, numbers.first == 1, numbers.last == length,
      listed.isEmpty || listed.map(\.number) == Array(0..<length)
    {
      first = 1
      shiftedFrom = 1
      nameOfNumber = [:]
      for (number, name) in listed { nameOfNumber[number + 1] = name }
    }
    var labels: [ClassWord: Int] = [:]
    for word in words {
      switch word {
      case .name(let name): labels[word] = position[name]
      case .number(let number):
        if let name = nameOfNumber[number] {
          labels[word] = position[name]
        } else if listed.isEmpty && wanted != nil {
          // `first` is 0 or 1, and a hostile number may be the smallest there is.
          let (label, overflow) = number.subtractingReportingOverflow(first)
          if !overflow, names.indices.contains(label) { labels[word] = label }
        } else if listed.isEmpty {
          labels[word] = position["\(number)"]
        }
      }
    }
    self.labels = labels
  }

  static func distinct(_ names: [String]) -> [String] {
    var seen = Set<String>()
    return names.filter { seen.insert($0).inserted }
  }
}
