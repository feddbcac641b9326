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
    let classifier: HarmClassifier
    do throws(VectorError) {
      classifier = try HarmClassifier(
        vectors: vectors, path: path, layers: nil, threshold: .value(0))
    } catch {
      throw .vectors(error)
    }
    let prompts = request.split.prompts
    var cosines = prompts.map { _ in [Double]() }
    var probeScores = cosines
    for start in stride(from: 0, to: trial.reported.count, by: Self.classifiedAtOnce) {
      let part = trial.reported[start..<min(start + Self.classifiedAtOnce, trial.reported.count)]
      let states = try TransitionStates(
        of: part.map { prompts[$0].prompt }, model: model, engine: engine,
        format: Self.completed, layers: vectors.layers, memoryBudget: memoryBudget,
        shouldStop: shouldStop)
      do throws(VectorError) {
        for (index, found) in zip(part, try classifier.classify(states)) {
          cosines[index] = found.cosines
        }
        for probe in vectors.probes {
          for (index, row) in zip(part, try states.rows(probe.input, layer: probe.layer)) {
            probeScores[index].append(probe.score(row))
          }
        }
      } catch {
        throw .vectors(error)
      }
    }
    return SafetyEvaluation.TrialVectors(
      vectors: vectors, cosines: cosines, probeScores: probeScores)
  }

  /// Prompts whose states are held at once.
  private static let classifiedAtOnce = 256

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
