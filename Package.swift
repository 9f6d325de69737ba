// swift-tools-version: 6.1
import PackageDescription

// The rooms of the program, lowest first; imports run only downward (Sources/Architecture.md).
let package = Package(
  name: "conch",
  platforms: [.macOS(.v14)],
  targets: [
    // System libraries, by their package-config names.
    .systemLibrary(
      name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libjpeg",
      providers: [.apt(["libjpeg62-turbo-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(
      name: "CEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"]), .brew(["libedit"])]),
    .systemLibrary(
      name: "CCairo", pkgConfig: "pangocairo",
      providers: [.apt(["libpango1.0-dev"]), .brew(["pango"])]),
    .systemLibrary(
      name: "CChafa", pkgConfig: "chafa", providers: [.apt(["libchafa-dev"]), .brew(["chafa"])]),
    .systemLibrary(
      name: "CTIFF", pkgConfig: "libtiff-4", providers: [.apt(["libtiff-dev"]), .brew(["libtiff"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"]), .brew(["expat"])]),

    // Portable C: hot loops, and shims for what Swift cannot call (variadics, setjmp, signals).
    .target(name: "CKernels"),
    .target(name: "CCodecs", dependencies: ["CPNG", "CJPEG", "CTIFF", "CZlib"]),
    .target(name: "CTerminal", dependencies: ["CEdit"]),
    .target(name: "CConfinement"),

    .target(name: "Kernels", dependencies: ["CKernels"]),
    .target(name: "Tensors", dependencies: ["Kernels"]),
    .target(name: "Networks", dependencies: ["Tensors", "Kernels"]),
    .target(name: "Imagery", dependencies: ["Tensors", "CCodecs", "CExpat"]),
    .target(name: "Models", dependencies: ["Networks"]),
    .target(name: "Training", dependencies: ["Networks", "Imagery", "Models"]),
    .target(name: "Language"),
    .target(name: "Figures", dependencies: ["Tensors", "CCairo", "CChafa"]),
    .target(
      name: "Commands",
      dependencies: ["Language", "Figures", "Training", "Models", "Imagery"]),
    .target(
      name: "Notebook", dependencies: ["Commands", "Language", "Figures", "Tensors", "CTerminal"]),
    .target(
      name: "Grading",
      dependencies: [
        "Notebook", "Commands", "Language", "Figures", "Training", "Networks", "Imagery", "Tensors",
        "Kernels", "CConfinement", "CTerminal",
      ]),
    .executableTarget(
      name: "conch",
      dependencies: ["Notebook", "Grading", "Commands", "Tensors", "Kernels", "CTerminal"],
      // With the Swift runtime inside, the program starts in half the time (Scripts/bench start).
      linkerSettings: [.unsafeFlags(["-static-stdlib"], .when(platforms: [.linux]))]),
    // What Scripts/bench measures from the inside.
    .executableTarget(name: "conch-bench", dependencies: ["Training", "Models", "Kernels"]),

    .testTarget(
      name: "LanguageTests", dependencies: ["Language"], exclude: ["Benchmarks"],
      resources: [.copy("Scripts")]),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels"]),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors"], exclude: ["Fixtures"]),
    .target(name: "TestSupport", path: "Tests/Support"),
    .testTarget(name: "NetworksTests", dependencies: ["Networks", "TestSupport"]),
    .testTarget(
      name: "ImageryTests", dependencies: ["Imagery", "TestSupport"],
      exclude: ["Formats/make_files.py"], resources: [.copy("Formats/Files")]),
    .testTarget(
      name: "ModelsTests", dependencies: ["Models", "TestSupport"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "TrainingTests", dependencies: ["Training", "Models", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "FiguresTests", dependencies: ["Figures"]),
    .testTarget(
      name: "CommandsTests", dependencies: ["Commands", "TestSupport"], exclude: ["Examples"]),
    .testTarget(
      name: "NotebookTests", dependencies: ["Notebook", "Tensors", "CTerminal", "TestSupport"]),
    .testTarget(
      name: "GradingTests",
      dependencies: ["Grading", "Imagery", "Language", "Tensors", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)

// Scripts/fuzz builds this by itself: its entry is the fuzzer's, and without it nothing links.
if Context.environment["CONCH_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "conch-fuzz",
      dependencies: ["Grading", "Training", "Networks", "Imagery", "Language", "Tensors"]))
}
