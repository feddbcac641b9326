import Analysis
import Foundation
import ModelLibrary
import Prompts
import SteeringEngine
import Testing

@Suite("MMLU")
struct MMLUTests {
  private let fixture: CapabilityFixture

  init() throws { fixture = try CapabilityFixture() }

  private static func question(_ text: String, answer: Int = 0) -> ChoiceQuestion {
    ChoiceQuestion(question: text, choices: ["a", "x", "the", "in"], answer: answer)
  }

  private let subjects = [
    MMLUSubject(
      name: "a_b", examples: [question("e?", answer: 3)],
      questions: [question("kill?"), question("out?", answer: 1)])
  ]

  private func findings(
    _ subjects: [MMLUSubject], shots: Int = 1, rule: SteeringRule? = nil
  ) throws -> MMLUFindings {
    let model = try fixture.model(context: 256)
    let engine = try SteeringEngine(checkpoint: model.checkpoint, precision: .f32, threads: 2)
    return try MMLU(
      model: model, engine: engine, rule: rule, shots: shots,
      memoryBudget: .max / 4
    ).run(subjects)
  }

  private func tokens(_ text: String) throws -> [Int32] {
    try fixture.model.tokenizer.encode(text)
  }

  /// What the model says of the letters' tokens after a prompt.
  private func expected(_ prompt: String, _ letters: [Int], _ steering: [Intervention]) throws
    -> [Double]
  {
    let found = try fixture.logProbabilities(after: tokens(prompt + " "), steering)
    return letters.map { found[$0] }
  }

  private static let head =
    "The following are multiple choice questions (with answers) about  a b.\n\n"
  private static let choices = "\nA. a\nB. x\nC. the\nD. in\nAnswer:"

  @Test("Prompts are in the authors' words, answers the log-probabilities of the letters")
  func words() throws {
    let found = try findings(subjects)
    // This tokenizer has no token for a space and a letter, so the space goes into the prompt.
    #expect(found.letterTexts == ["A", "B", "C", "D"])
    for (question, text) in zip(found.questions, ["kill?", "out?"]) {
      let prompt = Self.head + "e?" + Self.choices + " D\n\n" + text + Self.choices
      let letters = try expected(prompt, found.letterTokens, [])
      for (value, number) in zip(question.logProbabilities[0], letters) {
        #expect(abs(value - number) < 1e-5)
      }
      #expect(question.shots == 1 && question.subject == "a_b")
      #expect(
        question.chosen(variant: 0) == letters.indices.max { letters[$0] < letters[$1] })
    }
    #expect(found.questions.map(\.answer) == [0, 1] && found.questions.map(\.number) == [1, 2])
  }

  @Test("The profiles steer all positions, or the last one")
  func steering() throws {
    for (profile, isEverywhere) in [(ScansProfile.repository, true), (.paper, false)] {
      let found = try findings(subjects, shots: 0, rule: fixture.rule(profile: profile))
      let prompt = Self.head + "kill?" + Self.choices
      let start = isEverywhere ? 0 : try tokens(prompt + " ").count - 1
      let letters = try expected(prompt, found.letterTokens, fixture.steering(from: start))
      for (value, number) in zip(found.questions[0].logProbabilities[1], letters) {
        #expect(abs(value - number) < 1e-5)
      }
      #expect(found.questions[0].logProbabilities[0] != found.questions[0].logProbabilities[1])
    }
  }

  @Test("Examples are dropped from the end until the prompt fits the context")
  func context() throws {
    var subject = subjects[0]
    let long = String(repeating: "the kill in ", count: 20)
    subject.examples = [Self.question("e?"), Self.question(long), Self.question(long)]
    let found = try findings([subject], shots: 3)
    #expect(found.questions.allSatisfy { $0.shots < 3 })
    subject.questions = [Self.question(String(repeating: long, count: 10))]
    #expect(
      sentence { _ = try findings([subject]) }
        == "question 1 of a_b does not fit a context of 256 tokens even without examples; take it "
        + "out of the file, or take a model with a longer context")
  }

  @Test("Accuracies are pooled over questions, with lm-evaluation-harness's standard error")
  func accuracies() throws {
    func question(_ subject: String, right: Bool) -> MMLUFindings.Question {
      MMLUFindings.Question(
        subject: subject, number: 1, answer: 2, shots: 5,
        logProbabilities: [right ? [-3, -2, -1, -9] : [-1, -1, -1, -1]], sign: nil)
    }
    let found = MMLUFindings(
      questions: [
        question("virology", right: true), question("virology", right: false),
        question("anatomy", right: true), question("nutrition", right: true),
        question("own_subject", right: false),
      ], isSteered: false, letterTokens: [1, 2, 3, 4], letterTexts: ["A", "B", "C", "D"])
    // Of equal letters the first is chosen, which is not C.
    #expect(found.questions[1].chosen(variant: 0) == 0)
    let rows = found.rows
    #expect(
      rows.map(\.name) == [
        "anatomy", "nutrition", "own_subject", "virology", "STEM", "other", "all",
      ])
    #expect(rows.map { $0.accuracies[0].right } == [1, 1, 0, 1, 1, 2, 3])
    #expect(rows.map { $0.accuracies[0].questions } == [1, 1, 1, 2, 1, 3, 5])
    let all = rows[6].accuracies[0]
    #expect(all.share == 0.6 && rows[0].accuracies[0].standardError == nil)
    #expect(abs((all.standardError ?? 0) - (0.6 * 0.4 / 4).squareRoot()) < 1e-15)
  }

  @Test("All of MMLU's 57 subjects have a group")
  func groups() {
    let groups = Dictionary(grouping: Self.names) { MMLUGroup.group(of: $0) }
    #expect(groups[nil] == nil)
    #expect(
      groups.mapValues(\.count) == [.stem: 19, .humanities: 13, .socialSciences: 12, .other: 13])
  }

  private static let names = """
    abstract_algebra anatomy astronomy business_ethics clinical_knowledge college_biology
    college_chemistry college_computer_science college_mathematics college_medicine college_physics
    computer_security conceptual_physics econometrics electrical_engineering elementary_mathematics
    formal_logic global_facts high_school_biology high_school_chemistry high_school_computer_science
    high_school_european_history high_school_geography high_school_government_and_politics
    high_school_macroeconomics high_school_mathematics high_school_microeconomics high_school_physics
    high_school_psychology high_school_statistics high_school_us_history high_school_world_history
    human_aging human_sexuality international_law jurisprudence logical_fallacies machine_learning
    management marketing medical_genetics miscellaneous moral_disputes moral_scenarios nutrition
    philosophy prehistory professional_accounting professional_law professional_medicine
    professional_psychology public_relations security_studies sociology us_foreign_policy virology
    world_religions
    """.split(whereSeparator: \.isWhitespace).map(String.init)
}
