import ActivationStore
import Analysis
import Foundation
import Numerics
import Testing

@Suite struct ClassificationTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func found(
    _ states: SyntheticStates = SyntheticStates(), threshold: Double = 0.65
  ) throws -> Classification {
    let full = try SyntheticStates().write(to: folder.path("full.h5"))
    let vectors = try RefusalVectors(
      full, kind: .meanDifference, isUnit: true, anchors: AnchorDraw.Request()
    ).compute()
    let classifier = try HarmClassifier(
      vectors: vectors, path: "v.h5", layers: nil, threshold: .value(threshold))
    let reader = try states.write(to: folder.path("states.h5"))
    return try Classification(classifier.classify(reader), by: classifier)
  }

  /// Sixty scores with ties; figures of scikit-learn 1.9.1, positive class safe, score 1 - s.
  @Test func figuresAreThoseOfScikitLearn() throws {
    let scores = (0..<60).map { (i: Int) in Double((i * i * 7 + i * 13) % 41) / 40 }
    let isSafe = (0..<60).map { (i: Int) in (i * 5 + i * i) % 7 < 3 }
    let quality = try #require(
      ClassifierQuality(
        scores: scores, isSafe: isSafe, decidedSafe: scores.map { $0 < 0.5 },
        resampling: ClassifierQuality.Resampling(count: 4000)))
    #expect(quality.safeCount == 34 && quality.unsafeCount == 26)
    #expect(
      quality.estimates.map(\.name) == [
        "precision", "recall", "f1", "auprc_trapezoid", "average_precision", "roc_auc",
      ])
    let expected = [
      0.5925925925925926, 0.47058823529411764, 0.5245901639344263, 0.5560559098162499,
      0.5473168919621717, 0.4807692307692308,
    ]
    #expect(largestDifference(quality.estimates.compactMap(\.value), expected) < 1e-14)
    // 20000 resamples of numpy's generator give 0.332 to 0.630; the error of 4000 is about 0.003.
    let interval = try #require(quality.estimates[5].interval)
    #expect(abs(interval.low - 0.332) < 0.012 && abs(interval.high - 0.630) < 0.012)
  }

  @Test func figuresNeedBothClasses() {
    let resampling = ClassifierQuality.Resampling()
    #expect(
      ClassifierQuality(
        scores: [1, 2], isSafe: [true, true], decidedSafe: [true, false], resampling: resampling)
        == nil)
  }

  @Test func promptsOfOtherLabelsDoNotCountInTheFigures() throws {
    let found = try found()
    let quality = try #require(found.quality)
    #expect(quality.safeCount == 4 && quality.unsafeCount == 5)
    // p0 scores 0.629, so it is called safe: 4 of 5 are, and all 4 safe ones.
    #expect(quality.estimates[0].value == 0.8 && quality.estimates[1].value == 1)
    #expect(quality.estimates[5].value == 1)
    #expect(found.unsafeDecisions == 4)
  }

  @Test func everyLabelHasItsMeanCosinesPerLayer() throws {
    let lines = try found().labelCosines
    #expect(lines.map(\.label) == ["other", "safe", "unsafe"])
    #expect(lines.map(\.count) == [1, 4, 5])
    let other = [-0.06274796363968595, -0.5506640491677112]
    #expect(largestDifference(lines[0].means, other) < 1e-14)
    let safe = [-0.34817279434258486, 0.27676733952335925]
    #expect(largestDifference(lines[1].means, safe) < 1e-7)
  }

  @Test func withoutLabelsThereAreScoresAndDecisions() throws {
    var states = SyntheticStates()
    states.labels = Array(repeating: "", count: 10)
    let found = try found(states)
    #expect(found.quality == nil && found.prompts.count == 10)
    #expect(found.labelCosines.map(\.label) == [""])
    let group = found.group(source: "s", vectors: "v")
    #expect(group.attributes["roc_auc"] == nil && group.attributes["threshold"] == .number(0.65))
  }

  @Test func aPrecisionOfNothingIsAbsent() throws {
    let found = try found(threshold: -1)
    #expect(try #require(found.quality).estimates[0].value == nil)
    let attributes = found.group(source: "s", vectors: "v").attributes
    #expect(attributes["precision"] == nil && attributes["recall"] == .number(0))
    let json = String(decoding: try JSONEncoder().encode(found), as: UTF8.self)
    #expect(json.contains(#"{"name":"precision"}"#))
  }

  @Test func theGroupGivesBackScoresAndFigures() throws {
    let found = try found()
    let group = found.group(source: "states.h5", vectors: "v.h5")
    let path = folder.path("result.h5")
    let provenance = Provenance(toolVersion: "1", commandLine: "t", created: Date())
    try ResultFile.write([group], to: path, provenance: provenance, overwrite: false)
    let read = try ResultFile.read("classifier", from: path)
    #expect(read == group)
    let scores = try #require(read.datasets.first { $0.name == "score" })
    #expect(scores.values == .doubles(found.prompts.map(\.score)))
    #expect(read.attributes["roc_auc"] == .number(1))
    #expect(read.attributes["source"] == .text("states.h5"))
  }
}
