import ActivationStore
import Figures
import Foundation
import Testing

@Suite("Figures")
struct FigureTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test("Every kind is drawn as SVG, PDF and PNG, by the extension", arguments: FigureKind.allCases)
  func formats(kind: FigureKind) throws {
    let run = try folder.write(Sample.all)
    let starts: [String: [UInt8]] = [
      "f.svg": Array("<?xml".utf8), "f.pdf": Array("%PDF".utf8), "f.PNG": [0x89, 0x50, 0x4E, 0x47],
    ]
    for (name, start) in starts {
      try Figure(kind, of: run).write(to: folder(name), overwrite: false)
      #expect(try folder.bytes(name).starts(with: start))
    }
    #expect(try folder.names == ["f.PNG", "f.pdf", "f.svg", "run.h5"])
  }

  @Test("The same results give the same bytes", arguments: ["svg", "pdf", "png"])
  func deterministic(ending: String) throws {
    let run = try folder.write(Sample.all)
    for kind in FigureKind.allCases {
      try Figure(kind, of: run).write(to: folder("a.\(ending)"), overwrite: true)
      // A clock that went into the file would have moved on.
      if kind == .tsne { Thread.sleep(forTimeInterval: 1.1) }
      try Figure(kind, of: run).write(to: folder("b.\(ending)"), overwrite: true)
      let (first, second) = (try folder.bytes("a.\(ending)"), try folder.bytes("b.\(ending)"))
      #expect(first == second, "\(kind)")
    }
  }

  @Test("Every layer has a panel, and chosen ones alone are drawn")
  func layers() throws {
    let run = try folder.write([Sample.embedding])
    let all = try height(.tsne, run, Figure.Choice())
    let two = try height(.tsne, run, Figure.Choice(layers: [2, 0]))
    #expect(all == two)
    let one = try height(.tsneLayer, run, Figure.Choice(layers: [2]))
    #expect(one > all)
  }

  @Test("The lens on vectors, on every token, and on a chosen prompt")
  func lens() throws {
    for (number, group) in [Sample.lensOfVectors, Sample.lensOfTokens].enumerated() {
      let run = try folder.write([group], to: "\(number).h5")
      try Figure(.lens, of: run).write(to: folder("\(number).svg"), overwrite: false)
    }
    let run = try folder.write([Sample.lensOfTokens])
    let wide = try width(.lens, run, Figure.Choice(prompt: "p1"))
    #expect(try wide == width(.lens, run, Figure.Choice(prompt: "p0")))
  }

  @Test("Every metric of a sweep, finished or not", arguments: SweepMetric.allCases)
  func metrics(metric: SweepMetric) throws {
    for (number, done) in [[1, 1, 1, 1, 1, 1], [0, 1, 0, 0, 1, 0]].enumerated() {
      let run = try folder.write([Sample.ablation(done: done)])
      for kind in [FigureKind.ablation, .ablationHeatmap] {
        try Figure(kind, of: run, choice: Figure.Choice(metric: metric))
          .write(to: folder("\(kind)\(number).svg"), overwrite: true)
      }
    }
    #expect(try folder.names.count == 5)
  }

  @Test("Refusals come from steering, else from the sweep's answers")
  func refusals() throws {
    let steering = try height(.refusals, folder.write([Sample.steering, Sample.ablation()]))
    let sweep = try height(.refusals, folder.write([Sample.ablation()], to: "sweep.h5"))
    // Two settings against the unchanged model and six interventions.
    #expect(sweep > 1.8 * steering)
  }

  private func height(
    _ kind: FigureKind, _ run: String, _ choice: Figure.Choice = Figure.Choice()
  ) throws -> Double {
    try size(kind, run, choice).height
  }

  private func width(_ kind: FigureKind, _ run: String, _ choice: Figure.Choice) throws -> Double {
    try size(kind, run, choice).width
  }

  private func size(
    _ kind: FigureKind, _ run: String, _ choice: Figure.Choice
  ) throws -> (width: Double, height: Double) {
    try Figure(kind, of: run, choice: choice).write(to: folder("size.svg"), overwrite: true)
    let text = try folder.text("size.svg")
    let match = try #require(text.firstMatch(of: /width="([0-9.]+)pt" height="([0-9.]+)pt"/))
    return (try #require(Double(match.1)), try #require(Double(match.2)))
  }
}
