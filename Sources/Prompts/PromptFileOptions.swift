/// What a researcher can say about a prompt file that its layout does not tell.
///
/// Column names match exactly, or without regard to case when exactly one column then fits.
public struct PromptFileOptions: Sendable, Hashable {
  /// The column that holds the prompts; naming it switches the built-in layouts off.
  public var promptColumn: String?

  /// The column that holds the labels; every row that is read must then have one.
  ///
  /// Without a label map the values are kept as they are, surrounding whitespace removed.
  public var labelColumn: String?

  /// The column that holds the identifiers; every row must then have one, each a different one.
  ///
  /// When it is nil, a column named `id` (for XSTest also `id_v2`) is used if all its values are
  /// present and different; if not, identifiers are row numbers starting at 1.
  public var idColumn: String?

  /// How values of the label column become labels; nil keeps the layout's own rule.
  public var labelMap: LabelMap?

  /// Which of the file's prompts are read.
  public var sample: PromptSample

  /// Whether whitespace and line ends around each prompt are removed, as Python's `strip` does.
  ///
  /// The SCANS reference code strips; false keeps the text exactly as the file has it.
  public var stripWhitespace: Bool

  /// Makes options; the defaults recognise the layout and read the whole file.
  public init(
    promptColumn: String? = nil,
    labelColumn: String? = nil,
    idColumn: String? = nil,
    labelMap: LabelMap? = nil,
    sample: PromptSample = .all,
    stripWhitespace: Bool = true
  ) {
    self.promptColumn = promptColumn
    self.labelColumn = labelColumn
    self.idColumn = idColumn
    self.labelMap = labelMap
    self.sample = sample
    self.stripWhitespace = stripWhitespace
  }
}
