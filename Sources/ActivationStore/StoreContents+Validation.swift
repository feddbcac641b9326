extension StoreContents {
  /// Throws unless a file can be laid out from these contents for this model.
  func validate(model: StoredModel, path: String) throws(StoreError) {
    if let problem = sizeProblem(model) ?? hookProblem() ?? layerProblem(model)
      ?? promptProblem()
    {
      throw .unusableContents(path: path, problem: problem)
    }
  }

  private func sizeProblem(_ model: StoredModel) -> String? {
    if prompts.isEmpty { return "there are no prompts; give at least one" }
    if model.dModel < 1 || model.dVocab < 1 {
      return "d_model and d_vocab must be positive; check the checkpoint"
    }
    if layout == .token, prompts.allSatisfy({ $0.tokens.isEmpty }) {
      return "the prompts have no tokens; give at least one token"
    }
    let names = layout.positions
    if layout != .token, names.isEmpty {
      return "there are no positions; name at least one"
    }
    return Set(names).count < names.count ? "a position is named twice; name it once" : nil
  }

  private func hookProblem() -> String? {
    if hooks.isEmpty { return "there are no hook points; name at least one" }
    for hook in hooks {
      let bytes = hook.name.utf8
      if bytes.isEmpty || hook.name == "." || bytes.contains(where: { $0 == 0x2F || $0 < 0x20 }) {
        return "'\(hook.name)' cannot be the name of a dataset; use letters, digits and _"
      }
    }
    return Set(hooks.map(\.name)).count < hooks.count
      ? "a hook point is named twice; name it once" : nil
  }

  private func layerProblem(_ model: StoredModel) -> String? {
    if layers.isEmpty, hooks.contains(where: \.perLayer) {
      return "there are no layers; name at least one"
    }
    for layer in layers where layer < 0 || layer >= model.nLayers {
      return "layer \(layer) is outside the model's \(model.nLayers) blocks; "
        + "use 0 to \(model.nLayers - 1)"
    }
    let ascending = zip(layers, layers.dropFirst()).allSatisfy { $0 < $1 }
    return ascending ? nil : "the layers are not ascending; sort them and name each once"
  }

  private func promptProblem() -> String? {
    for (index, prompt) in prompts.enumerated() {
      guard prompt.positionTokens.count == layout.positions.count else {
        return "prompt \(index) has \(prompt.positionTokens.count) position tokens for "
          + "\(layout.positions.count) positions; give one for each"
      }
      for token in prompt.positionTokens where token < 0 || token >= prompt.tokens.count {
        return "position token \(token) of prompt \(index) is outside its "
          + "\(prompt.tokens.count) tokens; count from its first token"
      }
    }
    return nil
  }
}
