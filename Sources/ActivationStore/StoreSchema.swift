/// The names in an activation file, format version 1.
///
/// Attributes of `/`: `format`, `format_version`, `tool_version`, `command_line`, `created`
/// (ISO 8601, UTC), `model_name`, `model_path`, `model_sha256`, `model_adapters` (absent without
/// adapters), `model_architecture`,
/// `n_layers`, `d_model`, `d_vocab`, `chat_template_sha256` (absent without a template),
/// `precision`, `dtype` (`f16` or `f32`), `seed`, `threads`, `complete` (0 or 1), and those of
/// `FileDescription`.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `/prompts/id`, `label`, `text` | prompt | UTF-8 | the prompts as given |
/// | `/tokens/id` | token | int32 | all sequences, one after another |
/// | `/tokens/offset` | prompt_edge | int64 | prompt p has tokens offset[p] ..< offset[p + 1] |
/// | `/positions/name` | position | UTF-8 | layout `prompt` only |
/// | `/positions/token_index` | prompt, position | int32 | index among the prompt's own tokens |
/// | `/committed` | prompt | int8 | 1: every activation of the prompt is in the file |
/// | `/activations/<hook>` | prompt, layer, position, d_model | float16/32 | layout `prompt` |
/// | `/activations/<hook>` | token, layer, d_model | float16/32 | layout `token` |
///
/// The attribute `layout` of `/activations` is `prompt` or `token`. Hook points outside the
/// blocks (`embed`, `ln_final`, `logits`) have no layer axis; the last axis of `logits` is
/// `d_vocab`. The group has the coordinates of its axes as second names of the same datasets:
/// `layer`, and in layout `prompt` also `position`, `id`, `label` and `text`.
///
/// Each axis has a dimension scale of its name at the root, where netCDF-4 readers (xarray) look
/// for it: `/layer` holds the block index of each stored layer, `/position` the names of the
/// positions; `/prompt`, `/prompt_edge`, `/token`, `/d_model` and `/d_vocab` hold no values.
///
/// All numbers lie in tiles with Fletcher-32 sums, so a changed byte is an error when it is read.
///
/// Analyses add groups of their own (`ResultFile`), each with its scales inside it and with the
/// attributes `tool_version`, `command_line` and `created`, by which such groups are known. A file
/// of format `workbench-results` has such groups only.
enum StoreSchema {
  static let root = "/"
  static let activations = "/activations"
  static let adapters = "model_adapters"
  static let layoutAttribute = "layout"
  /// The names in `/activations` that are no hook points.
  static let coordinates: Set = ["layer", "position", "id", "label", "text"]
  static let groups = ["/prompts", "/tokens", activations]
  static let positionsGroup = "/positions"

  static let promptIDs = "/prompts/id"
  static let promptLabels = "/prompts/label"
  static let promptTexts = "/prompts/text"
  static let tokenIDs = "/tokens/id"
  static let tokenOffsets = "/tokens/offset"
  static let positionNames = "/positions/name"
  static let positionTokens = "/positions/token_index"
  static let committed = "/committed"

  static func activations(of hook: String) -> String {
    "\(activations)/\(hook)"
  }
}

/// The kinds of files that the store writes; the raw value is the attribute `format` of `/`.
enum StoreFormat: String, CaseIterable, Sendable {
  case activations = "workbench-activations"
  /// Groups of analyses alone.
  case results = "workbench-results"

  /// The attribute `format_version` of `/`.
  var version: Int { 1 }
}

/// The axes of the datasets; the raw value is the name of the dimension scale and the label.
enum StoreAxis: String, CaseIterable, Sendable {
  case prompt
  case promptEdge = "prompt_edge"
  case token, layer, position
  case dModel = "d_model"
  case dVocab = "d_vocab"

  var scalePath: String { "/\(rawValue)" }
}
