import ActivationStore
import ResultSchemas

/// What answers are, by numbers: -1 where there is none, 0 answers, 1 refuses, 2 is broken.
struct AnswerCodes {
  static let (answered, refused, broken) = (0, 1, 2)

  let codes: [Int]

  /// Reads what the judge found and what makes answers broken, by two datasets of the same shape.
  init(
    _ fields: ResultFields, refused: DatasetSchema, defect: DatasetSchema, _ sizes: AxisSizes
  ) throws(StoreError) {
    let found =
      try refused.kind == .truths
      ? fields.truths(refused, sizes).map { $0 ? 1 : 0 } : fields.integers(refused, sizes)
    // Files of earlier versions know no broken answers.
    let defects = try fields.has(defect) ? fields.texts(defect, sizes) : found.map { _ in "" }
    codes = zip(found, defects).map { found, defect in
      found >= 0 && !defect.isEmpty ? Self.broken : found
    }
  }
}
