import ActivationStore

/// The file that an evaluation is kept in, answer by answer.
public struct EvaluationFile: Sendable {
  public var path: String { file.path }
  private let file: ResumableFile

  public init(path: String, overwrite: Bool, model: StoredModel) {
    file = ResumableFile(path: path, overwrite: overwrite, model: model)
  }

  /// The evaluation as far as the file knows it, or `empty` where it knows none.
  ///
  /// Refuses one of another model or of other settings, unless it may be overwritten.
  public func resume(_ empty: SafetyEvaluation) throws(AnalysisError) -> SafetyEvaluation {
    do throws(StoreError) {
      guard try file.group(SafetyEvaluation.groupName) != nil else { return empty }
    } catch {
      throw .store(error)
    }
    let (found, model) = try SafetyEvaluation.read(path)
    if let other = file.difference(fromModel: model) ?? found.difference(from: empty) {
      throw .safety(
        .otherSettings(
          path: path, setting: other.name, stored: other.stored, given: other.given))
    }
    return found
  }

  public func write(_ found: SafetyEvaluation, provenance: Provenance) throws(AnalysisError) {
    let groups: [ResultGroup]
    do throws(VectorError) { groups = try found.groups(model: file.model) } catch {
      throw .vectors(error)
    }
    do throws(StoreError) { try file.write(groups, provenance: provenance) } catch {
      throw .store(error)
    }
  }

  /// Whether the tables are there, which a run that is stopped at the very end leaves out.
  public func hasTables() throws(StoreError) -> Bool {
    try ResultFile.contains(SafetyFindings.groupName, in: path)
  }

  /// Adds the tables of a finished evaluation.
  public func write(_ findings: SafetyFindings, provenance: Provenance) throws(StoreError) {
    try file.write([findings.group(model: file.model)], provenance: provenance)
  }
}

extension SafetyEvaluation {
  /// The first thing in which two evaluations differ.
  fileprivate func difference(from wanted: SafetyEvaluation) -> SettingDifference? {
    if prompts != wanted.prompts {
      return SettingDifference(
        name: "set of prompts", counts: (prompts.count, wanted.prompts.count), of: "prompt")
    }
    if methods != wanted.methods {
      return SettingDifference(
        name: "list of methods", stored: methods.joined(separator: ", "),
        given: wanted.methods.joined(separator: ", "))
    }
    if trials.count != wanted.trials.count {
      return SettingDifference(
        name: "count of trials", stored: "\(trials.count)", given: "\(wanted.trials.count)")
    }
    if var setting = SettingDifference(stored: settings, given: wanted.settings) {
      setting.name = setting.name.replacing("_", with: " ")
      return setting
    }
    if trials != wanted.trials {
      return SettingDifference(
        name: "draw of prompts", stored: "seed \(trials[0].seed)",
        given: "seed \(wanted.trials[0].seed)")
    }
    if signRule.classifier != wanted.signRule.classifier {
      return SettingDifference(
        name: "classifier", stored: signRule.classifier.rawValue,
        given: wanted.signRule.classifier.rawValue)
    }
    if signRule.threshold != wanted.signRule.threshold {
      return SettingDifference(
        name: "threshold", stored: signRule.threshold.written,
        given: wanted.signRule.threshold.written)
    }
    if hasSteered, signRule.layers != wanted.signRule.layers {
      return SettingDifference(
        name: "set of classifier layers", stored: LayerWindow.listed(signRule.layers),
        given: LayerWindow.listed(wanted.signRule.layers))
    }
    return nil
  }
}
