import ModelLibrary
import SteeringEngine

/// All that was measured with one family of instruction sets.
struct FamilyRates: Encodable {
  let instructionSet: String
  let peak: Peak
  /// Whole runs of the engine: those of the family in use.
  let runs: [EngineRuns]
  /// The products of a block on whole tiles, in each precision.
  let blocks: [Rate]
  let products: [ProductRate]
  let rowKernels: [Rate]
  let weights: [Rate]

  init(of model: LanguageModel, team: Team, engine: EngineBenchmark?) throws {
    instructionSet = team.instructionSet.rawValue
    let peak = try Peak(team)
    self.peak = peak
    var (runs, blocks): ([EngineRuns], [Rate]) = ([], [])
    for precision in Precision.allCases {
      let block = try BlockProducts(model.checkpoint, precision, team: team, peak: peak)
      if let engine {
        runs.append(try engine.measure(precision, alone: block, team: team, peak: peak))
      }
      blocks.append(block.measure())
    }
    (self.runs, self.blocks) = (runs, blocks)
    let shapes = ProductShape.all(model.config)
    products = try ProductRates(shapes: shapes, team: team, peak: peak).measure()
    let rows = RowKernelRates(config: model.config, team: team, peak: peak)
    rowKernels = rows.inPlace() + Precision.allCases.flatMap(rows.measure)
    weights = WeightRates(inputs: model.config.dMLP, team: team).measure()
  }
}
