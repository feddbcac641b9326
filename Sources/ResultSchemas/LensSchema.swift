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

    fileprivate init(_ name: String, _ adjective: String, along outer: [String]) {
      let axes = outer + ["rank"]
      id = DatasetSchema(name + "_id", axes, .integers, "tokens that are \(adjective), in order")
      token = DatasetSchema(name + "_token", axes, .texts, "the tokens' texts")
      score = DatasetSchema(name + "_score", axes, .floats, "the tokens' logits")
    }

    var all: [DatasetSchema] { [id, token, score] }
  }

  /// Where tokens that were asked for stand.
  public struct Standings: Hashable, Sendable {
    public let rank, score: DatasetSchema

    fileprivate init(_ prefix: String, along outer: [String]) {
      rank = DatasetSchema(
        prefix + "given_rank", outer + ["given"], .integers, "place of the token, from 1")
      score = DatasetSchema(
        prefix + "given_score", outer + ["given"], .floats, "logit of the token")
    }

    var all: [DatasetSchema] { [rank, score] }
  }

  /// What vectors of layers, or of segments, promote and suppress.
  public struct Vectors: Hashable, Sendable {
    public let promoted, suppressed: Tokens
    public let standings: Standings

    fileprivate init(_ prefix: String, along axis: String) {
      promoted = Tokens(prefix + "promoted", "promoted", along: [axis])
      suppressed = Tokens(prefix + "suppressed", "suppressed", along: [axis])
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
      top = Tokens("top", "likeliest", along: axes)
      topProbability = DatasetSchema(
        "top_probability", axes + ["rank"], .doubles, "probability of the token")
      entropy = DatasetSchema(
        "entropy", axes, .doubles, "entropy over the vocabulary", unit: "nats")
      kl = DatasetSchema(
        "kl", axes, .doubles, "KL divergence over the vocabulary", unit: "nats")
      givenProbability = DatasetSchema(
        "given_probability", axes + ["given"], .doubles, "probability of the token")
      standings = Standings("", along: axes)
    }

    var all: [DatasetSchema] {
      top.all + [topProbability, entropy, kl, givenProbability] + standings.all
    }
  }

  public static let layer = DatasetSchema(
    "layer", ["layer"], .integers, "block, counted from 0")
  public static let layers = Vectors("", along: "layer")
  public static let segment = DatasetSchema(
    "segment", ["segment"], .texts, "name of the segment of layers")
  public static let segmentFirstLayer = DatasetSchema(
    "segment_first_layer", ["segment"], .integers, "first block of the segment")
  public static let segmentLastLayer = DatasetSchema(
    "segment_last_layer", ["segment"], .integers, "last block of the segment")
  public static let segments = Vectors("segment_", along: "segment")

  public static let promptID = DatasetSchema(
    "prompt_id", ["prompt"], .texts, "id of the prompt")
  public static let position = DatasetSchema(
    "position", ["position"], .texts, "position in the prompt")
  public static let tokenIndex = DatasetSchema(
    "token_index", ["prompt", "position"], .integers, "index of the position's token in the prompt")
  public static let atPositions = States(along: ["prompt", "layer", "position"])
  public static let tokenOffset = DatasetSchema(
    "token_offset", ["prompt_edge"], .integers, "first token of the prompt")
  public static let tokenID = DatasetSchema(
    "token_id", ["token"], .integers, "token that was read")
  public static let tokenText = DatasetSchema(
    "token_text", ["token"], .texts, "the token's text")
  public static let atTokens = States(along: ["token", "layer"])

  public static let givenID = DatasetSchema(
    "given_id", ["given"], .integers, "token that was asked for")
  public static let givenToken = DatasetSchema(
    "given_token", ["given"], .texts, "the token's text")

  public static let datasets =
    [layer, segment, segmentFirstLayer, segmentLastLayer, promptID, position, tokenIndex]
    + [tokenOffset, tokenID, tokenText, givenID, givenToken]
    + layers.all + segments.all + atPositions.all + atTokens.all

  public static let of = "of"
}
