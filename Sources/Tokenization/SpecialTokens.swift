/// The ids with a special role in a vocabulary, and what the model expects to be added.
///
/// The names follow GGUF's `tokenizer.ggml.bos_token_id` and its neighbours.
public struct SpecialTokens: Sendable, Hashable {
  /// Beginning of sequence.
  public var bos: Int32?
  /// End of sequence.
  public var eos: Int32?
  /// Stands for text that the vocabulary cannot spell.
  public var unknown: Int32?
  /// Fills the rest of a batch's row.
  public var padding: Int32?
  /// Whether a prompt is expected to begin with `bos`.
  public var addsBOS: Bool
  /// Whether a finished text is expected to end with `eos`; reported, never applied to a prompt.
  public var addsEOS: Bool

  /// Groups the ids; absent roles are nil.
  public init(
    bos: Int32? = nil, eos: Int32? = nil, unknown: Int32? = nil, padding: Int32? = nil,
    addsBOS: Bool = false, addsEOS: Bool = false
  ) {
    self.bos = bos
    self.eos = eos
    self.unknown = unknown
    self.padding = padding
    self.addsBOS = addsBOS
    self.addsEOS = addsEOS
  }

  /// The ids in use, each with the name it has in messages.
  var named: [(name: String, id: Int32)] {
    [("BOS", bos), ("EOS", eos), ("unknown", unknown), ("padding", padding)]
      .compactMap { name, id in id.map { (name, $0) } }
  }
}
