import ActivationStore
import ResultSchemas

/// What steering costs a model, as the paper has it and as a file of ours has it.
public struct SteeringCost: Equatable, Sendable {
  /// What is measured without and with steering.
  public enum Measure: String, CaseIterable, Sendable {
    case wikitext2, c4, mmlu, rouge1, rouge2, rougeL, speed
    /// With steering in the former or the latter layers alone.
    case wikitext2Former, wikitext2Latter, c4Former, c4Latter

    public var title: String {
      switch self {
      case .wikitext2: "WikiText-2 perplexity"
      case .c4: "C4 perplexity"
      case .mmlu: "MMLU, % right"
      case .rouge1: "summaries, ROUGE-1"
      case .rouge2: "summaries, ROUGE-2"
      case .rougeL: "summaries, ROUGE-L"
      case .speed: "tokens/s"
      case .wikitext2Former: "WikiText-2 perplexity, former layers steered"
      case .wikitext2Latter: "WikiText-2 perplexity, latter layers steered"
      case .c4Former: "C4 perplexity, former layers steered"
      case .c4Latter: "C4 perplexity, latter layers steered"
      }
    }
  }

  public var measure: Measure
  public var unsteered: Double
  public var steered: Double

  /// The paper's numbers of a model, as `PublishedResults` names it; empty for others.
  public static func published(for model: String) -> [SteeringCost] {
    String(decoding: PackageResources.published_costs_csv, as: UTF8.self)
      .split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",").map(String.init) }
      .compactMap { line in
        guard line[0] == model, let measure = Measure(rawValue: line[1]),
          let unsteered = Double(line[2]), let steered = Double(line[3])
        else { return nil }
        return SteeringCost(measure: measure, unsteered: unsteered, steered: steered)
      }
  }

  /// What the groups of `workbench eval perplexity`, `mmlu`, `summaries` and `speed` in a file say.
  ///
  /// Texts are WikiText-2 and C4 where their names have wikitext or c4; speed is of decoding the fewest
  /// answers at once.
  public static func measured(in path: String) throws(StoreError) -> [SteeringCost] {
    let groups = Set(try ResultFile.groups(in: path))
    var found: [SteeringCost] = []
    if groups.contains(PerplexitySchema.group) { found += try perplexities(path) }
    if groups.contains(MMLUSchema.group) { found += try mmlu(path) }
    if groups.contains(SummariesSchema.group) { found += try summaries(path) }
    if groups.contains(SpeedSchema.group) { found += try speed(path) }
    return found
  }

  private static func fields(_ group: String, _ path: String) throws(StoreError) -> ResultFields {
    ResultFields(group: try ResultFile.read(group, from: path), path: path)
  }

  private static func perplexities(_ path: String) throws(StoreError) -> [SteeringCost] {
    let fields = try fields(PerplexitySchema.group, path)
    let names = try fields.texts(PerplexitySchema.text)
    let variants = try fields.texts(PerplexitySchema.variant)
    let values = try fields.doubles(
      PerplexitySchema.tokenPerplexity, ["text": names.count, "variant": variants.count],
      finite: false)
    return names.indices.compactMap { text in
      let name = names[text].lowercased()
      let measure: Measure? =
        name.contains("wikitext") ? .wikitext2 : name.contains("c4") ? .c4 : nil
      return measure.flatMap { cost($0, values, row: text, variants) }
    }
  }

  private static func mmlu(_ path: String) throws(StoreError) -> [SteeringCost] {
    let fields = try fields(MMLUSchema.group, path)
    let kinds = try fields.texts(MMLUSchema.rowKind)
    let variants = try fields.texts(MMLUSchema.variant)
    let values = try fields.doubles(
      MMLUSchema.accuracy, ["row": kinds.count, "variant": variants.count], finite: false)
    guard let all = kinds.firstIndex(of: MMLUFindings.Row.Kind.total.rawValue) else { return [] }
    return [cost(.mmlu, values.map { 100 * $0 }, row: all, variants)].compactMap { $0 }
  }

  private static func summaries(_ path: String) throws(StoreError) -> [SteeringCost] {
    let fields = try fields(SummariesSchema.group, path)
    let names = try fields.texts(SummariesSchema.measure)
    let variants = try fields.texts(SummariesSchema.variant)
    let values = try fields.doubles(
      SummariesSchema.meanF, ["variant": variants.count, "measure": names.count], finite: false)
    return zip([Measure.rouge1, .rouge2, .rougeL], ["ROUGE-1", "ROUGE-2", "ROUGE-L"]).compactMap {
      measure, name in
      names.firstIndex(of: name).flatMap { place in
        let column = variants.indices.map { 100 * values[$0 * names.count + place] }
        return cost(measure, column, row: 0, variants)
      }
    }
  }

  private static func speed(_ path: String) throws(StoreError) -> [SteeringCost] {
    let fields = try fields(SpeedSchema.group, path)
    let rows = try fields.integers(SpeedSchema.rows)
    let variants = try fields.texts(SpeedSchema.variant)
    let values = try fields.doubles(
      SpeedSchema.decodeRate, ["rows": rows.count, "variant": variants.count], finite: false)
    guard let fewest = rows.indices.min(by: { rows[$0] < rows[$1] }) else { return [] }
    return [cost(.speed, values, row: fewest, variants)].compactMap { $0 }
  }

  /// `values`: [row, variant]; nil where one of the variants is not there.
  private static func cost(
    _ measure: Measure, _ values: [Double], row: Int, _ variants: [String]
  ) -> SteeringCost? {
    guard let unsteered = variants.firstIndex(of: "unsteered"),
      let steered = variants.firstIndex(of: "steered")
    else { return nil }
    let start = row * variants.count
    return SteeringCost(
      measure: measure, unsteered: values[start + unsteered], steered: values[start + steered])
  }
}
