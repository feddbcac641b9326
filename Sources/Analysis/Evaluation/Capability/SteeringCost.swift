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

  private static func perplexities(_ path: String) throws(StoreError) -> [SteeringCost] {
    let fields = try fields(PerplexitySchema.group, path)
    let names = try fields.texts(PerplexitySchema.text).map { $0.lowercased() }
    let table = try VariantTable(
      PerplexitySchema.tokenPerplexity, PerplexitySchema.variant, rows: ("text", names.count),
      of: fields)
    return names.indices.compactMap { text in
      let measure: Measure? =
        names[text].contains("wikitext") ? .wikitext2 : names[text].contains("c4") ? .c4 : nil
      return measure.flatMap { table.cost($0, row: text) }
    }
  }

  private static func mmlu(_ path: String) throws(StoreError) -> [SteeringCost] {
    let fields = try fields(MMLUSchema.group, path)
    let kinds = try fields.texts(MMLUSchema.rowKind)
    let table = try VariantTable(
      MMLUSchema.accuracy, MMLUSchema.variant, rows: ("row", kinds.count), of: fields, times: 100)
    let all = kinds.firstIndex(of: MMLUFindings.Row.Kind.total.rawValue)
    return [all.flatMap { table.cost(.mmlu, row: $0) }].compactMap { $0 }
  }

  private static func summaries(_ path: String) throws(StoreError) -> [SteeringCost] {
    let fields = try fields(SummariesSchema.group, path)
    let names = try fields.texts(SummariesSchema.measure)
    let table = try VariantTable(
      SummariesSchema.meanF, SummariesSchema.variant, rows: ("measure", names.count), of: fields,
      times: 100)
    return zip([Measure.rouge1, .rouge2, .rougeL], ["ROUGE-1", "ROUGE-2", "ROUGE-L"]).compactMap {
      measure, name in names.firstIndex(of: name).flatMap { table.cost(measure, row: $0) }
    }
  }

  private static func speed(_ path: String) throws(StoreError) -> [SteeringCost] {
    let fields = try fields(SpeedSchema.group, path)
    let rows = try fields.integers(SpeedSchema.rows)
    let table = try VariantTable(
      SpeedSchema.decodeRate, SpeedSchema.variant, rows: ("rows", rows.count), of: fields)
    let fewest = rows.indices.min { rows[$0] < rows[$1] }
    return [fewest.flatMap { table.cost(.speed, row: $0) }].compactMap { $0 }
  }

  private static func fields(_ group: String, _ path: String) throws(StoreError) -> ResultFields {
    ResultFields(group: try ResultFile.read(group, from: path), path: path)
  }
}

/// A dataset along variants and one other axis, whichever comes first in the file.
private struct VariantTable {
  private let variants: [String]
  private let values: [Double]
  /// Between neighbours of a variant, and of a row.
  private let (variantStride, rowStride): (Int, Int)
  private let factor: Double

  init(
    _ dataset: DatasetSchema, _ variant: DatasetSchema, rows: (axis: String, count: Int),
    of fields: ResultFields, times factor: Double = 1
  ) throws(StoreError) {
    variants = try fields.texts(variant)
    let sizes = AxisSizes([rows.axis: rows.count, "variant": variants.count])
    values = try fields.doubles(dataset, sizes, finite: false)
    (variantStride, rowStride) =
      dataset.axes.first == "variant" ? (rows.count, 1) : (1, variants.count)
    self.factor = factor
  }

  /// nil where the run was not done both ways.
  func cost(_ measure: SteeringCost.Measure, row: Int) -> SteeringCost? {
    guard let unsteered = variants.firstIndex(of: "unsteered"),
      let steered = variants.firstIndex(of: "steered")
    else { return nil }
    let values = [unsteered, steered].map { self.values[$0 * variantStride + row * rowStride] }
    return SteeringCost(
      measure: measure, unsteered: factor * values[0], steered: factor * values[1])
  }
}
