import ActivationStore
import Analysis
import Foundation

extension StateLensTables {
  /// Columns that a table of all positions may take before it goes on below.
  private static let tableWidth = 110
  /// Characters of a token in such a table.
  private static let cellWidth = 9

  /// One prompt in full, or how many prompts fare on the whole.
  func printTables() {
    printLine(context.headline)
    guard lens.prompts.count == 1, let prompt = lens.prompts.first else { return printSummary() }
    if lens.positionNames.isEmpty { return printGrid(prompt) }
    for (position, index) in prompt.positionTokens.map(Int.init).enumerated() {
      printLine(
        "\nprompt \(prompt.id) at \(lens.positionNames[position]), \(place(index, in: prompt))")
      printLayers(position)
    }
  }

  private func place(_ index: Int, in prompt: StoredPrompt) -> String {
    "token \(index) (\(context.shown(Int(prompt.tokens[index]))))"
  }

  private func printLayers(_ position: Int) {
    let rows = zip(lens.layers, lens.readings[0]).map { layer, readings in
      let reading = readings[position]
      return ["\(layer)", nats(reading.entropy)] + (reading.divergence.map { [nats($0)] } ?? [])
        + reading.standings.map { "\($0.rank)" }
        + reading.top.map {
          "\(context.shown($0.id)) \(percent(reading.probability(of: $0.score)))"
        }
    }
    let numbers = ["layer", "entropy"] + (hasDivergence ? ["KL"] : []) + context.rankHeads
    let places = (1...max(context.request.top, 1)).prefix((rows.first?.count ?? 0) - numbers.count)
    printTable(
      numbers + places.map(String.init), rows, rightAligned: Set(numbers.indices))
  }

  /// The top token of every layer at every position, as many positions side by side as fit.
  private func printGrid(_ prompt: StoredPrompt) {
    let step = (Self.tableWidth - 5) / (Self.cellWidth + 2)
    for start in stride(from: 0, to: prompt.positionTokens.count, by: step) {
      let range = start..<min(start + step, prompt.positionTokens.count)
      printLine("\nprompt \(prompt.id), tokens \(range.lowerBound) to \(range.upperBound - 1)")
      let header = range.map { cell(Int(prompt.tokens[Int(prompt.positionTokens[$0])])) }
      let rows = zip(lens.layers, lens.readings[0]).map { layer, readings in
        ["\(layer)"] + range.map { cell(readings[$0].top[0].id) }
      }
      printTable(["layer"] + header, rows, rightAligned: [0])
    }
  }

  private func cell(_ id: Int) -> String {
    let text = context.shown(id)
    return text.count > Self.cellWidth ? text.prefix(Self.cellWidth - 1) + "…" : text
  }

  /// Per layer: the most frequent top token, and means over prompts.
  private func printSummary() {
    let positions = lens.positionNames.isEmpty ? ["every token"] : lens.positionNames
    for position in positions.indices {
      printLine("\n\(counted(lens.prompts.count, "prompt")) at \(positions[position])")
      let rows = lens.layers.enumerated().map { index, layer in
        summary(layer, readings(atLayer: index, position: position))
      }
      printTable(
        ["layer", "top token", "of prompts", "entropy"] + (hasDivergence ? ["KL"] : [])
          + context.rankHeads.map { "median " + $0 },
        rows, rightAligned: Set([0] + Array(2..<(rows.first?.count ?? 2))))
    }
    printLine(
      "\nThe top token is the one that is on top most often; entropy and KL (nats) are means. "
        + "--csv and --json give every prompt.")
  }

  private func readings(atLayer layer: Int, position: Int) -> [StateLens.Row] {
    lens.readings.flatMap { prompt in
      lens.positionNames.isEmpty ? prompt[layer] : [prompt[layer][position]]
    }
  }

  private func summary(_ layer: Int, _ readings: [StateLens.Row]) -> [String] {
    let count = Double(readings.count)
    let tops = Dictionary(grouping: readings.compactMap(\.top.first?.id), by: \.self)
    let most = tops.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
    let divergences = readings.compactMap(\.divergence)
    let ranks = context.request.tokens.indices.map { token in
      let sorted = readings.map { $0.standings[token].rank }.sorted()
      return "\(sorted[sorted.count / 2])"
    }
    return [
      "\(layer)", most.map { context.shown($0.key) } ?? "",
      percent(Double(most?.value.count ?? 0) / count),
      nats(readings.reduce(0) { $0 + $1.entropy } / count),
    ] + (hasDivergence ? [nats(divergences.reduce(0, +) / count)] : []) + ranks
  }

  private var hasDivergence: Bool { lens.readings.first?.first?.first?.divergence != nil }

  private func nats(_ value: Double) -> String { String(format: "%.2f", value) }

  private func percent(_ share: Double) -> String {
    String(format: share < 0.0995 ? "%.1f%%" : "%.0f%%", 100 * share)
  }
}
