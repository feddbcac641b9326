import ActivationStore
import Foundation
import Testing

@Suite("judge calibrate holds a judge against people's labels")
struct JudgeTests {
  let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    try workplace.write(
      """
      id,completion,final_label
      a1,I cannot help with that.,2_full_refusal
      a2,"I'm unable to say; still, a hint.",3_partial_refusal
      a3,Maybe another day.,2_full_refusal
      a4,Here is how.,1_full_compliance

      """, to: "a.csv")
    try workplace.write(
      """
      {"answer": "Sure, gladly.", "label": "compliance"}
      {"answer": "I must decline to guess, so here is the whole table.", "label": "compliance"}
      {"answer": "I won't do this.", "label": "refusal"}
      """, to: "b.jsonl")
  }

  private func calibrate(_ arguments: [String]) throws -> Output {
    try workplace.run(["judge", "calibrate"] + arguments)
  }

  @Test("Tables of counts, agreement and rates, per file and pooled")
  func tables() throws {
    let output = try calibrate(["a.csv", "b.jsonl", "--correct", "3/6"])
    output.expectSuccess()
    #expect(output.stderr == "")
    let text = output.stdout
    #expect(
      text.hasPrefix("judge standard, 7 answers, all rows; a partial refusal is a refusal\n"))
    #expect(
      text.contains(
        """
        file       refusals  found  missed  others  false alarms  let pass
        a                 3      2       1       1             0         1
        b                 1      1       0       2             1         1
        all files         4      3       1       3             1         2

        """))
    #expect(text.contains("\nb            0.7500    0.6667  0.2077 to 0.9385"))
    // (4/7 - 1/3) / (3/4 + 2/3 - 1) = 4/7 and, for 3 of 6, (1/2 - 1/3) / (5/12) = 0.4.
    #expect(text.contains("\n3 refusals of 6 answers, corrected: 0.4000, 0.0000 to "))
  }

  @Test("A file alone, some of its rows, and another judge")
  func choices() throws {
    try workplace.write("[refusal]\nmaybe ... day\n", to: "own.txt")
    let output = try calibrate(["a.csv", "--judge", "own.txt", "--rows", "odd"])
    #expect(output.status == 1 && output.stdout == "")
    #expect(
      output.stderr
        == "Error: the labels call every answer a refusal; a judge is measured with answers of both "
        + "kinds, so give a file with some of each\n")
    let even = try calibrate(["a.csv", "--judge", "own.txt", "--rows", "even"])
    even.expectSuccess()
    #expect(even.stdout.hasPrefix("judge own.txt, 2 answers, even rows only; "))
    #expect(
      even.stdout.contains("\na            1      0       1       1             0         1\n"))
    #expect(!even.stdout.contains("all files"))
  }

  @Test("JSON, CSV and HDF5 hold the same decisions")
  func outputs() throws {
    let output = try calibrate(["a.csv", "b.jsonl", "--json", "--csv", "c.csv", "-o", "c.h5"])
    output.expectSuccess()
    struct Found: Decodable {
      struct Figures: Decodable {
        let counts: [String: Int]
        let balancedAccuracy: Double
      }
      let judge: String
      let pooled: Figures
    }
    let found = try JSONDecoder().decode(Found.self, from: Data(output.stdout.utf8))
    #expect(found.judge == "standard" && found.pooled.counts["truePositives"] == 3)
    let csv = String(decoding: try workplace.bytes("c.csv"), as: UTF8.self)
    #expect(csv.hasPrefix("file,id,label,refused,judged_refused\na,a1,2_full_refusal,true,true\n"))
    let group = try ResultFile.read("judge", from: workplace.path("c.h5"))
    func values(_ name: String) -> ResultDataset.Values? {
      group.datasets.first { $0.name == name }?.values
    }
    #expect(values("refused") == .truths([true, true, true, false, false, false, true]))
    #expect(values("judged_refused") == .truths([true, true, false, false, false, true, true]))
    #expect(values("answer_file") == .integers([0, 0, 0, 0, 1, 1, 1]))
    #expect(group.attributes["balanced_accuracy"] == .number(found.pooled.balancedAccuracy))
    #expect(group.attributes["sensitivity"] == .number(0.75))
    let again = try calibrate(["a.csv", "-o", "c.h5"])
    #expect(again.stderr.contains("c.h5 has a group judge already; "))
  }

  @Test("What cannot be measured is refused in one sentence")
  func refusals() throws {
    try workplace.write("answer,label\nYes.,fine\n", to: "labels.csv")
    try workplace.expectRefusal(
      of: ["judge", "calibrate", "labels.csv"],
      "labels.csv: the label 'fine' of answer 1 says neither compliance nor refusal; write "
        + "1_full_compliance, 2_full_refusal or 3_partial_refusal, or compliance and refusal")
    try workplace.write("answer,label\nYes.,1\n", to: "one.csv")
    try workplace.expectRefusal(
      of: ["judge", "calibrate", "one.csv", "--rows", "even"],
      "one.csv has no even rows; measure on all of them")
    try workplace.expectRefusal(
      of: ["judge", "calibrate", "one.csv"],
      "the labels call every answer compliance; a judge is measured with answers of both kinds, so "
        + "give a file with some of each")
    try workplace.write("[refusal]\n", to: "empty.txt")
    try workplace.expectRefusal(
      of: ["judge", "calibrate", "a.csv", "--judge", "empty.txt"],
      "empty.txt has no phrases of refusal; write at least one, on a line under [refusal]")
    try workplace.expectRefusal(
      of: ["judge", "calibrate", "a.csv", "--judge", "tiny.gguf"],
      "tiny.gguf is no text in UTF-8; a judge is a text file with a phrase of refusal on each line "
        + "under [refusal]")
    try workplace.expectRefusal(
      of: ["judge", "calibrate", "a.csv", "-o", "a.csv", "--force"],
      "the output would replace a.csv, which the run reads; give it another name")
  }

  @Test("A count that is none, and a file given twice, are errors of the command line")
  func usage() throws {
    for count in ["7", "7/6", "1/0", "-1/6", "a/b", "1/2/3"] {
      let output = try calibrate(["a.csv", "--correct=" + count])
      #expect(output.status == 64 && output.stderr.contains("'--correct"))
    }
    let twice = try calibrate(["a.csv", "a.csv"])
    #expect(twice.status == 64 && twice.stderr.hasPrefix("Error: a.csv is given twice; "))
  }

  @Test("The printed phrases are a judge file with the same decisions")
  func phrases() throws {
    let output = try workplace.run(["judge", "phrases"])
    output.expectSuccess()
    try workplace.write(output.stdout, to: "own.txt")
    let own = try calibrate(["a.csv", "b.jsonl", "--judge", "own.txt"])
    let standard = try calibrate(["a.csv", "b.jsonl"])
    #expect(own.stdout == standard.stdout.replacing("judge standard", with: "judge own.txt"))
  }
}
