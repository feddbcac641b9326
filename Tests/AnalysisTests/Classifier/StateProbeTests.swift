import ActivationStore
import Analysis
import Numerics
import Testing

@Suite("Linear probes of the anchors' states")
struct StateProbeTests {
  let reader: ActivationReader
  let vectors: VectorSet
  private let labels = SyntheticStates().labels

  init() throws {
    let folder = try Folder()
    reader = try SyntheticStates().write(to: folder.path("states.h5"))
    vectors = try RefusalVectors(
      reader, kind: .meanDifference, isUnit: true, anchors: AnchorDraw.Request()
    ).compute()
  }

  /// Unsafe anchors, then safe ones.
  private var anchors: [Int] {
    ["unsafe", "safe"].flatMap { label in labels.indices.filter { labels[$0] == label } }
  }

  private func state(_ prompt: Int, _ input: StateProbe.Input, _ layer: Int) -> [Double] {
    let queryEnd = SyntheticStates.state(prompt: prompt, layer: layer, position: 0)
    let last = SyntheticStates.state(prompt: prompt, layer: layer, position: 1)
    return zip(queryEnd, last).map { Double($0) - (input == .transition ? Double($1) : 0) }
  }

  /// Standardised states over the square root of their width, and 1 for the bias.
  private func features(_ input: StateProbe.Input, _ layer: Int) -> [[Double]] {
    let rows = anchors.map { state($0, input, layer) }
    let count = Double(rows.count)
    let means = rows[0].indices.map { column in rows.reduce(0) { $0 + $1[column] } / count }
    let deviations = rows[0].indices.map { column in
      (rows.reduce(0) { $0 + ($1[column] - means[column]) * ($1[column] - means[column]) } / count)
        .squareRoot()
    }
    let width = Double(rows[0].count).squareRoot()
    return rows.map { row in
      row.indices.map { (row[$0] - means[$0]) / deviations[$0] / width } + [1]
    }
  }

  /// argmin |y - X w|² + λ |w|², by the normal equations and Gaussian elimination.
  private func ridge(_ rows: [[Double]], _ targets: [Double], _ penalty: Double) -> [Double] {
    let width = rows[0].count
    var system = (0..<width).map { i in
      (0..<width).map { j in
        rows.reduce(i == j ? penalty : 0) { $0 + $1[i] * $1[j] }
      } + [zip(rows, targets).reduce(0) { $0 + $1.0[i] * $1.1 }]
    }
    for pivot in 0..<width {
      for row in 0..<width where row != pivot {
        let factor = system[row][pivot] / system[pivot][pivot]
        for column in pivot...width { system[row][column] -= factor * system[pivot][column] }
      }
    }
    return (0..<width).map { system[$0][width] / system[$0][$0] }
  }

  @Test("Each anchor's score is that of a ridge regression without it", arguments: [0, 1])
  func heldOut(place: Int) throws {
    let probe = vectors.probes[place]
    #expect(probe.input == StateProbe.Input.allCases[place])
    let rows = features(probe.input, probe.layer)
    let targets = anchors.map { labels[$0] == "unsafe" ? 1.0 : -1 }
    func leftOut(_ rows: [[Double]], _ penalty: Double) -> [Double] {
      rows.indices.map { out in
        let others = rows.indices.filter { $0 != out }
        return dot(
          ridge(others.map { rows[$0] }, others.map { targets[$0] }, penalty), rows[out])
      }
    }
    // Inner products are float32's.
    #expect(largestDifference(probe.anchorScores, leftOut(rows, probe.penalty)) < 1e-4)
    for (layer, area) in zip(vectors.layers, probe.layerAUCs) {
      let scores = leftOut(features(probe.input, layer), 0.3)
      let ranked = RankedScores(scores: scores, isPositive: targets.map { $0 > 0 })
      #expect(ranked?.rocAUC == area)
      #expect(area <= probe.layerAUCs[vectors.layers.firstIndex(of: probe.layer) ?? 0])
    }
    let fitted = ridge(rows, targets, probe.penalty)
    for (anchor, row) in zip(anchors, rows) {
      let score = dot(probe.weights, state(anchor, probe.input, probe.layer)) + probe.bias
      #expect(abs(score - dot(fitted, row)) < 1e-4)
    }
  }

  @Test("A classifier by a probe decides on its score, from the threshold that tells anchors apart")
  func classifier() throws {
    for (kind, probe) in zip(
      [HarmClassifier.Kind.probeTransition, .probeQueryEnd], vectors.probes)
    {
      let classifier = try HarmClassifier(
        vectors: vectors, path: "v.h5", kind: kind, layers: nil, threshold: .anchors)
      let cosine = try HarmClassifier(
        vectors: vectors, path: "v.h5", layers: nil, threshold: .anchors)
      let found = try classifier.classify(reader)
      for (index, prompt) in found.enumerated() {
        let score = dot(probe.weights, state(index, probe.input, probe.layer)) + probe.bias
        #expect(abs(prompt.score - score) < 1e-12)
        #expect(prompt.isUnsafe == (prompt.score >= classifier.threshold))
      }
      #expect(found.map(\.cosines) == (try cosine.classify(reader).map(\.cosines)))
      let right = zip(probe.anchorScores, anchors).map { score, anchor in
        (labels[anchor] == "unsafe", score >= classifier.threshold)
      }
      let shares = [true, false].map { wanted in
        let own = right.filter { $0.0 == wanted }
        return Double(own.count { $0.1 == wanted }) / Double(own.count)
      }
      #expect(abs((shares[0] + shares[1]) / 2 - (classifier.anchorAccuracy ?? 0)) < 1e-12)
      #expect(classifier.source == "\(kind.rawValue) of layer \(probe.layer)")
    }
  }

  @Test("Without probes there is nothing to decide by")
  func missing() throws {
    var bare = vectors
    bare.probes = []
    #expect(
      sentence {
        _ = try HarmClassifier(
          vectors: bare, path: "v.h5", kind: .probeQueryEnd, layers: nil, threshold: .anchors)
      }.hasPrefix("v.h5 has no probe-query-end, which `workbench vectors` makes of two prompts"))
  }

  @Test("One anchor of a label makes none")
  func few() throws {
    let one = try RefusalVectors(
      reader, kind: .meanDifference, isUnit: true, anchors: AnchorDraw.Request(count: 1)
    ).compute()
    #expect(one.probes.isEmpty)
  }
}
