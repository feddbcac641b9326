import Analysis
import Foundation
import ModelLibrary
import Numerics
import Prompts
import SteeringEngine

/// A sweep over the tiny model's two layers, with a vector made by hand at each.
struct SweepFixture {
  let lens: LensFixture
  var prompts = [
    Prompt(id: "a", text: "the kill", label: "unsafe"), Prompt(id: "b", text: "Hi", label: "safe"),
    Prompt(id: "c", text: "in the house", label: "safe"),
  ]
  var positions = LayerSweep.ChangedTokens.queryEnd
  var sites: [HookSite] = [.attnOut, .mlpOut]
  var answerTokens: Int?
  var textPath: String?

  init() throws { lens = try LensFixture() }

  var nLayers: Int { lens.model.config.nLayers }

  var vectors: VectorSet {
    let width = lens.model.config.dModel
    let rows = (0..<nLayers).map { layer -> [Float] in
      (0..<width).map { column -> Float in
        let step: Int = (column * 7 + layer * 3) % 5 - 2
        return Float(step) / 3
      }
    }
    return VectorSet(
      kind: .imported, layers: Array(0..<nLayers), vectors: rows, isUnit: false,
      norms: rows.map { norm($0) },
      position: "query-end", unsafeCount: 0, safeCount: 0, harmDirections: nil, anchors: [],
      model: nil)
  }

  func sweep(
    _ points: [AblationPoint], memoryBudget: Int = .max / 4
  ) throws -> LayerSweep {
    try LayerSweep(
      model: lens.model, engine: lens.engine, prompts: prompts,
      request: LayerSweep.Request(
        points: points, vectors: (vectors, "v.h5"), sites: sites, positions: positions,
        format: PromptFormat(),
        refusalTokens: RefusalTokens(openings: ["the", "I"], model: lens.model),
        answers: try answerTokens.map {
          (AnswerOptions(maxNewTokens: $0), try RefusalJudge.standard())
        }, textPath: textPath), memoryBudget: memoryBudget)
  }

  func measure(_ points: [AblationPoint]) throws -> Ablation {
    let sweep = try sweep(points)
    return try sweep.run(from: sweep.empty())
  }

  static func window(_ first: Int, _ last: Int) -> LayerWindow {
    LayerWindow(first: first, last: last)
  }

  /// Every mode over every window of the model, two strengths and both signs.
  var allPoints: [AblationPoint] {
    AblationPoint.grid(
      modes: AblationPoint.Mode.allCases,
      windows: [Self.window(0, 0), Self.window(1, 1), Self.window(0, 1)], alphas: [0.5, 2],
      signs: [1, -1])
  }
}
