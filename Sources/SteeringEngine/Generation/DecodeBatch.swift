/// Answers that are decoded together, and where their rows lie.
///
/// Every context of an answer has a row, whose keys and values have a slot: room in the cache for as
/// many rows as an answer may get tokens. A slot that an answer leaves is given to the next one.
struct DecodeBatch<Device: Backend> {
  /// A context of an answer.
  private struct Row {
    var answer: Answer
    var context: Answer.Context
    var slot: Int

    var position: Int { answer.position(in: context) }
    /// Whether the newest token is changed as the one before it was.
    var changesAlike: Bool { context.edits?.isConstant(from: position - 1) ?? true }
  }

  private(set) var answers: [Answer] = []
  private(set) var trie: Device.Trie
  private(set) var edits: EditTable<Device>
  /// The contexts of all answers, in order.
  private var rows: [Row] = []
  private var freeSlots: [Int]
  private let slotCount: Int
  private let promptRows: Int
  private let slotRows: Int
  private let dModel: Int
  private let device: Device

  /// Makes `slots` slots of `slotRows` rows each, after `promptRows` rows of prompts.
  init(
    slots: Int, slotRows: Int, promptRows: Int, dModel: Int, device: Device
  ) throws(EngineError) {
    freeSlots = Array(0..<slots)
    slotCount = slots
    self.promptRows = promptRows
    self.slotRows = slotRows
    self.dModel = dModel
    self.device = device
    trie = try device.makeTrie(Ancestry())
    edits = try EditTable([:], vectors: VectorTable(), dModel: dModel, device: device)
  }

  /// [row]: the newest token.
  var tokens: [Int32] { rows.map { $0.answer.tokens[$0.answer.tokens.count - 1] } }
  /// [row]: the position of the newest token.
  var positions: [Int32] { rows.map { Int32($0.position) } }
  /// [row]: the cache row of the newest token.
  var newestRows: [Int32] {
    rows.map { Int32(promptRows + $0.slot * slotRows + $0.answer.tokens.count - 1) }
  }

  /// Removes the answers that have ended, fills their slots from `waiting`, and sets up the step.
  mutating func prepare(from waiting: inout ArraySlice<Answer>) throws(EngineError) {
    let count = answers.count
    freeSlots += rows.filter { $0.answer.end != nil }.map(\.slot)
    rows.removeAll { $0.answer.end != nil }
    answers.removeAll { $0.end != nil }
    var isChanging = answers.count < count
    while let next = waiting.first, next.contexts.count <= freeSlots.count {
      waiting.removeFirst()
      answers.append(next)
      let slots = freeSlots.suffix(next.contexts.count)
      rows += zip(next.contexts, slots).map { Row(answer: next, context: $0, slot: $1) }
      freeSlots.removeLast(slots.count)
      isChanging = true
    }
    if isChanging { try makeTrie() }
    if isChanging || !rows.allSatisfy(\.changesAlike) { try makeEdits() }
  }

  private mutating func makeTrie() throws(EngineError) {
    var paths = [[Ancestry.Span]](repeating: [], count: slotCount)
    for row in rows { paths[row.slot] = row.context.prompt }
    var ancestry = Ancestry()
    ancestry.append(after: [], rows: promptRows)
    for path in paths { ancestry.append(after: path, rows: slotRows) }
    trie = try device.makeTrie(ancestry)
  }

  /// What happens to the newest tokens.
  private mutating func makeEdits() throws(EngineError) {
    var vectors = VectorTable()
    var changes: [HookPoint: [RowEdit]] = [:]
    for (place, row) in rows.enumerated() {
      guard let edits = row.context.edits else { continue }
      for hook in edits.hooks {
        for operation in edits.operations(at: hook, position: row.position) {
          changes[hook, default: []].append(
            RowEdit(place: place, change: vectors.change(for: operation)))
        }
      }
    }
    self.edits = try EditTable(changes, vectors: vectors, dModel: dModel, device: device)
  }
}
