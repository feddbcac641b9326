/// Answers that are decoded together, and where their rows lie.
///
/// Answer i has the slot `slots[i]`: room in the cache for as many rows as it may get tokens. A slot
/// that an answer leaves is given to the next one.
struct DecodeBatch<Device: Backend> {
  private(set) var answers: [Answer] = []
  private(set) var trie: Device.Trie
  private(set) var edits: EditTable<Device>
  /// [answer]: its slot.
  private var slots: [Int] = []
  private var freeSlots: [Int]
  private let promptRows: Int
  private let slotRows: Int
  private let dModel: Int
  private let device: Device

  /// Makes `slots` slots of `slotRows` rows each, after `promptRows` rows of prompts.
  init(
    slots: Int, slotRows: Int, promptRows: Int, dModel: Int, device: Device
  ) throws(EngineError) {
    freeSlots = Array(0..<slots)
    self.promptRows = promptRows
    self.slotRows = slotRows
    self.dModel = dModel
    self.device = device
    trie = try device.makeTrie(Ancestry())
    edits = try EditTable([:], vectors: VectorTable(), dModel: dModel, device: device)
  }

  /// [answer]: the cache row of its newest token.
  var newestRows: [Int32] {
    zip(answers, slots).map { answer, slot in
      Int32(promptRows + slot * slotRows + answer.tokens.count - 1)
    }
  }

  /// Removes the answers that have ended, fills their slots from `waiting`, and sets up the step.
  mutating func prepare(from waiting: inout ArraySlice<Answer>) throws(EngineError) {
    let ended = answers.indices.filter { answers[$0].end != nil }
    let isChanging = !ended.isEmpty || (!waiting.isEmpty && !freeSlots.isEmpty)
    for index in ended.reversed() {
      answers.remove(at: index)
      freeSlots.append(slots.remove(at: index))
    }
    while let slot = freeSlots.last, let next = waiting.popFirst() {
      freeSlots.removeLast()
      answers.append(next)
      slots.append(slot)
    }
    if isChanging { try makeTrie() }
    if isChanging || !answers.allSatisfy(\.changesAlike) { try makeEdits() }
  }

  private mutating func makeTrie() throws(EngineError) {
    var paths = [[Ancestry.Span]](repeating: [], count: slots.count + freeSlots.count)
    for (answer, slot) in zip(answers, slots) { paths[slot] = answer.prompt }
    var ancestry = Ancestry()
    ancestry.append(after: [], rows: promptRows)
    for path in paths { ancestry.append(after: path, rows: slotRows) }
    trie = try device.makeTrie(ancestry)
  }

  /// What happens to the answers' newest tokens.
  private mutating func makeEdits() throws(EngineError) {
    var vectors = VectorTable()
    var changes: [HookPoint: [RowEdit]] = [:]
    for (place, answer) in answers.enumerated() {
      guard let edits = answer.edits else { continue }
      for hook in edits.hooks {
        for operation in edits.operations(at: hook, position: answer.position) {
          changes[hook, default: []].append(
            RowEdit(place: place, change: vectors.change(for: operation)))
        }
      }
    }
    self.edits = try EditTable(changes, vectors: vectors, dModel: dModel, device: device)
  }
}

extension Answer {
  /// Whether all tokens from the newest on are changed alike.
  fileprivate var changesAlike: Bool { edits?.isConstant(from: position) ?? true }
}
