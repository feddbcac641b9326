extension FamilyRates {
  /// The family's part of the report.
  var markdown: String {
    var parts = ["## \(instructionSet)"]
    if !runs.isEmpty { parts += [runLines, shareLines] }
    parts += [
      Markdown.section(
        "A block's products alone",
        "The engine's tiles of \(EngineTile.rows) rows on every thread, with weights in the formats of "
          + "the model's first block, packed once and shared by the threads.", Self.table(blocks)),
      productLines, fewRowLines,
      Markdown.section(
        "Row kernels and attention",
        "GB/s counts the bytes that a kernel reads and writes, which stay in cache. The precision is "
          + "that of the product that reads the result.", Self.table(rowKernels)),
      Markdown.section(
        "Weights",
        "Slices of rows as the engine packs them, from the file's format into panels; and panels "
          + "unpacked to float32, as products do it.", Self.table(weights)),
    ]
    return parts.joined(separator: "\n\n")
  }

  private var runLines: String {
    let header = [
      "precision", "prompts", "tokens", "rows computed", "median s", "p95 s", "min s", "tokens/s",
      "products' share", "GFLOP/s in runs", "alone", "ratio", "of the FMA peak, whole run",
    ]
    let rows = runs.map { run in
      [
        run.precision, "\(run.prompts)", "\(run.tokens)", "\(run.rows)",
        Markdown.number(run.time.median, 3), Markdown.number(run.time.p95, 3),
        Markdown.number(run.time.min, 3), Markdown.number(run.tokensPerSecond, 0),
        Markdown.percent(run.shares["product"] ?? 0), Markdown.number(median(run.productRates), 0),
        Markdown.number(median(run.aloneRates), 0), Markdown.number(run.rateRatio, 2),
        Markdown.percent(median(run.ofPeak)),
      ]
    }
    return Markdown.section(
      "Whole runs",
      """
      Every layer's `resid_post` at the last position, from tokens in memory to rows in memory: \
      weights are read and packed in this time, nothing is tokenised or written. "Alone" is the rate \
      of a block's products by themselves, measured after each run in turn; the ratio is the median \
      over the runs. The last column is the work of the products over the time of the whole run, \
      over the peak of multiply-adds.
      """, Markdown.table(header, rows))
  }

  private var shareLines: String {
    let names = runs.first.map { $0.shares.sorted { $0.value > $1.value }.map(\.key) } ?? []
    let rows = runs.map { run in
      [run.precision] + names.map { Markdown.number(100 * (run.shares[$0] ?? 0), 1) + "%" }
        + [Markdown.number(100 * run.idleShare, 1) + "%"]
    }
    return """
      Shares are of the time that the threads spend in kernels; "idle" is the part of the threads' \
      wall time in which they are in none.

      \(Markdown.table(["precision"] + names + ["idle"], rows))
      """
  }

  private var productLines: String {
    let header =
      ["product", "weights", "precision"]
      + ProductRates.heights.map { $0 == 1 ? "1 row" : "\($0) rows" }
    let rows = products.map { product in
      [product.shape.description, product.format, product.precision]
        + product.heights.map { Markdown.rate($0.operationRate, 0, of: $0.ofMultiplyAddPeak) }
    }
    return Markdown.section(
      "Products",
      """
      GFLOP/s, and of the peak of multiply-adds. As in the engine, threads share the weights of \
      fewer than \(EngineTile.ownRows) rows, which come from memory; of more, each thread has as many \
      of its own, and all read the same weights.
      """, Markdown.table(header, rows))
  }

  private var fewRowLines: String {
    let shared = ProductRates.heights.filter { $0 < EngineTile.ownRows }
    let header =
      ["product", "weights", "precision", "10⁹ weights/s, 1 row"]
      + shared.map { $0 == 1 ? "GB/s, 1 row" : "GB/s, \($0) rows" }
    let rows = products.map { product in
      [
        product.shape.description, product.format, product.precision,
        Markdown.number(product.heights.first?.numberRate ?? 0, 1),
      ]
        + product.heights.compactMap { height in
          guard let rate = height.readingRate, let share = height.ofReadingPeak else { return nil }
          return Markdown.rate(rate, 1, of: share)
        }
    }
    return Markdown.section(
      "Products of few rows",
      "What reading the packed weights comes to, and of the peak of reading memory.",
      Markdown.table(header, rows))
  }

  /// Rates in lines, with their shares of the peak of multiply-adds where there are any.
  private static func table(_ rates: [Rate]) -> String {
    let hasShares = rates.contains { $0.ofPeak != nil }
    let header = [
      "kernel", "shape", "precision", "median µs", "p95 µs", "min µs", "rate", "unit",
    ]
    let rows = rates.map { rate in
      [
        rate.kernel, rate.shape, rate.precision ?? "",
        Markdown.number(rate.time.median * 1e6, 1), Markdown.number(rate.time.p95 * 1e6, 1),
        Markdown.number(rate.time.min * 1e6, 1), Markdown.number(rate.rate, 1), rate.unit,
      ] + (hasShares ? [rate.ofPeak.map(Markdown.percent) ?? ""] : [])
    }
    return Markdown.table(header + (hasShares ? ["of the FMA peak"] : []), rows)
  }
}
