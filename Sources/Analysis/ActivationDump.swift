import ActivationStore
import ModelLibrary
import Prompts
import SteeringEngine

/// Writes the activations of a prompt set at chosen hook points, layers and positions to HDF5.
public struct ActivationDump: Sendable {
  /// What to read, and how.
  public struct Request: Sendable {
    public var sites: [HookSite]
    /// Block indices, counted from 0; nil means all.
    public var layers: [Int]?
    public var positions: ReadPositions
    public var format: PromptFormat
    /// The number format of the stored activations.
    public var dtype: StoredType

    public init(
      sites: [HookSite], layers: [Int]?, positions: ReadPositions, format: PromptFormat,
      dtype: StoredType
    ) {
      self.sites = sites
      self.layers = layers
      self.positions = positions
      self.format = format
      self.dtype = dtype
    }
  }

  public let plan: RunPlan
  /// The block indices that are stored; empty where no site has blocks.
  public let layers: [Int]
  private let model: LanguageModel
  private let engine: SteeringEngine
  private let request: Request
  private let prompts: [Prompt]
  private let encoded: [EncodedPrompt]
  private let sequences: [TokenSequence]
  private let hooks: [HookPoint]

  /// Tokenizes the prompts, checks the request against the model, and plans the run.
  public init(
    model: LanguageModel, engine: SteeringEngine, prompts: [Prompt], request: Request,
    memoryBudget: Int
  ) throws(AnalysisError) {
    guard !request.sites.isEmpty else { throw .noHooks }
    self.model = model
    self.engine = engine
    self.request = request
    self.prompts = prompts
    layers = try Self.layers(of: request, nLayers: model.config.nLayers)
    hooks = Self.hooks(request.sites, layers: layers)
    encoded = try Self.encode(prompts, model: model, format: request.format)
    sequences = encoded.map {
      TokenSequence(tokens: $0.tokens, readPositions: request.positions.indices(in: $0))
    }
    do throws(EngineError) {
      plan = try engine.plan(sequences, capturing: hooks, memoryBudget: memoryBudget)
    } catch {
      throw .engine(error)
    }
  }

  /// Rows that are stored for every hook site and layer.
  public var storedRows: Int { sequences.reduce(0) { $0 + $1.readPositions.count } }

  /// Bytes of activations in the file.
  public var storedBytes: Int {
    let widths = hooks.reduce(0) {
      $0 + ($1 == .logits ? model.config.dVocab : model.config.dModel)
    }
    return storedRows * widths * (request.dtype == .f16 ? 2 : 4)
  }

  /// Seconds that the run should take, from a timed sample of its own rows.
  public func estimatedSeconds() throws(AnalysisError) -> Double {
    do { return try engine.estimateSeconds(sequences, plan: plan) } catch {
      throw .engine(error)
    }
  }

  /// Runs and writes the file at `path`; `progress` gets the share that is done, in 0...1.
  ///
  /// Nothing is left under `path` unless the run succeeds.
  public func run(
    to path: String, overwrite: Bool, provenance: Provenance,
    shouldStop: @escaping @Sendable () -> Bool, progress: (Double) -> Void
  ) throws(AnalysisError) {
    do {
      let writer = try ActivationWriter(
        path: path, header: try header(provenance), contents: contents(), overwrite: overwrite)
      try engine.run(
        sequences, plan: plan, capturing: hooks, shouldStop: shouldStop, progress: progress,
        passDone: { try writer.markCommitted(prompts: $0) }
      ) { captured in
        try captured.values.withUnsafeBufferPointer { values throws(StoreError) in
          try writer.writeRows(
            hook: captured.hook.site.rawValue, layer: captured.hook.layer,
            prompts: captured.sequences, values: values)
        }
      }
      try writer.finish()
    } catch EngineError.interrupted {
      throw .interrupted(path: path)
    } catch let error as EngineError {
      throw error.naming(
        { (prompts[$0].id, encoded[$0].tokens) }, TokenTexts(model))
    } catch let error as StoreError {
      throw .store(error)
    } catch let error as ModelError {
      throw .model(error)
    } catch let error as AnalysisError {
      throw error
    } catch {
      preconditionFailure("an error of unknown type: \(error)")
    }
  }
}

extension ActivationDump {
  private static func layers(
    of request: Request, nLayers: Int
  ) throws(AnalysisError) -> [Int] {
    guard request.sites.contains(where: \.isPerBlock) else {
      guard request.layers == nil else { throw .layersWithoutBlocks(request.sites) }
      return []
    }
    let layers = Set(request.layers ?? Array(0..<nLayers)).sorted()
    if let wrong = layers.first(where: { !(0..<nLayers).contains($0) }) {
      throw .noSuchLayer(wrong, nLayers: nLayers)
    }
    return layers
  }

  private static func hooks(_ sites: [HookSite], layers: [Int]) -> [HookPoint] {
    sites.flatMap { site in
      site.isPerBlock ? layers.map { site.point(at: $0) } : [site.point(at: 0)]
    }
  }

  /// Tokenizes prompts; an error names the prompt.
  static func encode(
    _ prompts: [Prompt], model: LanguageModel, format: PromptFormat
  ) throws(AnalysisError) -> [EncodedPrompt] {
    let encoder: PromptEncoder
    do throws(ModelError) { encoder = try PromptEncoder(model: model, format: format) } catch {
      throw .model(error)
    }
    var encoded: [EncodedPrompt] = []
    encoded.reserveCapacity(prompts.count)
    for prompt in prompts {
      do throws(ModelError) { encoded.append(try encoder.encode(prompt.text)) } catch {
        throw .prompt(id: prompt.id, error)
      }
      let count = encoded[encoded.count - 1].tokens.count
      guard count <= model.config.nCtx else {
        throw .promptTooLong(id: prompt.id, tokens: count, limit: model.config.nCtx)
      }
    }
    return encoded
  }

  /// As `encode`, for what is steered from the query end on, which has to be marked.
  static func encodeMarked(
    _ prompts: [Prompt], model: LanguageModel, format: PromptFormat
  ) throws(AnalysisError) -> [EncodedPrompt] {
    let encoded = try encode(prompts, model: model, format: format)
    guard encoded.allSatisfy(\.queryEndIsMarked) else { throw .noQueryEnd(model: model.name) }
    return encoded
  }

  private func header(_ provenance: Provenance) throws(ModelError) -> StoreHeader {
    let template = request.format.raw ? nil : model.chatTemplateSource
    return StoreHeader(
      toolVersion: provenance.toolVersion, commandLine: provenance.commandLine,
      created: provenance.created,
      model: try StoredModel(model),
      chatTemplateSHA256: try template.map { (source) throws(ModelError) in
        try FileDigest.sha256(of: source)
      },
      precision: engine.precision.rawValue, dtype: request.dtype, seed: 0, threads: engine.threads)
  }

  private func contents() -> StoreContents {
    let layout: StoreLayout =
      switch request.positions {
      case .named(let positions): .prompt(positions: positions.map(\.rawValue))
      case .all: .token
      }
    return StoreContents(
      prompts: zip(prompts, zip(encoded, sequences)).map { prompt, parts in
        StoredPrompt(
          id: prompt.id, label: prompt.label ?? "", text: prompt.text, tokens: parts.0.tokens,
          positionTokens: layout == .token ? [] : parts.1.readPositions.map(Int32.init))
      },
      hooks: request.sites.map {
        StoredHook(
          name: $0.rawValue, perLayer: $0.isPerBlock, width: $0 == .logits ? .dVocab : .dModel)
      },
      layers: layers, layout: layout)
  }
}
