import Synchronization

/// How answers choose their next tokens from rows of the residual stream.
struct TokenChoice<Device: Backend> {
  let shouldStop: @Sendable () -> Bool
  private let head: OutputHead<Device>
  private let device: Device
  /// `[row, dVocab]`.
  private let logits: Device.Matrix
  private let rowCount: Int
  private let isSettled: @Sendable (_ request: Int, _ tokens: [Int32]) -> Bool

  /// Makes room for the scores of `rowCount` rows at once.
  init(
    head: OutputHead<Device>, rowCount: Int, dVocab: Int, device: Device,
    isSettled: @escaping @Sendable (_ request: Int, _ tokens: [Int32]) -> Bool,
    shouldStop: @escaping @Sendable () -> Bool
  ) throws(EngineError) {
    self.head = head
    self.device = device
    self.rowCount = rowCount
    self.isSettled = isSettled
    self.shouldStop = shouldStop
    logits = try device.makeMatrix(rows: rowCount, columns: dVocab, feedsProducts: false)
  }

  /// Lets each answer choose; `residual` has a row for each of their contexts, in order.
  func choose(_ answers: [Answer], from residual: Device.Matrix) throws(EngineError) {
    var (first, waiting) = (0, answers[...])
    while !waiting.isEmpty {
      var (count, rows) = (0, 0)
      for answer in waiting {
        guard rows + answer.contexts.count <= rowCount else { break }
        count += 1
        rows += answer.contexts.count
      }
      try choose(waiting.prefix(count), from: Rows(residual, first..<first + rows))
      waiting.removeFirst(count)
      first += rows
    }
  }

  private func choose(
    _ answers: ArraySlice<Answer>, from residual: Rows<Device.Matrix>
  ) throws(EngineError) {
    if answers.allSatisfy(\.takesLargest), try chooseLargest(answers, from: residual) { return }
    let (head, device, logits, isSettled) = (head, device, logits, isSettled)
    try device.forEachTile(of: residual.range.count, shouldStop: shouldStop) {
      (lane, tile) throws(EngineError) in
      try head.unembed(residual.part(tile), into: Rows(logits, tile), lane: lane)
    }
    var scored: [(answer: Answer, rows: Range<Int>)] = []
    for answer in answers {
      let first = scored.last?.rows.upperBound ?? 0
      scored.append((answer, first..<first + answer.contexts.count))
    }
    try device.forEachRow(of: scored.count) { [scored] index throws(EngineError) in
      let (answer, rows) = scored[index]
      try device.withRows(Rows(logits, rows)) { scores in
        Result { () throws(EngineError) in try answer.advance(scores, isSettled: isSettled) }
      }.get()
    }
  }

  /// Lets each answer choose among the scores that can be its largest; false, and nothing chosen, when
  /// those cannot be told.
  private func chooseLargest(
    _ answers: ArraySlice<Answer>, from residual: Rows<Device.Matrix>
  ) throws(EngineError) -> Bool {
    let (head, isSettled, answers) = (head, isSettled, Array(answers))
    let found = Mutex([[ScoredOutput]?](repeating: nil, count: answers.count))
    try device.forEachTile(of: answers.count, shouldStop: shouldStop) {
      (lane, tile) throws(EngineError) in
      let largest = try head.largest(
        of: residual.part(tile), penalised: answers[tile].map(\.penalised), lane: lane)
      guard let largest else { return }
      found.withLock { $0.replaceSubrange(tile, with: largest) }
    }
    let scores = found.withLock { $0.compactMap { $0 } }
    guard scores.count == answers.count else { return false }
    try device.forEachRow(of: answers.count) { index in
      answers[index].advance(among: scores[index], isSettled: isSettled)
    }
    return true
  }
}
