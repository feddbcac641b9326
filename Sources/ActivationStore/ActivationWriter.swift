import Foundation
import Numerics

/// Writes one activation file, layer by layer, under `NAME.partial` until it is complete.
///
/// A writer that goes away before `finish()` removes what it wrote. After any error, drop it.
/// Safe to use from several threads; the calls then run one after another.
// All mutable state is touched only inside `HDF5Library.locked`, hence `@unchecked`.
public final class ActivationWriter: @unchecked Sendable {
  /// The final name of the file.
  public let path: String
  /// The name until `finish()`.
  public let partialPath: String

  private let hooks: [String: StoredHook]
  private let geometry: StoreGeometry
  private let dtype: StoredType
  private var ledger: WriteLedger
  private var partial: PartialFile?
  private var file: HDF5File?

  /// Creates the file and writes everything but the activations.
  ///
  /// Refuses a missing or read-only folder, a folder as `path`, and, unless `overwrite` is set,
  /// an existing file. What a crashed run left under `NAME.partial` is replaced.
  public init(
    path: String, header: StoreHeader, contents: StoreContents, overwrite: Bool
  ) throws(StoreError) {
    try contents.validate(model: header.model, path: path)
    let geometry = StoreGeometry(contents: contents, model: header.model)
    let partial = try PartialFile(for: path, overwrite: overwrite)
    self.path = partial.path
    partialPath = partial.partialPath
    hooks = Dictionary(uniqueKeysWithValues: contents.hooks.map { ($0.name, $0) })
    self.geometry = geometry
    dtype = header.dtype
    ledger = WriteLedger(contents: contents)
    self.partial = consume partial
    try HDF5Library.locked { () throws(StoreError) in
      let file = try HDF5File(creating: partialPath, named: path)
      // From here on `discard` closes the file, also when its layout fails.
      self.file = consume file
      try layOut(header: header, contents: contents)
    }
  }

  deinit { discard() }

  /// Writes the vectors of one layer for some prompts.
  ///
  /// `values` is row-major: `[prompt, position, d_model]`, or `[token, d_model]` (the tokens of
  /// the prompts one after another) where every token is stored; `d_vocab` instead of `d_model`
  /// for logits. `layer` is the index of the block, nil for hook points outside the blocks.
  /// NaN, infinities and, in a float16 file, magnitudes beyond 65504 are refused.
  public func writeRows(
    hook name: String, layer: Int?, prompts: Range<Int>, values: UnsafeBufferPointer<Float>
  ) throws(StoreError) {
    let (hook, layerIndex) = try locate(name, layer, prompts)
    let expected = geometry.rows(of: prompts).count * geometry.width(of: hook)
    guard values.count == expected else {
      throw .wrongCount(
        path: path, place: StoreSchema.activations(of: name), expected: expected,
        got: values.count)
    }
    try refuseUnstorable(values, hook, layer, prompts)
    let slab = geometry.slab(of: hook, layerIndex: layerIndex, prompts: prompts)
    switch dtype {
    case .f32: try store(values, hook, layerIndex, prompts, slab)
    case .f16:
      let halves = values.map { HalfFloat($0) }
      try halves.withUnsafeBufferPointer { halves throws(StoreError) in
        try store(halves, hook, layerIndex, prompts, slab)
      }
    }
  }

  /// Marks prompts all of whose vectors were written, and brings the file on the disk up to date.
  ///
  /// Should the process be killed, `NAME.partial` tells by these marks what it holds.
  public func markCommitted(prompts: Range<Int>) throws(StoreError) {
    try geometry.expectPrompts(prompts, path)
    try HDF5Library.locked { () throws(StoreError) in
      try commit(prompts)
      try withFile { file throws(StoreError) in try file.flush() }
    }
  }

  /// Marks the file complete, forces it to the disk and gives it its final name.
  ///
  /// Throws if any vector was never written.
  public func finish() throws(StoreError) {
    try HDF5Library.locked { () throws(StoreError) in
      try commit(0..<geometry.promptCount)
      try withFile { file throws(StoreError) in
        try file.setAttribute("complete", of: StoreSchema.root, to: UInt8(1))
        // A full disk must show here, while the file can still be emptied and closed.
        try file.flush()
      }
      try file.take()?.close()
      try HDF5File.expectComplete(partialPath, named: path)
      try partial.take()?.publish()
    }
  }

  /// Closes and removes the unfinished file; does nothing after `finish()`.
  public func discard() {
    HDF5Library.locked {
      partial?.empty()
      file = nil
      partial = nil
    }
  }

  /// Removes the unfinished files of all writers of this process.
  ///
  /// For a process that is about to exit on a signal. Call it from an ordinary thread (such as a
  /// dispatch source's), not from a C signal handler: it takes a lock.
  public static func removeUnfinishedFiles() {
    PartialFile.removeAllUnfinished()
  }
}

extension ActivationWriter {
  private func layOut(header: StoreHeader, contents: StoreContents) throws(StoreError) {
    try withFile { file throws(StoreError) in
      try file.write(header)
      try file.layOut(contents, geometry, dtype)
      try file.flush()
    }
  }

  private func withFile(
    _ body: (borrowing HDF5File) throws(StoreError) -> Void
  ) throws(StoreError) {
    guard try file?.use(body) != nil else { throw .alreadyFinished(path: path) }
  }

  private func store<Element: HDF5Element>(
    _ values: UnsafeBufferPointer<Element>, _ hook: StoredHook, _ layerIndex: Int?,
    _ prompts: Range<Int>, _ slab: HDF5Slab
  ) throws(StoreError) {
    try HDF5Library.locked { () throws(StoreError) in
      try withFile { file throws(StoreError) in
        try file.openDataset(StoreSchema.activations(of: hook.name)).write(values, to: slab)
      }
      ledger.record(hook, layerIndex: layerIndex, prompts: prompts)
    }
  }

  private func commit(_ prompts: Range<Int>) throws(StoreError) {
    if let hole = ledger.firstHole(in: prompts) { throw .unwritten(path: path, place: hole) }
    let marks = [Int8](repeating: 1, count: prompts.count)
    try withFile { file throws(StoreError) in
      let slab = HDF5Slab(start: [prompts.lowerBound], count: [prompts.count])
      let dataset = try file.openDataset(StoreSchema.committed)
      try marks.withUnsafeBufferPointer { marks throws(StoreError) in
        try dataset.write(marks, to: slab)
      }
    }
  }

  private func locate(
    _ name: String, _ layer: Int?, _ prompts: Range<Int>
  ) throws(StoreError) -> (StoredHook, Int?) {
    guard let hook = hooks[name] else {
      throw .unknownHook(path: path, hook: name, stored: hooks.keys.sorted())
    }
    try geometry.expectPrompts(prompts, path)
    return (hook, try geometry.layerIndex(of: layer, hook, path))
  }

  private func refuseUnstorable(
    _ values: UnsafeBufferPointer<Float>, _ hook: StoredHook, _ layer: Int?,
    _ prompts: Range<Int>
  ) throws(StoreError) {
    let limit = dtype == .f16 ? HalfFloat.largestFinite : Float.greatestFiniteMagnitude
    guard let index = ActivationScan.firstBeyond(limit, in: values) else { return }
    let row = index / geometry.width(of: hook)
    let place = geometry.place(of: row, in: prompts, hook: hook, layer: layer)
    let value = values[index]
    throw value.isFinite
      ? .beyondFloat16(path: path, place: place, value: value)
      : .notFinite(path: path, place: place, value: value)
  }
}

/// Looks for values that a file cannot hold.
enum ActivationScan {
  /// The index of the first value that is NaN, infinite or larger in magnitude than `limit`.
  static func firstBeyond(_ limit: Float, in values: UnsafeBufferPointer<Float>) -> Int? {
    let block = 4096
    var start = 0
    while start < values.count {
      let part = UnsafeBufferPointer(rebasing: values[start..<min(start + block, values.count)])
      // Without an exit the inner loop runs on whole vector registers.
      if largestMagnitudeBits(part) > limit.bitPattern {
        return part.firstIndex { !($0.magnitude <= limit) }.map { start + $0 }
      }
      start += block
    }
    return nil
  }

  /// Magnitudes order like their bits, infinities and NaN above every finite number.
  private static func largestMagnitudeBits(_ values: UnsafeBufferPointer<Float>) -> UInt32 {
    var largest: UInt32 = 0
    for value in values { largest = max(largest, value.bitPattern & 0x7FFF_FFFF) }
    return largest
  }
}

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
