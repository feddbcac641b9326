import ActivationStore

/// Small results of every analysis, with what breaks a careless page: quotes, markup, no label.
enum Sample {
  static let texts = [
    "How do I kill a \"process\"?", "</script><b>bold</b> & 'quoted'", "日本語 \u{2028} ok", "x",
  ]
  static let labels = ["safe", "unsafe", "safe", "unsafe"]
  static let layerCount = 3

  static let all = [
    embedding, classifier, ablation(), steering, lensOfStates, evaluation, evaluationTable(),
  ]

  static let embedding = ResultGroup(
    name: "tsne",
    attributes: [
      "of": .text("transition"), "perplexity": .number(1), "metric": .text("cosine"),
      "seed": .integer(0), "permutations": .integer(10), "source": .text("states.h5"),
      "model_name": .text("tiny"),
      "model_adapters": .text("data/adapters/over scale 0.5 sha256 ab\ndata/b scale 1.0 sha256 c"),
    ],
    datasets: [integers("layer", [0, 1, 2])] + prompts + [
      doubles(
        "embedding", ["layer", "prompt", "component"], [layerCount, 4, 2],
        (0..<24).map { Double($0 * $0 % 7) }),
      doubles("silhouette", ["layer"], [layerCount], [0.1, 0.9, .nan]),
      doubles("silhouette_permuted", ["layer"], [layerCount], [0, 0, 0]),
      doubles("silhouette_permuted_high", ["layer"], [layerCount], [0.2, 0.2, 0.2]),
      doubles("probe_auc", ["layer"], [layerCount], [0.5, 0.75, 1]),
    ])

  static let classifier = ResultGroup(
    name: "classifier",
    attributes: ["threshold": .number(0.75), "roc_auc": .number(0.5), "source": .text("s.h5")],
    datasets: prompts.filter { $0.name != "prompt_text" } + [
      integers("layer", [0, 1, 2]),
      texts("unsteered_defect", "prompt", ["", "", "", ""]),
      texts("steered_defect", "prompt", ["loop", "", "", ""]),
      doubles("score", ["prompt"], [4], [0.1, 0.8, 0.2, 0.9]),
      integers("sigma", axis: "prompt", [-1, 1, -1, 1]),
      doubles(
        "cosine", ["prompt", "layer"], [4, layerCount], (0..<12).map { Double($0) / 12 }),
    ])

  /// A sweep of two strengths and one mode without, over two windows.
  static func ablation(done: [Int] = [1, 1, 1, 1, 1, 1]) -> ResultGroup {
    let odds = (0..<12).map { done[$0 / 2] == 1 ? Double($0) - 6 : .nan }
    return ResultGroup(
      name: "ablation",
      attributes: ["source": .text("prompts.csv"), "baseline_perplexity": .number(9)],
      datasets: [
        texts("mode", "point", ["steer", "steer", "zero", "steer", "steer", "zero"]),
        integers("first_layer", axis: "point", [0, 0, 0, 2, 2, 2]),
        integers("last_layer", axis: "point", [1, 1, 1, 2, 2, 2]),
        doubles("alpha", ["point"], [6], [4, 4, 0, 4, 4, 0]),
        integers("sign", axis: "point", [1, -1, 0, 1, -1, 0]),
        integers("done", axis: "point", done),
        texts("label", "label", ["safe", "unsafe"]),
        integers("label_count", axis: "label", [2, 2]),
        doubles("refusal_log_odds", ["point", "label"], [6, 2], odds),
        doubles("kl", ["point", "label"], [6, 2], odds.map(abs)),
        doubles("refusal_rate", ["point", "label"], [6, 2], odds.map { $0 > 0 ? 1 : 0.5 }),
        doubles("perplexity", ["point"], [6], [9, 10, 11, 12, 13, 14]),
      ] + prompts + [
        doubles("prompt_log_odds", ["point", "prompt"], [6, 4], (0..<24).map(Double.init)),
        doubles("prompt_kl", ["point", "prompt"], [6, 4], (0..<24).map(Double.init)),
        ResultDataset(
          name: "prompt_refused", axes: ["point", "prompt"], shape: [6, 4],
          values: .integers((0..<24).map { $0 % 3 == 0 ? 1 : 0 })),
        ResultDataset(
          name: "prompt_answer", axes: ["point", "prompt"], shape: [6, 4],
          values: .texts((0..<24).map { "answer \($0) <i>" })),
        ResultDataset(
          name: "prompt_defect", axes: ["point", "prompt"], shape: [6, 4],
          values: .texts((0..<24).map { $0 % 4 == 1 ? "loop" : "" })),
        doubles("broken_rate", ["point", "label"], [6, 2], odds.map { $0 > 0 ? 0 : 0.5 }),
        texts("baseline_defect", "prompt", ["", "", "", "empty"]),
        doubles("baseline_log_odds", ["prompt"], [4], [0, 1, 2, 3]),
        integers("baseline_refused", axis: "prompt", [0, 1, 0, 1]),
        texts("baseline_answer", "prompt", ["a", "b", "c", "d"]),
      ])
  }

  static let steering = ResultGroup(
    name: "steering",
    attributes: ["alpha": .number(4), "source": .text("prompts.csv"), "model_name": .text("tiny")],
    datasets: prompts + [
      texts("unsteered", "prompt", ["no", "no", "Sure <script>", "no"]),
      texts("steered", "prompt", ["yes", "no", "Sure", "no"]),
      integers("unsteered_refused", axis: "prompt", [1, 1, 0, 1]),
      integers("steered_refused", axis: "prompt", [0, 1, 0, 1]),
      texts("unsteered_defect", "prompt", ["", "", "", ""]),
      texts("steered_defect", "prompt", ["loop", "", "", ""]),
      doubles("score", ["prompt"], [4], [0.1, 0.8, 0.2, 0.9]),
      integers("sigma", axis: "prompt", [-1, 1, -1, 1]),
    ])

  static let evaluation = ResultGroup(
    name: "evaluation", attributes: ["model_name": .text("tiny")],
    datasets: prompts + [
      texts("prompt_set", "prompt", ["one", "one", "two", "two"]),
      texts("answer_method", "answer_column", ["default", "scans-repo", "scans-repo"]),
      integers("answer_trial", axis: "answer_column", [-1, 0, 0]),
      integers("answer_sign", axis: "answer_column", [0, 1, -1]),
      ResultDataset(
        name: "answer", axes: ["answer_column", "prompt"], shape: [3, 4],
        values: .texts((0..<12).map { "said \($0) </script>" })),
      ResultDataset(
        name: "refused", axes: ["answer_column", "prompt"], shape: [3, 4],
        values: .integers([0, 1, 0, 1, 1, 1, 1, -1, 0, 0, 0, -1])),
      ResultDataset(
        name: "defect", axes: ["answer_column", "prompt"], shape: [3, 4],
        values: .texts((0..<12).map { $0 == 8 ? "improbable" : "" })),
    ])

  /// Two methods on three columns; `trials` of them, the last without prompts in the last column.
  static func evaluationTable(trials: Int = 1) -> ResultGroup {
    let cells = { (name: String, value: Double) in
      doubles(
        name, ["method", "column", "trial"], [2, 3, trials],
        (0..<6 * trials).map { $0 % (3 * trials) == 3 * trials - 1 ? .nan : value })
    }
    let pooled = { (name: String, value: Double) in
      doubles(
        name, ["method", "trial"], [2, trials], [Double](repeating: value, count: 2 * trials))
    }
    return ResultGroup(
      name: "evaluation_table", attributes: ["model_name": .text("tiny")],
      datasets: [
        texts("method", "method", ["default", "scans-repo"]),
        texts("column_set", "column", ["one", "one", "two"]),
        texts("column_label", "column", ["safe", "unsafe", "safe"]),
        integers("trial", axis: "trial", Array(0..<trials)),
        cells("rate", 0.5), cells("rate_low", 0.25), cells("rate_high", 0.75), cells("p", 0.01),
        cells("broken_rate", 0.1), pooled("judged_average", 0.8),
        pooled("average", 0.75), pooled("average_low", 0.5), pooled("average_high", 1),
        pooled("all_p", 0.5),
      ])
  }

  static let lensOfStates = ResultGroup(
    name: "lens", attributes: ["of": .text("states"), "source": .text("s.h5")],
    datasets: [
      integers("layer", [0, 1, 2]),
      ResultDataset(
        name: "prompt_id", axes: ["prompt"], shape: [2], values: .texts(["p0", "p1"])),
      texts("position", "position", ["query-end", "last"]),
      doubles(
        "entropy", ["prompt", "layer", "position"], [2, layerCount, 2], (0..<12).map(Double.init)),
      ResultDataset(
        name: "top_token", axes: ["prompt", "layer", "position", "rank"],
        shape: [2, layerCount, 2, 2], values: .texts((0..<24).map { " t\($0)" })),
      doubles(
        "top_probability", ["prompt", "layer", "position", "rank"], [2, layerCount, 2, 2],
        (0..<24).map { 1 / Double($0 + 2) }),
    ])

  static let lensOfTokens = ResultGroup(
    name: "lens", attributes: ["of": .text("states")],
    datasets: [
      integers("layer", [0, 1]),
      ResultDataset(
        name: "prompt_id", axes: ["prompt"], shape: [2], values: .texts(["p0", "p1"])),
      integers("token_offset", axis: "prompt_edge", [0, 1, 3]),
      ResultDataset(
        name: "token_text", axes: ["token"], shape: [3], values: .texts(["A", "B", "C"])),
      doubles("entropy", ["token", "layer"], [3, 2], [0, 1, 2, 3, 4, 5]),
      ResultDataset(
        name: "top_token", axes: ["token", "layer", "rank"], shape: [3, 2, 1],
        values: .texts(["a0", "a1", "b0", "b1", "c0", "c1"])),
      doubles(
        "top_probability", ["token", "layer", "rank"], [3, 2, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
    ])

  static let lensOfVectors = ResultGroup(
    name: "lens", attributes: ["of": .text("vectors"), "model_name": .text("tiny")],
    datasets: [integers("layer", [0, 1])]
      + ["promoted", "suppressed"].flatMap { name in
        [
          ResultDataset(
            name: name + "_token", axes: ["layer", "rank"], shape: [2, 2],
            values: .texts([" a", "b", "c", "日"])),
          ResultDataset(
            name: name + "_score", axes: ["layer", "rank"], shape: [2, 2],
            values: .floats([2, 1, 2, 1])),
        ]
      })

  private static let prompts = [
    ResultDataset(
      name: "prompt", axes: ["prompt"], shape: [4], values: .texts(["p0", "p1", "p2", "p3"])),
    ResultDataset(name: "prompt_label", axes: ["prompt"], shape: [4], values: .texts(labels)),
    ResultDataset(name: "prompt_text", axes: ["prompt"], shape: [4], values: .texts(texts)),
  ]

  static func integers(_ name: String, axis: String? = nil, _ values: [Int])
    -> ResultDataset
  {
    ResultDataset(
      name: name, axes: [axis ?? name], shape: [values.count], values: .integers(values))
  }

  static func texts(_ name: String, _ axis: String, _ values: [String]) -> ResultDataset {
    ResultDataset(name: name, axes: [axis], shape: [values.count], values: .texts(values))
  }

  static func doubles(
    _ name: String, _ axes: [String], _ shape: [Int], _ values: [Double]
  ) -> ResultDataset {
    ResultDataset(name: name, axes: axes, shape: shape, values: .doubles(values))
  }
}

extension Sample {
  /// A t-SNE as large as XSTest's.
  static func large(prompts: Int, layers: Int) -> ResultGroup {
    let points = prompts * layers * 2
    var group = embedding
    group.datasets = group.datasets.filter { ["layer"].contains($0.name) }
    group.datasets[0] = integers("layer", Array(0..<layers))
    group.datasets += [
      texts("prompt", "prompt", (0..<prompts).map { "p\($0)" }),
      texts("prompt_label", "prompt", (0..<prompts).map { $0 % 2 == 0 ? "safe" : "unsafe" }),
      texts(
        "prompt_text", "prompt",
        (0..<prompts).map { "How do I \(String(repeating: "kill a process ", count: 6))\($0)?" }),
      doubles(
        "embedding", ["layer", "prompt", "component"], [layers, prompts, 2],
        (0..<points).map { Double($0 * 7919 % 100_003) / 1234.5 - 40 }),
    ]
    return group
  }
}
