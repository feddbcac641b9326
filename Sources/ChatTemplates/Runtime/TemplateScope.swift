/// The variables of one running block; blocks inside it see them, blocks outside do not.
final class TemplateScope {
  private let initial: [String: InitialBinding]
  private let parent: TemplateScope?
  fileprivate var values: [String: PythonValue] = [:]

  init(_ initial: [String: InitialBinding], parent: TemplateScope?) {
    self.initial = initial
    self.parent = parent
  }

  /// Gives every name its first value again, as at the start of each turn of a loop.
  func reset(context: [String: PythonValue]) {
    values.removeAll(keepingCapacity: true)
    for (name, source) in initial {
      switch source {
      case .parameter, .nothing: break
      case .context: values[name] = context[name]
      case .outer: values[name] = parent?[name]
      }
    }
  }

  /// Forgets every value, so that macros and the scopes they keep alive can be freed.
  func clear() {
    values.removeAll()
  }

  /// The value of a name in the nearest scope that owns the name.
  subscript(name: String) -> PythonValue? {
    get {
      var scope: TemplateScope? = self
      while let current = scope {
        if current.initial[name] != nil { return current.values[name] }
        scope = current.parent
      }
      return nil
    }
    set { values[name] = newValue }
  }
}

extension TemplateScope {
  /// Whether a name that the scope itself owns has no value yet.
  func isUnset(_ name: String) -> Bool {
    if case nil = values[name] { return true }
    return false
  }
}
