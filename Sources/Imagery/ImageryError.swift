/// What is wrong with an image, a folder or a dataset, as facts. `message` is the one place where
/// they become words.
package struct ImageryError: Error, Equatable, Sendable {
  package enum Reason: String, Sendable, CaseIterable {
    // The file.
    case notFound, unreadable, isFolder, isNotFolder, fileTooLarge, notWritable, unusableName
    // The image in it.
    case notAnImage, unsupportedFormat, truncated, corrupt, imageTooLarge, implausibleSize
    case outOfMemory
    // The folder of classes.
    case noClassFolders, imagesWithoutClass, emptyClass, singleClass, nestedFolder, tooManyFiles
    case damagedFiles
    // What is said of the images: by a file of annotations, or a mask.
    case noAnnotation, noImage, unreadableAnnotation, repeatedAnnotation, statedSize
    case clippedBoxes, emptyBoxes, outsideBoxes, unusableBoxes, unknownClasses, shiftedClasses
    case maskSize, unknownPixels, overlappingMasks, lossyMasks
    case bandCount, notFinite, ignoredPages
    case unknownData, unfitFormat, occupied
    // Datasets and image operations.
    case notImageShaped, indexOutOfRange, unknownClass, invalidArgument, noSamples
    case differentSizes, differentClasses, cancelled
  }

  package let reason: Reason
  /// What it is about: a path, a class, a parameter.
  package let subject: String
  /// What was found, in units that a reader can compare with `expected`; may be empty.
  package let given: String
  package let expected: String
  /// The single facts behind a summary (`damagedFiles`), in sorted order.
  package let causes: [ImageryError]
  /// How many things of the subject it is about: boxes, pixels.
  package let count: Int

  package init(
    _ reason: Reason, _ subject: String, given: String = "", expected: String = "",
    causes: [ImageryError] = [], count: Int = 1
  ) {
    self.reason = reason
    self.subject = subject
    self.given = given
    self.expected = expected
    self.causes = causes
    self.count = count
  }

  /// Whether one image or file is at fault, so that a batch can go on without it.
  package var isAboutOneFile: Bool {
    switch reason {
    case .notFound, .unreadable, .isFolder, .fileTooLarge, .unusableName, .notAnImage,
      .unsupportedFormat, .truncated, .corrupt, .imageTooLarge, .implausibleSize, .noAnnotation,
      .unreadableAnnotation, .maskSize, .bandCount:
      true
    default:
      false
    }
  }

  /// One sentence without the final stop, in one line: a file's name cannot steer the terminal.
  package var message: String { sentence.withVisibleControls }

  private var sentence: String {
    switch reason {
    case .notFound: "there is no `\(subject)`"
    case .unreadable: "`\(subject)` cannot be read: \(given)"
    case .isFolder: "`\(subject)` is a folder; an image file is needed"
    case .isNotFolder: "`\(subject)` is a file; a folder that has a folder per class is needed"
    case .fileTooLarge: "`\(subject)` has \(given); at most \(expected) are read"
    case .notWritable: "`\(subject)` cannot be written: \(given)"
    case .unusableName: "`\(subject)` has a name that is not UTF-8; rename it"
    case .notAnImage: "`\(subject)` is no image: \(given) instead of \(expected)"
    case .unsupportedFormat: "`\(subject)` is \(given); \(expected) can be read"
    case .truncated: "`\(subject)` is cut off: \(given) of \(expected) could be read"
    case .corrupt: "`\(subject)` is damaged: \(given)"
    case .imageTooLarge: "`\(subject)` has \(given); at most \(expected) are read"
    case .implausibleSize: "`\(subject)` claims \(given), which needs \(expected)"
    case .outOfMemory: "there is not enough memory for `\(subject)`, \(given)"
    case .noClassFolders: "`\(subject)` has no images: \(given); \(expected) is needed"
    case .imagesWithoutClass: "`\(subject)` has \(given) in no class; \(expected) is needed"
    case .emptyClass: "the folder `\(subject)` has no image that can be read"
    case .singleClass: "`\(subject)` has only \(given); there is nothing to tell apart"
    case .nestedFolder: "`\(subject)` is a folder inside a class; its images are not used"
    case .tooManyFiles: "`\(subject)` has \(given); at most \(expected) are read"
    case .damagedFiles: damagedFilesMessage
    case .unreadableAnnotation: "`\(subject)` cannot be used: \(given)"
    case .shiftedClasses: "the classes of `\(subject)` are numbered from \(given), not from 0"
    case .bandCount: "`\(subject)` has \(given); the other images have \(expected)"
    case .unknownData: "`\(subject)` is no data that can be read: \(given); \(expected)"
    case .unfitFormat: "`\(subject)` cannot be written as \(given); \(expected)"
    case .occupied: "`\(subject)` is there already; \(expected)"
    case .noAnnotation, .noImage, .repeatedAnnotation, .statedSize, .clippedBoxes, .emptyBoxes,
      .outsideBoxes, .unusableBoxes, .unknownClasses, .maskSize, .unknownPixels,
      .overlappingMasks, .lossyMasks, .notFinite, .ignoredPages:
      ImageryError.sentence(of: [self])
    case .notImageShaped: "`\(subject)` needs \(expected), not \(given)"
    case .indexOutOfRange: "there is no \(subject) \(given); \(expected)"
    case .unknownClass: "there is no class `\(given)`; there are \(expected)"
    case .invalidArgument: "`\(subject)` is \(given); \(expected) is needed"
    case .noSamples: "`\(subject)` leaves no images: \(given)"
    case .differentSizes:
      "the images have different sizes (\(given)); give `size:` so that they can share a batch"
    case .differentClasses: "the classes differ: \(given), and \(expected)"
    case .cancelled: "stopped while reading `\(subject)`"
    }
  }

  private var damagedFilesMessage: String {
    // Facts of one kind that can come by the hundred become one sentence each.
    let single = causes.filter { !$0.isCounted }
    let shown = single.prefix(8).map(\.message)
    let rest = single.count > shown.count ? ["and \(single.count - shown.count) more"] : []
    let counted = Reason.allCases.compactMap { reason -> String? in
      let facts = causes.filter { $0.reason == reason && $0.isCounted }
      return facts.isEmpty ? nil : ImageryError.sentence(of: facts)
    }
    return (given.isEmpty ? "" : "`\(subject)`: \(given): ")
      + (shown + rest + counted).joined(separator: "; ")
  }
}

extension String {
  /// The text with control characters written out (`\\u{1b}`), for names that others chose.
  package var withVisibleControls: String {
    func isControl(_ scalar: Unicode.Scalar) -> Bool {
      scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
    }
    guard unicodeScalars.contains(where: isControl) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if isControl(scalar) {
        text += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }
}
