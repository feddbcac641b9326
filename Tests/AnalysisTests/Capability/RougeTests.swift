import Analysis
import Testing

/// Against PyPI rouge-score 0.1.2, `RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)`.
@Suite("ROUGE")
struct RougeTests {
  private static let golden: [(summary: String, reference: String, scores: [[Double]])] = [
    (
      "The committee will vote on the new bridge next week.",
      "A vote on the bridge is planned for next week, the committee said.",
      [
        [0.8, 0.6153846154, 0.6956521739], [0.4444444444, 0.3333333333, 0.3809523810],
        [0.6, 0.4615384615, 0.5217391304],
      ]
    ),
    (
      "Rain, rain, and more rain: the match was off.",
      "The match was called off because of rain.",
      [
        [0.5555555556, 0.625, 0.5882352941], [0.25, 0.2857142857, 0.2666666667],
        [0.4444444444, 0.5, 0.4705882353],
      ]
    ),
    (
      "the the the the", "the cat and the dog",
      [[0.5, 0.4, 0.4444444444], [0, 0, 0], [0.5, 0.4, 0.4444444444]]
    ),
    (
      "Completely different words here", "No overlap at all, none",
      [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
    ),
    ("", "An empty summary has nothing to compare.", [[0, 0, 0], [0, 0, 0], [0, 0, 0]]),
    (
      "Über 3,000 people came to Zürich's café.",
      "More than 3,000 people came to a cafe in Zurich.",
      [
        [0.5, 0.4545454545, 0.4761904762], [0.4444444444, 0.4, 0.4210526316],
        [0.5, 0.4545454545, 0.4761904762],
      ]
    ),
    (
      "police arrested the suspect after a long chase",
      "after a long chase the police arrested the suspect",
      [
        [1, 0.8888888889, 0.9411764706], [0.8571428571, 0.75, 0.8],
        [0.5, 0.4444444444, 0.4705882353],
      ]
    ),
    ("One. Two. Three four.", "one two\nthree FOUR", [[1, 1, 1], [1, 1, 1], [1, 1, 1]]),
  ]

  @Test("Precision, recall and F are rouge-score's", arguments: golden.indices)
  func scores(index: Int) {
    let (summary, reference, expected) = Self.golden[index]
    let found = Rouge(summary: summary, reference: reference).scores
    #expect(found.count == Rouge.names.count)
    for (score, numbers) in zip(found, expected) {
      for (value, number) in zip([score.precision, score.recall, score.f], numbers) {
        #expect(abs(value - number) < 1e-9)
      }
    }
  }
}
