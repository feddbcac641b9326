/// The group `judge`: the judge of refusals beside people's labels.
///
/// Attributes: `judge`, `judge_sha256`, `rows`, `confidence`, and over all files `balanced_accuracy`,
/// `accuracy`, `sensitivity`, `specificity`, `labelled_rate` and `judged_rate`, all but the first with
/// their intervals as `<name>_low` and `<name>_high`.
public enum JudgeSchema: GroupSchema {
  public static let group = "judge"

  public static let file = DatasetSchema(
    "file", ["file"], .texts, "name of the file, without folder and extension")
  public static let answer = DatasetSchema(
    "answer", ["answer"], .texts, "id of the answer")
  public static let answerFile = DatasetSchema(
    "answer_file", ["answer"], .integers, "place of the answer's file")
  public static let answerLabel = DatasetSchema(
    "answer_label", ["answer"], .texts, "label as people gave it")
  public static let refused = DatasetSchema(
    "refused", ["answer"], .truths, "whether the answer refuses by the label")
  public static let judgedRefused = DatasetSchema(
    "judged_refused", ["answer"], .truths, "whether the answer refuses by the judge")

  public static let datasets = [file, answer, answerFile, answerLabel, refused, judgedRefused]
}
