import ActivationStore
import Analysis
import Foundation
import ModelLibrary
import SteeringEngine

/// What the commands that measure a capability share: model, engine, steering and output, all checked
/// before any work is done.
struct CapabilityTask {
  let model: LanguageModel
  let engine: SteeringEngine
  let rule: SteeringRule?
  private let stored: StoredModel
  private let results: ResultOptions
  private let csv: CSVFile?
  private let tables: TableFiles
  private let started = Date()

  /// `group` is what the output will hold; `inputs` are the files that the command reads besides
  /// model and vectors.
  init(
    _ group: String, model: ModelOptions, steering: OptionalSteeringOptions,
    engine: EngineOptions, results: ResultOptions, tables: TableFileOptions, inputs: [String]
  ) throws {
    Interruption.listen()
    self.results = results
    let inputs = inputs + [steering.steer].compactMap { $0 }.filter { $0 != results.output }
    if let output = results.output { try expectOther(output, than: inputs) }
    try results.expectRoom(for: group)
    self.model = try model.open()
    csv = try results.openCSV(reading: [self.model.path] + inputs)
    self.tables = try tables.open(
      reading: [self.model.path] + inputs, overwrite: results.force)
    stored = try StoredModel(self.model)
    rule = try steering.open(for: stored)
    self.engine = try engine.makeEngine(self.model, keepingWeights: true)
  }

  /// What every group of results says: the model, the precision and the steering.
  var attributes: [String: ResultValue] {
    stored.attributes.merging(rule?.attributes ?? [:]) { $1 }
      .merging(["precision": .text(engine.precision.rawValue)]) { $1 }
  }

  /// The steering in words, for a headline; `positions` says where it begins.
  func steeringLine(_ positions: String) -> String {
    guard let rule else { return "" }
    return
      "\nsteered: layers \(LayerWindow.listed(rule.addition.layers)) \(positions), \(rule.summary)"
      + (rule.shareSummary.map { "\n" + $0 } ?? "")
  }

  /// Writes what was found to the files that were asked for, and prints it.
  func put(
    _ group: ResultGroup, csv table: (header: [String], rows: [[String]]),
    table shown: TitledTable, json: some Encodable
  ) throws {
    try noteUsage(of: engine)
    if let output = results.output {
      try ResultFile.write(
        [group], to: output, provenance: .thisRun(started: started), overwrite: results.force)
    }
    try csv?.write(table.header, table.rows)
    try tables.write([shown])
    if results.json { try printJSON(json) } else { shown.show() }
  }
}
