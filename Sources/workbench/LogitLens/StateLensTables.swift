import ActivationStore
import Analysis

/// What hidden states say as tokens, as JSON and CSV; its tables are in an extension.
struct StateLensTables: LensTables {
  let lens: StateLens
  let context: LensContext

  var group: ResultGroup { context.layout.group(lens) }

  struct JSON: Encodable {
    struct PromptRow: Encodable {
      let id: String
      let label: String
      let text: String
      let positions: [PositionRow]
    }

    struct PositionRow: Encodable {
      /// Absent where every token was read.
      let name: String?
      let index: Int
      let token: String
      let layers: [LayerRow]
    }

    struct LayerRow: Encodable {
      let layer: Int
      /// Nats.
      let entropy: Double
      /// Nats; absent where it was not asked for.
      let kl: Double?
      let top: [LensToken]
      let given: [LensToken]
    }

    let of = "states"
    let hook = "resid_post"
    let model: String
    let finalNorm: Bool
    let prompts: [PromptRow]
  }

  var json: JSON {
    JSON(
      model: context.modelName, finalNorm: context.request.applyingFinalNorm,
      prompts: lens.prompts.indices.map(row))
  }

  var csvHeader: [String] {
    [
      "prompt_id", "label", "position", "token_index", "layer", "entropy", "kl", "kind", "rank",
      "token_id", "token", "probability", "score",
    ]
  }

  var csvRows: [[String]] { lens.prompts.indices.flatMap(csvRows) }

  /// The name of a position of a prompt, or nothing where every token was read.
  func positionName(_ position: Int) -> String? {
    lens.positionNames.isEmpty ? nil : lens.positionNames[position]
  }

  private func row(_ prompt: Int) -> JSON.PromptRow {
    let stored = lens.prompts[prompt]
    let positions = stored.positionTokens.map(Int.init).enumerated().map { position, index in
      JSON.PositionRow(
        name: positionName(position), index: index,
        token: context.texts.text(of: Int(stored.tokens[index])),
        layers: zip(lens.layers, lens.readings[prompt]).map { row($0, $1[position]) })
    }
    return JSON.PromptRow(
      id: stored.id, label: stored.label, text: stored.text, positions: positions)
  }

  private func row(_ layer: Int, _ reading: StateLens.Row) -> JSON.LayerRow {
    func probable(_ tokens: [LensToken]) -> [LensToken] {
      tokens.map { token in
        var token = token
        token.probability = reading.probability(of: token.score)
        return token
      }
    }
    return JSON.LayerRow(
      layer: layer, entropy: reading.entropy, kl: reading.divergence,
      top: probable(context.json(reading.top)), given: probable(context.json(reading.standings)))
  }

  private func csvRows(_ prompt: Int) -> [[String]] {
    let row = row(prompt)
    return row.positions.flatMap { position in
      position.layers.flatMap { layer in
        let place = [
          row.id, row.label, position.name ?? "", "\(position.index)", "\(layer.layer)",
          "\(layer.entropy)", layer.kl.map { "\($0)" } ?? "",
        ]
        return [("top", layer.top), ("given", layer.given)].flatMap { kind, tokens in
          tokens.map { token in
            place + [
              kind, "\(token.rank)", "\(token.id)", token.token,
              token.probability.map { "\($0)" } ?? "", "\(token.score)",
            ]
          }
        }
      }
    }
  }
}
