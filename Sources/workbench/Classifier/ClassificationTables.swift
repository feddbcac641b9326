import Analysis

/// What `workbench classify` prints.
struct ClassificationTables {
  private let found: Classification

  init(_ found: Classification) { self.found = found }

  func show() {
    let unsafe = found.unsafeDecisions
    printLine(
      "\(counted(found.prompts.count, "prompt")): \(unsafe) unsafe, "
        + "\(found.prompts.count - unsafe) safe, by \(found.source), threshold "
        + decimals(found.threshold)
        + (found.anchorAccuracy.map {
          " from the anchors (balanced accuracy \(decimals($0)) there)"
        } ?? ""))
    showCosines()
    if let quality = found.quality {
      showQuality(quality)
    } else {
      note(
        "no figures, since not both labels '\(found.safeLabel)' and '\(found.unsafeLabel)' occur")
    }
  }

  private func showCosines() {
    printLine("\nmean cosine of transitions with d_harm")
    let header = found.labelCosines.map { cosines in
      "\(cosines.label.isEmpty ? "no label" : cosines.label) (\(cosines.count))"
    }
    let rows = found.layers.indices.map { index in
      ["\(found.layers[index])"] + found.labelCosines.map { decimals($0.means[index]) }
    }
    printTable(["layer"] + header, rows, rightAligned: Set(0...header.count))
  }

  /// What the figures are over, where that is not all prompts, seen by nobody.
  private var sample: String {
    switch found.sample {
    case .heldOut:
      found.anchorCount == 0
        ? "" : "; \(counted(found.anchorCount, "anchor")) of the vectors left out"
    case .inSample: "; in sample: the vectors were made from these prompts"
    case .unknown: "; perhaps in sample: the vectors do not say from what prompts they were made"
    }
  }

  private func showQuality(_ quality: ClassifierQuality) {
    let percent = Int((100 * quality.resampling.confidence).rounded())
    printLine(
      "\nagreement with \(quality.safeCount) safe (positive) and \(quality.unsafeCount) unsafe "
        + "labels" + sample)
    printTable(
      ["figure", "value", "\(percent)% interval"],
      quality.estimates.map { estimate in
        [
          estimate.name, estimate.value.map { decimals($0) } ?? "undefined",
          estimate.interval.map { "\(decimals($0.low)) to \(decimals($0.high))" } ?? "undefined",
        ]
      }, rightAligned: [1])
  }
}
