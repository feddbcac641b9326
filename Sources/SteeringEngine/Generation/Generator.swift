import Checkpoints

/// Generates answers: each prompt once through the model, then a token at a time.
///
/// A sequence's variants share its prompt's keys and values up to the first changed position. Rows
/// of different lengths decode together; an answer that ends makes room for the next.
struct Generator<Device: Backend> {
  let blocks: BlockStore<Device>
  let options: GenerationOptions
  let isSettled: @Sendable (_ sequence: Int, _ tokens: [Int32]) -> Bool
  let shouldStop: @Sendable () -> Bool

  private var config: ModelConfig { blocks.reader.config }
  private var device: Device { blocks.reader.device }

  /// Answers the sequences `range`; `finished` gets each as it ends.
  func run(
    _ sequences: [TokenSequence], _ range: Range<Int>,
    finished: (Int, GeneratedText) throws -> Void
  ) throws {
    let longest = sequences[range].map { $0.tokens.count }.max() ?? 0
    let chunk = try Chunk(
      sequences, range: range, depth: config.nLayers, longest: longest + options.maxNewTokens,
      reader: blocks.reader)
    let slotCount = min(options.batchRows, range.count)
    let pass = try PassContext(config: config, device: device)
    let cache = try KeyValueCache(
      rows: chunk.tokens.rowCount + slotCount * options.maxNewTokens, layers: config.nLayers,
      heads: pass.heads, device: device)
    let head = try blocks.outputHead(needsLogits: true)

    let answers = try start(chunk, sequences, pass: pass, cache: cache, head: head)
    for answer in answers { try report(answer, finished) }
    var waiting = answers.filter { $0.end == nil }[...]
    var batch = try DecodeBatch(
      slots: slotCount, slotRows: options.maxNewTokens, promptRows: chunk.tokens.rowCount,
      dModel: config.dModel, device: device)
    try batch.prepare(from: &waiting)
    let qkv = try device.makeMatrix(
      rows: slotCount, columns: pass.heads.width, feedsProducts: false)
    let logits = try device.makeMatrix(
      rows: slotCount, columns: config.dVocab, feedsProducts: false)
    while !batch.answers.isEmpty {
      let step = DecodeStep(
        blocks: blocks, head: head, pass: pass, rotary: chunk.rotary, cache: cache, batch: batch,
        shouldStop: shouldStop)
      try step.run(qkv: qkv, logits: logits, isSettled: isSettled)
      for answer in batch.answers { try report(answer, finished) }
      try batch.prepare(from: &waiting)
    }
  }

  /// Runs the prompts, keeps their keys and values, and chooses every answer's first token.
  private func start(
    _ prompts: Chunk<Device>, _ sequences: [TokenSequence], pass: PassContext<Device>,
    cache: KeyValueCache<Device>, head: OutputHead<Device>
  ) throws -> [Answer] {
    var chunk = prompts
    let step = try LayerStep(pass: pass, shouldStop: shouldStop, rows: chunk.tokens.rowCount)
    chunk.fork(at: 0, device)
    for layer in 0..<config.nLayers {
      let block = try blocks.block(layer)
      try step.project(chunk, through: block)
      try cache.store(chunk, qkv: step.qkv, at: layer, shouldStop: shouldStop)
      if layer == config.nLayers - 1 { try chunk.keepOnlySources(behind: layer, device) }
      try step.finish(chunk, through: block, layer: layer)
      if layer < config.nLayers - 1 { chunk.fork(at: layer + 1, device) }
    }
    let (rows, slots) = try chunk.readRows(behind: config.nLayers - 1, device)
    let answers = prompts.sequences.map { index in
      Answer(
        sequences[index], index: index, prompt: prompts.path(of: index), options: options,
        nCtx: config.nCtx)
    }
    try chooseFirst(answers, rows: rows, slots: slots, head: head)
    return answers
  }

  /// Each answer's first token, from the row of its sequence's last token.
  private func chooseFirst(
    _ answers: [Answer], rows: Device.Matrix, slots: ReadSlots, head: OutputHead<Device>
  ) throws(EngineError) {
    let buffers = try head.makeLogits()
    // A row for every answer, since choosing changes the scores.
    let own = try device.makeMatrix(
      rows: answers.count, columns: config.dModel, feedsProducts: false)
    let pairs = slots.slotOfRead.enumerated().map { (from: $1, to: $0) }
    device.copyRows(pairs, of: Rows(rows, 0..<slots.rows.count), to: own, lane: 0)
    let (device, isSettled) = (device, isSettled)
    try device.forEachTile(of: answers.count, shouldStop: shouldStop) {
      (lane, tile) throws(EngineError) in
      let logits = buffers[lane]
      try head.unembed(Rows(own, tile), into: Rows(logits, 0..<tile.count), lane: lane)
      for answer in tile {
        try answers[answer].advance(answer - tile.lowerBound, of: logits, device, isSettled)
      }
    }
  }

  private func report(
    _ answer: Answer, _ finished: (Int, GeneratedText) throws -> Void
  ) throws {
    if let text = answer.text { try finished(answer.sequence, text) }
  }
}
