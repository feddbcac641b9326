// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "workbench",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "workbench", targets: ["workbench"]),
    // For Benchmarks, which is a package of its own.
    .library(name: "SteeringEngine", targets: ["SteeringEngine"]),
    .library(name: "ModelLibrary", targets: ["ModelLibrary"]),
    .library(name: "Checkpoints", targets: ["Checkpoints"]),
    .library(name: "Prompts", targets: ["Prompts"]),
    .library(name: "CKernels", targets: ["CKernels"]),
    .library(name: "TSNE", targets: ["TSNE"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // For `make docs` alone.
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.3"),
  ],
  targets: [
    // From the command line down: a target imports only targets below it.
    .executableTarget(
      name: "workbench",
      dependencies: [
        "Analysis", "ActivationStore", "Checkpoints", "Figures", "ModelLibrary", "Numerics",
        "Prompts", "SteeringEngine", "TSNE", "Tokenization",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "Analysis",
      dependencies: [
        "ActivationStore", "Checkpoints", "CKernels", "ModelLibrary", "Numerics", "Prompts",
        "ResultSchemas", "SteeringEngine", "StrictJSON", "TSNE",
      ],
      // In the program itself, which is copied about without its build folder.
      resources: [
        .embedInCode("Evaluation/Safety/published_results.csv"),
        .embedInCode("Evaluation/Capability/published_costs.csv"),
        .embedInCode("Evaluation/Safety/published_thresholds.csv"),
        .embedInCode("Judge/standard_phrases.txt"),
      ]),
    .target(
      name: "Figures", dependencies: ["ActivationStore", "CCairo", "Numerics", "ResultSchemas"],
      resources: ["notebook.py", "report.css", "report.html", "report.js"].map {
        .embedInCode("Resources/\($0)")
      }),
    .target(
      name: "ModelLibrary",
      dependencies: ["ChatTemplates", "Checkpoints", "COpenSSL", "StrictJSON", "Tokenization"]),
    .target(name: "ResultSchemas", dependencies: ["ActivationStore"]),
    .target(name: "ActivationStore", dependencies: ["CHDF5", "Numerics"]),
    .target(
      name: "SteeringEngine", dependencies: ["Checkpoints", "CKernels", "Numerics", "Workers"]),
    .target(name: "Prompts", dependencies: ["CZlib", "Numerics", "StrictJSON"]),
    .target(name: "ChatTemplates"),
    .target(name: "Tokenization", dependencies: ["CPCRE2", "StrictJSON"]),
    .target(name: "Checkpoints", dependencies: ["CLAPACK", "Numerics", "StrictJSON"]),
    .target(name: "TSNE", dependencies: ["CFFTW", "CKernels", "Numerics", "Workers"]),
    .target(name: "Numerics", dependencies: ["CKernels"]),
    .target(name: "Workers", dependencies: ["CKernels"]),
    .target(name: "CKernels"),
    .target(name: "StrictJSON"),

    // System libraries.
    .systemLibrary(
      name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"]), .brew(["cairo"])]),
    .systemLibrary(
      name: "CFFTW", pkgConfig: "fftw3f", providers: [.apt(["libfftw3-dev"]), .brew(["fftw"])]),
    .systemLibrary(
      name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
    .systemLibrary(
      name: "CLAPACK", pkgConfig: "lapack",
      providers: [.apt(["liblapack-dev"]), .brew(["lapack"])]),
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
    .systemLibrary(
      name: "CPCRE2", pkgConfig: "libpcre2-8",
      providers: [.apt(["libpcre2-dev"]), .brew(["pcre2"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

    // What tests of several targets need.
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(
      name: "ActivationStoreTests", dependencies: ["ActivationStore", "CHDF5", "Numerics"]),
    .testTarget(
      name: "AnalysisTests",
      dependencies: [
        "ActivationStore", "Analysis", "Checkpoints", "ModelLibrary", "Numerics", "Prompts",
        "SteeringEngine", "TestSupport",
      ]),
    .testTarget(
      name: "ArchitectureTests", dependencies: ["Checkpoints", "SteeringEngine"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "ChatTemplatesTests", dependencies: ["ChatTemplates"]),
    .testTarget(
      name: "CheckpointsTests", dependencies: ["Checkpoints", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels", "Numerics"]),
    .testTarget(
      name: "CommandLineTests",
      // The tests run the built program.
      dependencies: [
        "ActivationStore", "Checkpoints", "SteeringEngine", "TestSupport", "workbench",
      ],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "FiguresTests",
      dependencies: ["ActivationStore", "CCairo", "Figures", "Numerics", "TestSupport"]),
    .testTarget(
      name: "ModelLibraryTests", dependencies: ["ModelLibrary", "TestSupport", "Tokenization"]),
    .testTarget(name: "NumericsTests", dependencies: ["Numerics"]),
    .testTarget(name: "PromptsTests", dependencies: ["Prompts", "TestSupport"]),
    .testTarget(
      name: "SteeringEngineTests",
      dependencies: ["Checkpoints", "CKernels", "Numerics", "SteeringEngine"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "StrictJSONTests", dependencies: ["StrictJSON"]),
    .testTarget(name: "TSNETests", dependencies: ["CKernels", "Numerics", "TSNE", "Workers"]),
    .testTarget(
      name: "TokenizationTests", dependencies: ["TestSupport", "Tokenization"],
      resources: [.copy("Fixtures")]),
  ]
)
