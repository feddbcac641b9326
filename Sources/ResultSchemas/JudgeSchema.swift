/// The group `judge`: the judge of refusals beside people's labels.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `file` | file | UTF-8 | names without folder and extension |
/// | `answer_file` | answer | int64 | the place of its file |
/// | `answer`, `answer_label` | answer | UTF-8 | ids, and labels as people gave them |
/// | `refused`, `judged_refused` | answer | int64 | 1 for a refusal, by the label and by the judge |
///
/// Attributes: `judge`, `judge_sha256`, `rows`, `confidence`, and over all files `balanced_accuracy`,
/// `accuracy`, `sensitivity`, `specificity`, `labelled_rate` and `judged_rate`, all but the first with
/// their intervals as `<name>_low` and `<name>_high`.
public enum JudgeSchema: GroupSchema {
  public static let group = "judge"

  public static let file = DatasetSchema("file", ["file"], .texts)
  public static let answer = DatasetSchema("answer", ["answer"], .texts)
  public static let answerFile = DatasetSchema("answer_file", ["answer"], .integers)
  public static let answerLabel = DatasetSchema("answer_label", ["answer"], .texts)
  public static let refused = DatasetSchema("refused", ["answer"], .integers)
  public static let judgedRefused = DatasetSchema("judged_refused", ["answer"], .integers)

  public static let datasets = [file, answer, answerFile, answerLabel, refused, judgedRefused]
}
