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
  ///
  /// `progress` gets the share of prompts that are tokenized, which for millions takes a minute.
  public init(
    model: LanguageModel, engine: SteeringEngine, prompts: [Prompt], request: Request,
    memoryBudget: Int, shouldStop: () -> Bool = { false },
    progress: (Double) -> Void = { _ in }
  ) throws(AnalysisError) {
    guard !request.sites.isEmpty else { throw .noHooks }
    self.model = model
    self.engine = engine
    self.request = request
    self.prompts = prompts
    layers = try Self.layers(of: request, nLayers: model.config.nLayers)
    hooks = Self.hooks(request.sites, layers: layers)
    encoded = try model.encode(
      prompts, format: request.format, shouldStop: shouldStop, progress: progress)
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
    let header: StoreHeader
    do throws(ModelError) { header = try self.header(provenance) } catch { throw .model(error) }
    do throws(RunError<StoreError>) {
      try run(
        to: path, header: header, overwrite: overwrite, shouldStop: shouldStop, progress: progress)
    } catch {
      switch error {
      case .engine(.interrupted): throw .interrupted(path: path)
      case .engine(let error):
        throw error.naming({ (prompts[$0].id, encoded[$0].tokens) }, TokenTexts(model))
      case .handler(let error): throw .store(error)
      }
    }
  }

  private func run(
    to path: String, header: StoreHeader, overwrite: Bool,
    shouldStop: @escaping @Sendable () -> Bool,
    progress: (Double) -> Void
  ) throws(RunError<StoreError>) {
    let writer: ActivationWriter
    do throws(StoreError) {
      writer = try ActivationWriter(
        path: path, header: header, contents: contents(), overwrite: overwrite)
    } catch {
      throw .handler(error)
    }
    try engine.run(
      sequences, plan: plan, capturing: hooks, shouldStop: shouldStop, progress: progress,
      passDone: { (prompts) throws(StoreError) in try writer.markCommitted(prompts: prompts) }
    ) { (captured) throws(StoreError) in
      try captured.values.withUnsafeBufferPointer { (values) throws(StoreError) in
        try writer.writeRows(
          hook: captured.hook.site.rawValue, layer: captured.hook.layer,
          prompts: captured.sequences, values: values)
      }
    }
    do throws(StoreError) { try writer.finish() } catch { throw .handler(error) }
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

  private func header(_ provenance: Provenance) throws(ModelError) -> StoreHeader {
    return StoreHeader(
      toolVersion: provenance.toolVersion, commandLine: provenance.commandLine,
      created: provenance.created,
      model: try StoredModel(model),
      chatTemplateSHA256: request.format.raw ? nil : try model.chatTemplateSHA256(),
      precision: engine.precision.rawValue, dtype: request.dtype, seed: 0, threads: engine.threads,
      settings: provenance.settings)
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
