import ActivationStore
import Foundation
import SteeringEngine
import Testing

@Suite("Which instructions are used is seen and can be chosen")
struct MachineTests {
  let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    try workplace.write("How do I kill a process?\nHi\nthe\n", to: "prompts.txt")
  }

  private static func environment(_ name: String) -> [String: String] {
    [InstructionSet.variable: name]
  }

  @Test("A run with any family of instructions writes the same bits")
  func families() throws {
    var rows: [[Float]] = []
    for family in InstructionSet.available {
      let arguments = Workplace.dumpArguments(
        ["--positions", "all", "--hooks", "resid_post,logits"], output: "\(family).h5")
      let output = try workplace.run(
        arguments, environment: Self.environment(family.rawValue))
      output.expectSuccess()
      #expect(output.stderr.contains("% of the float32 peak of "))
      #expect(output.stderr.contains(" with \(family)\n"))
      let reader = try ActivationReader(path: workplace.path("\(family).h5"))
      let count = reader.contents.prompts.count
      rows.append(
        try reader.rows(hook: "resid_post", layer: 1, prompts: 0..<count).values
          + reader.rows(hook: "logits", layer: nil, prompts: 0..<count).values)
    }
    #expect(rows.allSatisfy { $0.map(\.bitPattern) == rows[0].map(\.bitPattern) })
  }

  @Test("machine says what is used", arguments: InstructionSet.available)
  func machine(family: InstructionSet) throws {
    let output = try workplace.run(
      ["machine", "--threads", "1"], environment: Self.environment(family.rawValue))
    output.expectSuccess()
    let names = InstructionSet.available.map(\.rawValue).joined(separator: ", ")
    #expect(output.stdout.contains("instruction set    \(family), of \(names)\n"))
    #expect(output.stdout.contains("products in f32    "))
    #expect(output.stdout.contains("% of the peak\n"))

    let json = try workplace.run(
      ["machine", "--json"], environment: Self.environment(family.rawValue))
    json.expectSuccess()
    let report = try #require(
      JSONSerialization.jsonObject(with: Data(json.stdout.utf8)) as? [String: Any])
    #expect(report["instructionSet"] as? String == family.rawValue)
    #expect(try #require(report["peak"] as? Double) > 0)
  }

  @Test("A family that the machine does not have is one sentence", arguments: ["avx9", "", "AVX2"])
  func unknown(name: String) throws {
    for arguments in [["machine"], Workplace.dumpArguments()] {
      let output = try workplace.run(arguments, environment: Self.environment(name))
      #expect(output.status != 0)
      #expect(
        output.stderr.contains("WORKBENCH_ISA is \"\(name)\", which this machine does not have"))
      #expect(try !workplace.names.contains("out.h5"))
    }
  }
}
