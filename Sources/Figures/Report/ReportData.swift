import ActivationStore
import Foundation

/// Everything that the page shows, as it is embedded.
struct ReportData: Encodable {
  let commandLine: String
  let toolVersion: String
  let files: [ReportFile]

  /// Compact JSON that may stand inside a script element: it has no `<`.
  func json(for path: String) throws(FigureError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      let text = String(decoding: try encoder.encode(self), as: UTF8.self)
      return text.replacing("<", with: "\\u003c")
    } catch {
      throw .drawing(operation: "write", path: path, reason: error.localizedDescription)
    }
  }
}

/// One file's part of the page; an analysis that it lacks is absent.
struct ReportFile: Encodable {
  let name: String
  let groups: [ReportGroup]
  let tsne: ReportEmbedding?
  let classifier: ReportClassifier?
  let lens: ReportLens?
  let vectorLens: ReportVectorLens?
  let sweep: ReportSweep?
  let refusals: ReportRefusals?
  let answers: ReportAnswers?
  let evaluation: ReportEvaluation?

  init(_ run: RunFile, texts: PromptTexts) throws(FigureError) {
    let embedding = try run.result(EmbeddingResult.group, EmbeddingResult.init)
    let cosines = try run.result(CosineResult.group, CosineResult.init)
    let sweep = try run.result(SweepResult.group, SweepResult.init)
    let steering = try run.result(SteeringResult.group, SteeringResult.init)
    let lens = try run.result(LensResult.group, LensResult.init)
    name = (run.path as NSString).lastPathComponent
    groups = try ReportGroup.all(of: run)
    tsne = embedding.flatMap(ReportEmbedding.init)
    classifier = try cosines.flatMap { cosines throws(FigureError) in
      ReportClassifier(cosines, attributes: try run.fields(CosineResult.group).group.attributes)
    }
    switch lens {
    case .states(let states):
      (self.lens, vectorLens) = (ReportLens(states, path: run.path, texts: texts), nil)
    case .vectors(let vectors): (self.lens, vectorLens) = (nil, ReportVectorLens(vectors))
    case nil: (self.lens, vectorLens) = (nil, nil)
    }
    self.sweep = sweep.flatMap(ReportSweep.init)
    let rates = steering.map { RefusalRates($0) } ?? sweep.flatMap { RefusalRates($0) }
    refusals = rates.flatMap(ReportRefusals.init)
    answers = ReportAnswers(
      path: run.path, embedding: embedding, cosines: cosines, sweep: sweep, steering: steering,
      texts: texts)
    let answered = try run.result(EvaluationAnswers.group, EvaluationAnswers.init)
    evaluation = try run.result(EvaluationTable.group, EvaluationTable.init).map {
      ReportEvaluation($0, answered)
    }
  }
}
