import ActivationStore
import Foundation
import ModelLibrary
import SteeringEngine

extension SafetyRun {
  /// Makes a trial's vectors from its anchors, and the cosines of what it reports on.
  func lesson(
    of trial: SafetyTrial, shouldStop: @escaping @Sendable () -> Bool
  ) throws -> SafetyEvaluation.Lesson {
    let vectors = try request.vectors?.set ?? makeVectors(trial, shouldStop)
    let path = request.vectors?.path ?? vectors.source ?? "the anchors"
    let classifier = try TransitionClassifier(
      vectors: vectors, path: path, layers: nil, threshold: .value(0))
    let prompts = request.split.prompts
    let classified = try classifier.classify(
      trial.reported.map { prompts[$0].prompt }, model: model, engine: engine,
      format: Self.completed, memoryBudget: memoryBudget, shouldStop: shouldStop)
    var cosines = prompts.map { _ in [Double]() }
    for (index, found) in zip(trial.reported, classified) { cosines[index] = found.cosines }
    return SafetyEvaluation.Lesson(vectors: vectors, cosines: cosines)
  }

  /// The query with r_pos of SCANS after it.
  private static let completed = PromptFormat(response: "Sure")

  private func makeVectors(
    _ trial: SafetyTrial, _ shouldStop: @escaping @Sendable () -> Bool
  ) throws -> VectorSet {
    // Vectors are made from a file of states, so that there is one way to make them.
    let path = NSTemporaryDirectory() + "workbench-\(UUID().uuidString).h5"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let dump = try ActivationDump(
      model: model, engine: engine,
      prompts: trial.anchors.map { request.split.prompts[$0].prompt },
      request: ActivationDump.Request(
        sites: [.residPost], layers: nil, positions: .named([.queryEnd, .last]),
        format: Self.completed, dtype: .f32),
      memoryBudget: memoryBudget)
    do throws(AnalysisError) {
      try dump.run(
        to: path, overwrite: false,
        provenance: Provenance(toolVersion: "", commandLine: "", created: .now),
        shouldStop: shouldStop, progress: { _ in })
    } catch {
      // The file is nobody's, so its name would say nothing.
      if case .interrupted = error { throw AnalysisError.engine(.interrupted) }
      throw error
    }
    var vectors = try RefusalVectors(
      ActivationReader(path: path), kind: .meanDifference, isUnit: true,
      anchors: AnchorDraw.Request()
    ).compute()
    vectors.seed = trial.seed
    vectors.source = request.anchors?.sets.joined(separator: "+")
    return vectors
  }
}
