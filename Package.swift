// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "workbench",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "workbench", targets: ["workbench"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // From the command line down: a target imports only targets below it.
    .executableTarget(
      name: "workbench",
      dependencies: [
        "Analysis", "ActivationStore", "Checkpoints", "ModelLibrary", "Prompts", "SteeringEngine",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "Analysis",
      dependencies: ["ActivationStore", "ModelLibrary", "Prompts", "SteeringEngine"]),
    .target(
      name: "ModelLibrary",
      dependencies: ["ChatTemplates", "Checkpoints", "COpenSSL", "Tokenization"]),
    .target(name: "ActivationStore", dependencies: ["CHDF5"]),
    .target(name: "SteeringEngine", dependencies: ["Checkpoints", "CKernels", "COneDNN"]),
    .target(name: "Prompts"),
    .target(name: "ChatTemplates"),
    .target(name: "Tokenization", dependencies: ["CPCRE2"]),
    .target(name: "Checkpoints"),
    .target(name: "CKernels"),

    // System libraries.
    .systemLibrary(
      name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"]), .brew(["onednn"])]),
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
    .systemLibrary(
      name: "CPCRE2", pkgConfig: "libpcre2-8",
      providers: [.apt(["libpcre2-dev"]), .brew(["pcre2"])]),

    .testTarget(
      name: "ActivationStoreTests", dependencies: ["ActivationStore", "CHDF5"]),
    .testTarget(
      name: "CheckpointsTests", dependencies: ["Checkpoints"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "ArchitectureTests", dependencies: ["Checkpoints", "SteeringEngine"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "PromptsTests", dependencies: ["Prompts"]),
  ]
)
