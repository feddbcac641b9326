/// The group `lens`: vectors or hidden states as tokens.
///
/// Of vectors, datasets are `[layer, rank]`, and `[segment, rank]` under names with `segment_`; of
/// hidden states `[prompt, layer, position, rank]`, or `[token, layer, rank]` where every token was
/// read, `token_offset` telling prompts apart and `token_text` what was read. The axis `rank` counts
/// from the first place; values named `given_` are of the tokens asked for, on the axis `given`.
/// Probabilities, `entropy` and `kl` (nats) are those of the softmax over the whole vocabulary.
///
/// Attributes: `of` (`vectors` or `states`), `source`, `k`, `final_norm`, `hook` (of states),
/// `segment_rule` (of vectors), `model_name`, `model_path`, `model_sha256`, `model_adapters`.
public enum LensSchema: GroupSchema {
  public static let group = "lens"

  /// Tokens in order: their ids, texts and scores, along some axes and `rank`.
  public struct Tokens: Hashable, Sendable {
    public let id, token, score: DatasetSchema

    fileprivate init(_ name: String, along outer: [String]) {
      let axes = outer + ["rank"]
      id = DatasetSchema(name + "_id", axes, .integers)
      token = DatasetSchema(name + "_token", axes, .texts)
      score = DatasetSchema(name + "_score", axes, .floats)
    }

    var all: [DatasetSchema] { [id, token, score] }
  }

  /// Where tokens that were asked for stand.
  public struct Standings: Hashable, Sendable {
    public let rank, score: DatasetSchema

    fileprivate init(_ prefix: String, along outer: [String]) {
      rank = DatasetSchema(prefix + "given_rank", outer + ["given"], .integers)
      score = DatasetSchema(prefix + "given_score", outer + ["given"], .floats)
    }

    var all: [DatasetSchema] { [rank, score] }
  }

  /// What vectors of layers, or of segments, promote and suppress.
  public struct Vectors: Hashable, Sendable {
    public let promoted, suppressed: Tokens
    public let standings: Standings

    fileprivate init(_ prefix: String, along axis: String) {
      promoted = Tokens(prefix + "promoted", along: [axis])
      suppressed = Tokens(prefix + "suppressed", along: [axis])
      standings = Standings(prefix, along: [axis])
    }

    var all: [DatasetSchema] { promoted.all + suppressed.all + standings.all }
  }

  /// What hidden states say, at named positions or at every token.
  public struct States: Hashable, Sendable {
    public let top: Tokens
    public let topProbability, entropy, kl, givenProbability: DatasetSchema
    public let standings: Standings

    fileprivate init(along axes: [String]) {
      top = Tokens("top", along: axes)
      topProbability = DatasetSchema("top_probability", axes + ["rank"], .doubles)
      entropy = DatasetSchema("entropy", axes, .doubles)
      kl = DatasetSchema("kl", axes, .doubles)
      givenProbability = DatasetSchema("given_probability", axes + ["given"], .doubles)
      standings = Standings("", along: axes)
    }

    var all: [DatasetSchema] {
      top.all + [topProbability, entropy, kl, givenProbability] + standings.all
    }
  }

  public static let layer = DatasetSchema("layer", ["layer"], .integers)
  public static let layers = Vectors("", along: "layer")
  public static let segment = DatasetSchema("segment", ["segment"], .texts)
  public static let segmentFirstLayer = DatasetSchema(
    "segment_first_layer", ["segment"], .integers)
  public static let segmentLastLayer = DatasetSchema("segment_last_layer", ["segment"], .integers)
  public static let segments = Vectors("segment_", along: "segment")

  public static let promptID = DatasetSchema("prompt_id", ["prompt"], .texts)
  public static let position = DatasetSchema("position", ["position"], .texts)
  public static let tokenIndex = DatasetSchema("token_index", ["prompt", "position"], .integers)
  public static let atPositions = States(along: ["prompt", "layer", "position"])
  public static let tokenOffset = DatasetSchema("token_offset", ["prompt_edge"], .integers)
  public static let tokenID = DatasetSchema("token_id", ["token"], .integers)
  public static let tokenText = DatasetSchema("token_text", ["token"], .texts)
  public static let atTokens = States(along: ["token", "layer"])

  public static let givenID = DatasetSchema("given_id", ["given"], .integers)
  public static let givenToken = DatasetSchema("given_token", ["given"], .texts)

  public static let datasets =
    [layer, segment, segmentFirstLayer, segmentLastLayer, promptID, position, tokenIndex]
    + [tokenOffset, tokenID, tokenText, givenID, givenToken]
    + layers.all + segments.all + atPositions.all + atTokens.all

  public static let of = "of"
}
