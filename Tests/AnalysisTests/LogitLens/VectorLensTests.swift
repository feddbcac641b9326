import ActivationStore
import Analysis
import Testing

@Suite("The lens of vectors")
struct VectorLensTests {
  let fixture: LensFixture

  init() throws { fixture = try LensFixture() }

  private func set(_ vectors: [[Float]], layers: [Int] = [0, 1]) -> VectorSet {
    VectorSet(
      kind: .meanDifference, layers: layers, vectors: vectors, isUnit: false,
      norms: vectors.map { _ in 1 }, position: "last", unsafeCount: 1, safeCount: 1,
      harmDirections: nil, anchors: [], model: nil)
  }

  /// `[layer][dModel]`: quarters from -1 to 1.5.
  private var vectors: [[Float]] {
    [5, 6].map { (step: Int) in
      (0..<16).map { (index: Int) in
        let place = (index + 3) * step * 7
        return Float(place % 11) / 4 - 1
      }
    }
  }

  @Test("Promoted and suppressed tokens are those of scores written out", arguments: [true, false])
  func naive(finalNorm: Bool) throws {
    let lens = try fixture.lens(top: 9, tokens: [72], finalNorm: finalNorm)
      .read(set(vectors), path: "v.h5")
    #expect(lens.layers.map(\.layers) == [[0], [1]])
    for (reading, vector) in zip(lens.layers, vectors) {
      let scores = fixture.scores(vector, finalNorm: finalNorm)
      expectTop(reading.promoted, of: scores)
      expectTop(reading.suppressed, of: scores, highest: false)
      #expect(reading.standings[0].rank == scores.filter { $0 > scores[72] }.count + 1)
    }
  }

  @Test("A segment of one layer is that layer's vector at unit length, not its opposite")
  func segments() throws {
    for sign in [Float(1), -1] {
      let signed = vectors.map { $0.map { sign * $0 } }
      let lens = try fixture.lens(finalNorm: false).read(set(signed), path: "v.h5")
      // Of two layers the first is former and the second latter.
      #expect(lens.segments.map(\.segment) == [.former, .latter])
      for (segment, vector) in zip(lens.segments, signed) {
        let norm = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        expectTop(segment.promoted, of: fixture.scores(vector, finalNorm: false).map { $0 / norm })
      }
    }
  }

  @Test("Only the layers that are asked for are read, and segments are made of those")
  func layers() throws {
    let lens = fixture.lens(finalNorm: false)
    let one = try lens.read(set(vectors), layers: [1], path: "v.h5")
    #expect(one.layers.map(\.layers) == [[1]] && one.segments.map(\.layers) == [[1]])
    let all = try lens.read(set(vectors), path: "v.h5")
    #expect(one.layers[0] == all.layers[1] && one.segments[0] == all.segments[1])
  }

  @Test("A vector of zeros has a lens, a segment of zeros has no direction")
  func zeros() throws {
    let zeros = [[Float]](repeating: [Float](repeating: 0, count: 16), count: 2)
    let lens = try fixture.lens(top: 3, finalNorm: false).read(set(zeros), path: "v.h5")
    #expect(lens.segments.isEmpty)
    #expect(lens.layers[0].promoted.map(\.id) == [0, 1, 2])
    #expect(lens.layers[0].suppressed.map(\.id) == [0, 1, 2])
  }

  private func message(_ vectors: [[Float]], layers: [Int] = [0, 1], of wanted: [Int]? = nil)
    -> String
  {
    do throws(AnalysisError) {
      _ = try fixture.lens(finalNorm: false)
        .read(set(vectors, layers: layers), layers: wanted, path: "v.h5")
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test("Vectors that do not fit the model, or are no numbers, are refused")
  func refusals() {
    #expect(
      message([[1, 2], [3, 4]])
        == "v.h5 has vectors of 2 numbers but the model's residual stream has 16; "
        + "give the model that they belong to")
    #expect(
      message(vectors, layers: [1, 2])
        == "v.h5 has a vector of layer 2 but the model's layers are 0 to 1; "
        + "give the model that it belongs to")
    #expect(
      message(vectors, of: [7]) == "v.h5 has none of the layers asked for; it has 0, 1")
    var broken = vectors
    broken[1][3] = .infinity
    #expect(
      message(broken)
        == "the scores of layer 1 of v.h5 are NaN or infinite; verify the model and the file")
  }

  @Test("A token is found by its exact text, and a text of several tokens shows its pieces")
  func tokens() throws {
    let texts = TokenTexts(fixture.model)
    for id in 0..<fixture.model.config.dVocab where !texts.text(of: id).contains("\\") {
      #expect(try texts.text(of: texts.id(of: texts.text(of: id))) == texts.text(of: id))
    }
    let error = #expect(throws: AnalysisError.self) { try texts.id(of: "xyz") }
    #expect(
      error?.description
        == "\"xyz\" is not one token but 3 (\"x\" \"y\" \"z\"); "
        + "give --token a text that is one token, with its leading space")
  }
}
