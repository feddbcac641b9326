import ModelLibrary
import SteeringEngine

extension LayerSweep {
  /// What a sweep is going to cost.
  public struct Plan: Sendable {
    public var points: Int
    /// Prompt tokens, once for every point and once unablated.
    public var tokens: Int
    /// Rows that are computed for them, after sharing.
    public var rows: Int
    /// Tokens of the perplexity text, likewise; 0 without one.
    public var textTokens: Int
    /// Answer tokens at most; 0 without answers.
    public var answerTokens: Int
    /// For prompts and text, from a timed sample; answers are not in it.
    public var seconds: Double
  }

  /// Counts what is left to do of `found`, and times a sample.
  public func plan(_ found: Ablation) throws(AnalysisError) -> Plan {
    let hooks = [HookPoint.residPost(engine.config.nLayers - 1)]
    let interventions = try PointInterventions(
      for: request.points, vectors: request.vectors, sites: request.sites, means: nil)
    var plan = Plan(points: 0, tokens: 0, rows: 0, textTokens: 0, answerTokens: 0, seconds: 0)
    do throws(EngineError) {
      for (number, batch) in batches(of: found).enumerated() {
        let points: [AblationPoint?] = batch.map { $0.map { request.points[$0] } }
        let variants = Self.variants(of: points.map { $0?.counted }, hasUnablated: number > 0)
        let sequences = sequences(under: variants, interventions)
        let run = try engine.plan(sequences, capturing: hooks, memoryBudget: memoryBudget)
        plan.points += points.count { $0 != nil }
        plan.tokens += run.tokenCount
        plan.rows += run.rowCount
        plan.seconds += try engine.estimateSeconds(sequences, plan: run)
        plan.textTokens += (text?.tokenCount ?? 0) * points.count
        plan.answerTokens +=
          (request.answers?.options.maxNewTokens ?? 0) * points.count * prompts.count
      }
    } catch {
      throw .engine(error)
    }
    if plan.rows > 0 { plan.seconds *= Double(plan.rows + plan.textTokens) / Double(plan.rows) }
    return plan
  }

  /// What the numbers depend on besides prompts and points.
  func settings() throws(AnalysisError) -> [String: String] {
    var settings: [String: String] = [
      "positions": request.positions.rawValue, "precision": engine.precision.rawValue,
      "sites": request.sites.map(\.rawValue).joined(separator: ","),
      "system": request.format.system ?? "", "response": request.format.response,
      "raw": request.format.raw ? "yes" : "no",
    ]
    do throws(ModelError) {
      settings.merge(try model.textSettings()) { own, _ in own }
      if let vectors = request.vectors?.set {
        settings["vectors_sha256"] = try vectors.digest()
      }
      if let path = request.textPath {
        settings["text_sha256"] = try FileDigest().sha256(ofFile: path)
      }
    } catch {
      throw .model(error)
    }
    if let answers = request.answers {
      settings["max_new_tokens"] = "\(answers.options.maxNewTokens)"
      settings["repetition_penalty"] = "\(answers.options.repetitionPenalty)"
      settings["judge"] = answers.judge.name
      settings["judge_sha256"] = answers.judge.sha256
    }
    return settings
  }
}

extension AblationPoint {
  /// A point that costs the same and needs no means.
  fileprivate var counted: AblationPoint {
    mode == .mean ? AblationPoint(mode: .zero, window: window) : self
  }
}
