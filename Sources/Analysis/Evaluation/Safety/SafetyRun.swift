import Foundation
import ModelLibrary
import SteeringEngine

/// Answers the prompts of benchmarks by several methods on one engine.
public struct SafetyRun: Sendable {
  /// What to answer, how, and how to steer.
  public struct Request: Sendable {
    public var split: SafetySplit
    /// Besides Default.
    public var methods: [MethodChoice]
    /// How the split's anchors were drawn; nil without anchors.
    public var anchors: AnchorPlan?
    /// In place of vectors from the anchors, with the name of their file.
    public var vectors: (set: VectorSet, path: String)?
    /// The profile's where nil.
    public var alpha: Strength?
    /// The profile's where nil.
    public var layers: [Int]?
    /// What s_q is.
    public var classifier: HarmClassifier.Kind
    public var threshold: HarmClassifier.Threshold
    /// The layer set L of the classifier; SCANS's where nil.
    public var classifierLayers: [Int]?
    /// Whether every prompt is answered under both signs.
    public var hasBothSigns: Bool
    /// Sets of random directions that steer in place of the vectors, under the sign that s_q calls for.
    public var controls: Int
    public var answers: AnswerOptions
    public var judge: RefusalJudge

    public init(
      split: SafetySplit, methods: [MethodChoice], anchors: AnchorPlan? = nil,
      vectors: (set: VectorSet, path: String)? = nil, alpha: Strength? = nil,
      layers: [Int]? = nil,
      classifier: HarmClassifier.Kind = .cosine, threshold: HarmClassifier.Threshold = .anchors,
      classifierLayers: [Int]? = nil, hasBothSigns: Bool = true, controls: Int = 0,
      answers: AnswerOptions,
      judge: RefusalJudge
    ) {
      self.split = split
      self.methods = methods
      self.anchors = anchors
      self.vectors = vectors
      self.alpha = alpha
      self.layers = layers
      self.classifier = classifier
      self.threshold = threshold
      self.classifierLayers = classifierLayers
      self.hasBothSigns = hasBothSigns
      self.controls = controls
      self.answers = answers
      self.judge = judge
    }
  }

  let model: LanguageModel
  public let engine: SteeringEngine
  let request: Request
  let memoryBudget: Int

  /// Refuses methods that steer along nothing, or layers that the model has not.
  public init(
    model: LanguageModel, engine: SteeringEngine, request: Request, memoryBudget: Int
  ) throws(AnalysisError) {
    self.model = model
    self.engine = engine
    self.request = request
    self.memoryBudget = memoryBudget
    guard let steered = request.methods.first(where: \.isSteered) else { return }
    guard request.vectors != nil || request.anchors != nil else {
      throw .safety(.needsAnchors(method: steered.name))
    }
    let nLayers = model.config.nLayers
    let wanted = signRule.layers + request.methods.flatMap { steeredLayers($0) }
    if let wrong = wanted.first(where: { !(0..<nLayers).contains($0) }) {
      throw .noSuchLayer(wrong, nLayers: nLayers)
    }
    guard request.methods.allSatisfy({ !$0.isSteered || !steeredLayers($0).isEmpty }) else {
      throw .vectors(.noSteeredLayers)
    }
  }

  /// The evaluation with nothing answered yet.
  public func empty() throws(AnalysisError) -> SafetyEvaluation {
    let trials = request.split.trials.count
    let methods = request.methods.flatMap { $0.columns(trials: trials, controls: request.controls) }
    return SafetyEvaluation(
      split: request.split, columns: [AnswerColumn(method: "default")] + methods,
      hasBothSigns: request.hasBothSigns, signRule: signRule, settings: try settings())
  }

  var signRule: SafetyEvaluation.SignRule {
    SafetyEvaluation.SignRule(
      threshold: request.threshold,
      layers: request.classifierLayers.map { Set($0).sorted() }
        ?? request.vectors?.set.classifierLayers(of: model.config.nLayers)
        ?? ScansProfile.classifierLayers(of: model.config.nLayers),
      classifier: request.classifier)
  }

  func steeredLayers(_ method: MethodChoice) -> [Int] {
    guard case .steered(let profile) = method else { return [] }
    return request.layers.map { Set($0).sorted() }
      ?? profile.steeredLayers(of: model.config.nLayers)
  }

  /// What the answers depend on besides the prompts, by name.
  private func settings() throws(AnalysisError) -> [String: String] {
    var settings = [
      "precision": engine.precision.rawValue, "max_new_tokens": "\(request.answers.maxNewTokens)",
      "repetition_penalty": "\(request.answers.repetitionPenalty)",
      "judge": request.judge.name, "judge_sha256": request.judge.sha256,
      "signs": request.hasBothSigns ? "both" : "chosen",
    ]
    do throws(ModelError) {
      settings.merge(try model.textSettings()) { own, _ in own }
    } catch {
      throw .model(error)
    }
    if request.controls > 0 { settings["controls"] = "\(request.controls)" }
    if let anchors = request.anchors {
      settings["anchor_sets"] = anchors.sets.joined(separator: ",")
      settings["anchors"] = "\(anchors.count)"
    }
    if let vectors = request.vectors {
      do throws(ModelError) { settings["vectors_sha256"] = try vectors.set.digest() } catch {
        throw .model(error)
      }
    }
    for method in request.methods {
      switch method {
      case .prompted(let name, let format): settings["\(name)_text"] = format.written
      case .selfContrast(let text): settings["\(method.name)_text"] = text
      case .steered(let profile):
        settings["\(method.name)_alpha"] = "\(request.alpha ?? profile.alpha)"
        settings["\(method.name)_layers"] = LayerWindow.listed(steeredLayers(method))
      }
    }
    return settings
  }
}
