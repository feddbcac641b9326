// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "workbench-benchmarks",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "embed-points", targets: ["embed-points"]),
    .executable(name: "kernel-rates", targets: ["kernel-rates"]),
    .executable(name: "steering-parity", targets: ["steering-parity"]),
  ],
  dependencies: [
    .package(name: "workbench", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    // comparison/peak.py compiles it, too.
    .target(name: "CPeak"),
    .executableTarget(
      name: "embed-points",
      dependencies: [
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "TSNE", package: "workbench"),
      ],
      path: "Sources/EmbedPoints"),
    .executableTarget(
      name: "kernel-rates",
      dependencies: [
        "CPeak",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Checkpoints", package: "workbench"),
        .product(name: "CKernels", package: "workbench"),
        .product(name: "ModelLibrary", package: "workbench"),
        .product(name: "Prompts", package: "workbench"),
        .product(name: "SteeringEngine", package: "workbench"),
      ],
      path: "Sources/KernelRates"),
    .executableTarget(
      name: "steering-parity",
      dependencies: [
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "ModelLibrary", package: "workbench"),
        .product(name: "SteeringEngine", package: "workbench"),
      ],
      path: "Sources/SteeringParity"),
  ]
)
