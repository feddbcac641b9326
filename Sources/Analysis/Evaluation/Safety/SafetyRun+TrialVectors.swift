import ActivationStore
import ModelLibrary
import SteeringEngine

extension SafetyRun {
  /// Makes a trial's vectors from its anchors, and the cosines of what it reports on.
  func trialVectors(
    of trial: SafetyTrial, shouldStop: @escaping @Sendable () -> Bool
  ) throws(AnalysisError) -> SafetyEvaluation.TrialVectors {
    let vectors =
      if let given = request.vectors?.set { given } else { try makeVectors(trial, shouldStop) }
    let path = request.vectors?.path ?? vectors.source ?? "the anchors"
    let classifier: TransitionClassifier
    do throws(VectorError) {
      classifier = try TransitionClassifier(
        vectors: vectors, path: path, layers: nil, threshold: .value(0))
    } catch {
      throw .vectors(error)
    }
    let prompts = request.split.prompts
    let classified = try classifier.classify(
      trial.reported.map { prompts[$0].prompt }, model: model, engine: engine,
      format: Self.completed, memoryBudget: memoryBudget, shouldStop: shouldStop)
    var cosines = prompts.map { _ in [Double]() }
    for (index, found) in zip(trial.reported, classified) { cosines[index] = found.cosines }
    return SafetyEvaluation.TrialVectors(vectors: vectors, cosines: cosines)
  }

  /// The query with r_pos of SCANS after it.
  private static let completed = PromptFormat(response: "Sure")

  private func makeVectors(
    _ trial: SafetyTrial, _ shouldStop: @escaping @Sendable () -> Bool
  ) throws(AnalysisError) -> VectorSet {
    let states = try TransitionStates(
      of: trial.anchors.map { request.split.prompts[$0].prompt }, model: model, engine: engine,
      format: Self.completed, layers: Array(0..<model.config.nLayers),
      memoryBudget: memoryBudget, shouldStop: shouldStop)
    let stored: StoredModel
    do throws(ModelError) { stored = try StoredModel(model) } catch { throw .model(error) }
    do throws(VectorError) {
      var vectors = try RefusalVectors(
        states, of: stored, kind: .meanDifference, isUnit: true, anchors: AnchorDraw.Request()
      ).compute()
      vectors.seed = trial.seed
      vectors.source = request.anchors?.sets.joined(separator: "+")
      return vectors
    } catch {
      throw .vectors(error)
    }
  }
}
