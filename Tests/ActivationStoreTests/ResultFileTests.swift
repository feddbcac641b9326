import ActivationStore
import Foundation
import Numerics
import Testing

@Suite struct ResultFileTests {
  let scratch: Scratch
  let path: String

  init() throws {
    scratch = try Scratch()
    path = scratch.path("results.h5")
  }

  private func write(_ groups: [ResultGroup], overwrite: Bool = false) throws {
    try ResultFile.write(groups, to: path, provenance: .sample, overwrite: overwrite)
  }

  @Test(arguments: 0..<40)
  func whatIsReadEqualsWhatWasWritten(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let groups = ["vectors", "größer 🙂"].map { ResultGroup.random(named: $0, using: &random) }
    try write(groups)
    for group in groups {
      let found = try ResultFile.read(group.name, from: path)
      #expect(found.name == group.name && found.attributes == group.attributes)
      #expect(found.datasets.map(\.name) == group.datasets.map(\.name))
      for (found, expected) in zip(found.datasets, group.datasets) {
        #expect(found.axes == expected.axes && found.shape == expected.shape)
        #expect(found.attributes == expected.attributes)
        #expect(found.values.hasSameBits(as: expected.values))
      }
    }
    #expect(scratch.names == ["results.h5"])
  }

  @Test func groupsSayWhoWroteThem() throws {
    try write([.vectors])
    let found = try ResultFile.provenance(of: "vectors", in: path)
    #expect(found.toolVersion == "1.2.3" && found.commandLine == "workbench vectors --model größer")
    #expect(found.created == Provenance.sample.created)
  }

  @Test func anActivationFileTakesGroupsAndStaysWhatItWas() throws {
    let sample = Sample(layout: Sample.named)
    try sample.writeFile(path)
    try write([.vectors])
    try write([ResultGroup(name: "lens", attributes: [:], datasets: [])])
    let reader = try ActivationReader(path: path)
    #expect(reader.header == sample.header && reader.contents == sample.contents)
    let hook = Sample.hooks[2]
    #expect(
      try reader.rows(hook: hook.name, layer: 5, prompts: 0..<7).values
        == sample.rows(hook, layer: 5, prompts: 0..<7))
    #expect(try ResultFile.read("vectors", from: path) == .vectors)
    #expect(try ResultFile.contains("lens", in: path))
    #expect(try !ResultFile.contains("sweep", in: path))
    let error = #expect(throws: StoreError.self) { try ResultFile.read("sweep", from: path) }
    #expect(error?.description == "\(path) has no group sweep; it has lens, vectors")
  }

  /// xarray takes equal names for one dimension, and refuses a file where their lengths differ.
  @Test func anAxisOfSomeLayersHasADimensionOfItsOwn() throws {
    try Sample(layout: Sample.named).writeFile(path)
    let group = ResultGroup(
      name: "lens", attributes: [:],
      datasets: [
        ResultDataset(name: "layer", axes: ["layer"], shape: [1], values: .integers([5])),
        ResultDataset(
          name: "score", axes: ["layer", "rank"], shape: [1, 2], values: .doubles([1, .nan])),
      ])
    try write([group])
    let found = try ResultFile.read("lens", from: path)
    #expect(found.datasets.map(\.name) == ["layer", "score"])
    #expect(found.datasets.map(\.axes) == group.datasets.map(\.axes))
    #expect(found.datasets[1].values.hasSameBits(as: group.datasets[1].values))
    let labels = try HDF5Library.locked { () throws(StoreError) in
      let file = try HDF5File(reading: path)
      return try file.openDataset("/lens/score").axisLabels()
        + file.openDataset("/lens/layer").axisLabels()
    }
    #expect(labels == ["lens_layer", "rank", "lens_layer"])
  }

  @Test func attributesThatOthersGaveToTheFileStay() throws {
    try write([.vectors])
    try HDF5Library.locked { () throws(StoreError) in
      let file = try HDF5File(changing: path, named: path)
      try file.setAttribute("note", of: "/", to: "mine")
      try file.close()
    }
    try write([ResultGroup(name: "lens", attributes: [:], datasets: [])])
    let note = try HDF5Library.locked { () throws(StoreError) in
      try HDF5File(reading: path).attributeText("note", of: "/")
    }
    #expect(note == "mine")
  }

  @Test func aReaderThatIsOpenKeepsReading() throws {
    let sample = Sample(layout: Sample.named)
    try sample.writeFile(path)
    let reader = try ActivationReader(path: path)
    try write([.vectors])
    let hook = Sample.hooks[0]
    #expect(
      try reader.rows(hook: hook.name, layer: nil, prompts: 0..<7).values
        == sample.rows(hook, layer: nil, prompts: 0..<7))
  }

  @Test func aGroupIsReplacedOnlyWhenAskedTo() throws {
    try write([.vectors, ResultGroup(name: "lens", attributes: ["n": .integer(1)], datasets: [])])
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(throws: StoreError.groupExists(path: path, group: "vectors")) {
      try write([ResultGroup(name: "new", attributes: [:], datasets: []), .vectors])
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    var changed = ResultGroup.vectors
    changed.attributes["kind"] = .text("principal-component")
    changed.datasets.removeLast()
    try write([changed], overwrite: true)
    #expect(try ResultFile.read("vectors", from: path) == changed)
    #expect(try ResultFile.read("lens", from: path).attributes == ["n": .integer(1)])
  }

  @Test func aGroupThatIsWrittenAgainAndAgainDoesNotMakeTheFileGrow() throws {
    try write([.vectors])
    let alone = try size()
    for _ in 0..<50 { try write([.vectors], overwrite: true) }
    #expect(try size() == alone)
    try write([ResultGroup(name: "lens", attributes: [:], datasets: [])])
    // Kept groups come before new ones, so that one more write settles their order.
    try write([.vectors], overwrite: true)
    let together = try size()
    for _ in 0..<50 { try write([.vectors], overwrite: true) }
    #expect(try size() == together)
    #expect(try ResultFile.provenance(of: "lens", in: path).created == Provenance.sample.created)
  }

  private func size() throws -> Int {
    try Data(contentsOf: URL(fileURLWithPath: path)).count
  }

  @Test func equalGroupsMakeEqualBytes() throws {
    try write([.vectors])
    let first = try Data(contentsOf: URL(fileURLWithPath: path))
    try FileManager.default.removeItem(atPath: path)
    try write([.vectors])
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == first)
  }

  @Test func aLinkStaysALinkAndItsFileGetsTheGroup() throws {
    try write([.vectors])
    let link = scratch.path("link.h5")
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: "results.h5")
    let lens = ResultGroup(name: "lens", attributes: [:], datasets: [])
    try ResultFile.write([lens], to: link, provenance: .sample, overwrite: false)
    #expect(try ResultFile.contains("lens", in: path))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "results.h5")
  }

  @Test func groupsThatCannotBeWrittenAreRefusedAndNothingChanges() throws {
    try write([.vectors])
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let table: [(ResultDataset, String)] = [
      (ResultDataset("a/b", ["x"], [1], .floats([1])), "cannot be the name of a dataset"),
      (ResultDataset("a", [""], [1], .floats([1])), "cannot be the name of an axis"),
      (ResultDataset("a", ["x"], [2], .floats([1])), "takes 2 values, got 1"),
      (ResultDataset("a", ["x"], [-1], .floats([])), "negative length"),
      (ResultDataset("a", ["x"], [1, 1], .floats([1])), "names 1 axes and has 2"),
      (ResultDataset("a", ["x", "x"], [1, 1], .floats([1])), "two axes of one name"),
      (ResultDataset("x", ["a", "x"], [1, 1], .floats([1])), "has the name of an axis"),
      (ResultDataset("a", ["x"], [1], .texts(["a\0b"])), "contains a zero byte"),
      (ResultDataset("a", ["x"], [.max], .floats([])), "takes \(Int.max) values, got 0"),
    ]
    for (dataset, problem) in table {
      let group = ResultGroup(name: "bad", attributes: [:], datasets: [dataset])
      let error = #expect(throws: StoreError.self) { try write([group]) }
      #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
    }
    for (name, attribute) in [("", "a"), (".", "a"), ("a/b", "a"), ("bad", "created")] {
      let group = ResultGroup(name: name, attributes: [attribute: .integer(1)], datasets: [])
      #expect(throws: StoreError.self) { try write([group]) }
    }
    let lengths = ResultGroup(
      name: "bad", attributes: [:],
      datasets: [
        ResultDataset("a", ["x"], [1], .floats([1])), ResultDataset("b", ["x"], [0], .floats([])),
      ])
    let error = #expect(throws: StoreError.self) { try write([lengths]) }
    #expect(error?.description.contains("the axis x has the lengths 1 and 0") == true)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    #expect(scratch.names == ["results.h5"])
  }
}

extension Provenance {
  static let sample = Provenance(
    toolVersion: "1.2.3", commandLine: "workbench vectors --model größer",
    created: Date(timeIntervalSince1970: 1_700_000_000))
}

extension ResultDataset {
  init(_ name: String, _ axes: [String], _ shape: [Int], _ values: Values) {
    self.init(name: name, axes: axes, shape: shape, values: values)
  }
}

extension ResultGroup {
  static let vectors = ResultGroup(
    name: "vectors",
    attributes: ["kind": .text("mean-difference"), "unit": .integer(1), "scale": .number(-0.1)],
    datasets: [
      ResultDataset("vector", ["layer", "d_model"], [2, 3], .floats([1, 2, 3, 4, 5, 6])),
      ResultDataset("layer", ["layer"], [2], .integers([0, 11])),
      ResultDataset("norm", ["layer"], [2], .doubles([0.1, 1e300])),
      ResultDataset("anchor", ["anchor"], [0], .texts([])),
      ResultDataset("cosine", ["anchor", "layer"], [0, 2], .doubles([])),
      ResultDataset("total", [], [], .integers([.min])),
    ])

  static func random(named name: String, using random: inout SplitMix64) -> ResultGroup {
    let lengths = (0..<4).map { _ in Int.random(in: 0...5, using: &random) }
    let datasets = (0..<Int.random(in: 0...6, using: &random)).map { index in
      // Every third dataset gives the coordinates of an axis.
      let isScale = index % 3 == 1 && index < 4
      let axes = isScale ? [index] : Array((0..<4).shuffled(using: &random).prefix(index % 4))
      let shape = axes.map { lengths[$0] }
      return ResultDataset(
        name: isScale ? "axis\(index)" : "data\(index)", axes: axes.map { "axis\($0)" },
        shape: shape, values: .random(count: shape.reduce(1, *), using: &random),
        attributes: .random(using: &random))
    }
    return ResultGroup(
      name: name, attributes: .random(using: &random), datasets: datasets.shuffled(using: &random))
  }
}

extension [String: ResultValue] {
  static func random(using random: inout SplitMix64) -> Self {
    let all: Self = [
      "text": .text(String.random(using: &random)), "empty": .text(""),
      "integer": .integer(Int(bitPattern: UInt(random.next()))), "largest": .number(.infinity),
      "number": .number(Double.random(in: -1e9...1e9, using: &random)),
    ]
    return all.filter { _ in Bool.random(using: &random) }
  }
}

extension String {
  static func random(using random: inout SplitMix64) -> String {
    let letters = Array("aZ0 \n\t\"\\é日🙂\u{1}")
    return String(
      (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
        letters.randomElement(using: &random)
      })
  }
}

extension ResultDataset.Values {
  static func random(count: Int, using random: inout SplitMix64) -> Self {
    let bits = (0..<count).map { _ in random.next() }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return .floats(bits.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) })
    case 1: return .doubles(bits.map { Double(bitPattern: $0) })
    case 2: return .integers(bits.map { Int(bitPattern: UInt($0)) })
    default: return .texts(bits.map { _ in String.random(using: &random) })
    }
  }

  /// Equality under which a NaN equals itself.
  func hasSameBits(as other: Self) -> Bool {
    switch (self, other) {
    case (.floats(let left), .floats(let right)):
      left.map(\.bitPattern) == right.map(\.bitPattern)
    case (.doubles(let left), .doubles(let right)):
      left.map(\.bitPattern) == right.map(\.bitPattern)
    default: self == other
    }
  }
}
