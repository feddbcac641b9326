import Checkpoints

/// Generates answers: each prompt once through the model, then a token at a time.
///
/// A sequence's variants share its prompt's keys and values up to the first changed position. Rows
/// of different lengths decode together; an answer that ends makes room for the next.
struct Generator<Device: Backend> {
  let blocks: BlockStore<Device>
  let requests: [AnswerRequest]
  let contexts: RequestContexts
  let options: GenerationOptions
  let isSettled: @Sendable (_ request: Int, _ tokens: [Int32]) -> Bool
  let shouldStop: @Sendable () -> Bool

  /// Tokens from which on packing a screen takes less time than it saves.
  private static var screenedTokens: Int { 512 }

  private var config: ModelConfig { blocks.reader.config }
  private var device: Device { blocks.reader.device }

  /// Answers the requests `range`; `finished` gets each as it ends.
  func run(
    _ range: Range<Int>, finished: (Int, GeneratedText) throws(EngineError) -> Void
  ) throws(EngineError) {
    let longest = range.map(contexts.longest).max() ?? 0
    let chunk = try Chunk(
      contexts.sequences, range: contexts.contexts(of: range), depth: config.nLayers,
      longest: longest + options.maxNewTokens, reader: blocks.reader)
    let slotCount = contexts.slots(for: range, options)
    let pass = try PassContext(config: config, device: device)
    let cache = try KeyValueCache(
      rows: chunk.tokens.rowCount + slotCount * options.maxNewTokens, layers: config.nLayers,
      heads: pass.heads, device: device)
    let choice = try TokenChoice(
      head: try head(for: range), rowCount: slotCount, dVocab: config.dVocab,
      device: device, isSettled: isSettled, shouldStop: shouldStop)

    let answers = try start(chunk, range, pass: pass, cache: cache, choice: choice)
    for answer in answers { try report(answer, finished) }
    var waiting = answers.filter { $0.end == nil }[...]
    var batch = try DecodeBatch(
      slots: slotCount, slotRows: options.maxNewTokens, promptRows: chunk.tokens.rowCount,
      dModel: config.dModel, device: device)
    try batch.prepare(from: &waiting)
    let qkv = try device.makeMatrix(
      rows: slotCount, columns: pass.heads.width, feedsProducts: false)
    while !batch.answers.isEmpty {
      let step = DecodeStep(
        blocks: blocks, pass: pass, rotary: chunk.rotary, cache: cache, batch: batch,
        choice: choice)
      try step.run(qkv: qkv)
      for answer in batch.answers { try report(answer, finished) }
      try batch.prepare(from: &waiting)
    }
  }

  /// The output head; a screen has to be packed, which pays for many tokens only.
  private func head(for range: Range<Int>) throws(EngineError) -> OutputHead<Device> {
    let tokens = requests[range].count(where: \.isPlain) * options.maxNewTokens
    return options.choosesLargest && tokens >= Self.screenedTokens
      ? try blocks.screeningHead() : try blocks.outputHead(needsLogits: true)
  }

  /// Runs the prompts, keeps their keys and values, and chooses every answer's first token.
  private func start(
    _ prompts: Chunk<Device>, _ range: Range<Int>, pass: PassContext<Device>,
    cache: KeyValueCache<Device>, choice: TokenChoice<Device>
  ) throws(EngineError) -> [Answer] {
    var chunk = prompts
    let step = try LayerStep(pass: pass, shouldStop: shouldStop, rows: chunk.tokens.rowCount)
    chunk.fork(at: 0, device)
    for layer in 0..<config.nLayers {
      let block = try blocks.block(layer)
      try step.project(chunk, through: block)
      try cache.store(chunk, qkv: step.qkv, at: layer, shouldStop: shouldStop)
      if layer == config.nLayers - 1 { try chunk.keepOnlySources(after: layer, device) }
      try step.finish(chunk, through: block, layer: layer)
      if layer < config.nLayers - 1 { chunk.fork(at: layer + 1, device) }
    }
    let answers = range.map { request in
      Answer(
        requests[request], index: request, firstContext: contexts.ranges[request].lowerBound,
        paths: contexts.ranges[request].map(prompts.path), options: options, config: config)
    }
    let (rows, read) = try chunk.readRows(after: config.nLayers - 1, device)
    try chooseFirst(answers, rows: rows, read: read, choice)
    return answers
  }

  /// Each answer's first token, from the rows of its contexts' last tokens.
  private func chooseFirst(
    _ answers: [Answer], rows: Device.Matrix, read: ReadRows, _ choice: TokenChoice<Device>
  ) throws(EngineError) {
    // A row for every context, since choosing changes the scores.
    let own = try device.makeMatrix(
      rows: read.indexOfRead.count, columns: config.dModel, feedsProducts: false)
    let pairs = read.indexOfRead.enumerated().map { (from: $1, to: $0) }
    device.copyRows(pairs, of: Rows(rows, 0..<read.numbers.count), to: own, lane: 0)
    try choice.choose(answers, from: own)
  }

  private func report(
    _ answer: Answer, _ finished: (Int, GeneratedText) throws(EngineError) -> Void
  ) throws(EngineError) {
    if let text = answer.text { try finished(answer.request, text) }
  }
}
