import ArgumentParser
import ModelLibrary

/// LoRA adapters on top of a model.
struct AdapterOptions: ParsableArguments {
  @Option(
    name: .customLong("adapter"),
    help: ArgumentHelp(
      "A folder with a LoRA adapter in PEFT's format; may be given several times.",
      valueName: "folder"))
  var folders: [String] = []

  @Option(
    name: .customLong("adapter-scale"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "The strength of each adapter in turn, 1 when absent.", valueName: "factor"))
  var scales: [Double] = []

  var adapters: [AdapterSource] {
    folders.enumerated().map { index, folder in
      AdapterSource(path: folder, scale: index < scales.count ? scales[index] : 1)
    }
  }

  func validate() throws {
    guard scales.count <= folders.count else {
      throw ValidationError(
        "--adapter-scale is given \(scales.count) times but --adapter \(folders.count) times; "
          + "give a scale for each adapter or none.")
    }
  }
}
