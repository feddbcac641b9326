/// Remembers which vectors were written, so that a file is never called complete with holes.
struct WriteLedger {
  private let hooks: [StoredHook]
  private let layers: [Int]
  private let promptCount: Int
  private var written: [String: [Bool]] = [:]

  init(contents: StoreContents) {
    hooks = contents.hooks
    layers = contents.layers
    promptCount = contents.prompts.count
    for hook in hooks {
      let slices = hook.perLayer ? layers.count : 1
      written[hook.name] = Array(repeating: false, count: slices * promptCount)
    }
  }

  mutating func record(_ hook: StoredHook, layerIndex: Int?, prompts: Range<Int>) {
    let first = (layerIndex ?? 0) * promptCount
    for prompt in prompts { written[hook.name]?[first + prompt] = true }
  }

  /// The first vector of the given prompts that was never written.
  func firstHole(in prompts: Range<Int>) -> ActivationPlace? {
    for hook in hooks {
      let flags = written[hook.name, default: []]
      for slice in 0..<(hook.perLayer ? layers.count : 1) {
        for prompt in prompts where !flags[slice * promptCount + prompt] {
          return ActivationPlace(
            hook: hook.name, layer: hook.perLayer ? layers[slice] : nil, prompt: prompt,
            position: nil)
        }
      }
    }
    return nil
  }
}
