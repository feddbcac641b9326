import ActivationStore
import Analysis
import ModelLibrary
import SteeringEngine

// Options that change numbers, as attributes of what a command writes.

extension PromptFormat {
  var settings: [String: ResultValue] {
    ["system": .text(system ?? ""), "response": .text(response), "raw": .text(raw ? "yes" : "no")]
  }
}

extension OpeningOptions {
  /// What was given of these; a line for each variable of the template.
  var settings: [String: ResultValue] {
    var settings: [String: ResultValue] = [:]
    settings["pre_tokenizer"] = preTokenizer.map { .text($0) }
    if !templateArguments.isEmpty {
      settings["template_arguments"] = .text(
        templateArguments.map(\.text).joined(separator: "\n"))
    }
    return settings
  }
}

extension EngineOptions {
  var settings: [String: ResultValue] { ["precision": .text(precision.rawValue)] }
}

extension AnswerOptions {
  var settings: [String: ResultValue] {
    var settings: [String: ResultValue] = [
      "max_new_tokens": .integer(maxNewTokens),
      "repetition_penalty": .number(Double(repetitionPenalty)),
    ]
    if case .nucleus(let temperature, let topP, let seed) = sampling {
      settings["temperature"] = .number(Double(temperature))
      settings["top_p"] = .number(Double(topP))
      settings["sampling_seed"] = .integer(Int(truncatingIfNeeded: seed))
    }
    return settings
  }
}
