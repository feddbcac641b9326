import ArgumentParser
import Foundation
import TSNE

/// Embeds raw points by the library alone, so that t-SNE is timed without files of states.
@main
struct EmbedPoints: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed-points",
    abstract: "Embed points of a file of float32 numbers; write the layout as float64 numbers.")

  @Argument(help: "Points, row-major, float32, as numpy's tofile writes them.")
  var points: String

  @Argument(help: "The layout to write, [point, 2], float64.")
  var layout: String

  @Option(help: "The length of a point.")
  var dimension: Int

  @Option var perplexity = 30.0
  @Option(help: "exact, interpolated or automatic.") var gradient = "automatic"
  @Option var steps = 500
  @Option var threads = ProcessInfo.processInfo.activeProcessorCount

  func run() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: points))
    let values = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    var options = TSNEOptions(threads: threads)
    options.perplexity = perplexity
    guard let gradient = TSNEGradient(rawValue: gradient) else {
      throw ValidationError("--gradient is exact, interpolated or automatic.")
    }
    options.gradient = gradient
    options.steps = steps
    let started = Date()
    let embedding = try TSNE(options).embed(
      Points(count: values.count / dimension, dimension: dimension, values: values))
    let seconds = Date().timeIntervalSince(started)
    try embedding.layout.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: layout))
    print("{\"seconds\": \(seconds), \"divergence\": \(embedding.divergence)}")
  }
}
