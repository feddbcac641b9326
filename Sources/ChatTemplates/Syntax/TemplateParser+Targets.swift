extension TemplateParser {
  private static let reserved: Set<String> = ["true", "false", "none", "True", "False", "None"]

  mutating func expectAssignableName() throws(ChatTemplateError) -> String {
    let name = try expectName()
    guard !TemplateParser.reserved.contains(name) else {
      throw failure("'\(name)' cannot be assigned to")
    }
    return name
  }

  /// What an assignment, a loop or a `with` binds.
  mutating func parseTarget(
    endingAt end: String?, allowsAttributes: Bool
  ) throws(ChatTemplateError) -> AssignmentTarget {
    var targets: [AssignmentTarget] = []
    var isTuple = false
    while !isTargetEnd(end) || targets.isEmpty {
      targets.append(try parseSingleTarget(allowsAttributes: allowsAttributes))
      guard skip(.symbol(.comma)) else { break }
      isTuple = true
    }
    return isTuple ? .tuple(targets) : targets[0]
  }

  private func isTargetEnd(_ end: String?) -> Bool {
    switch current {
    case .outputEnd, .statementEnd, .symbol(.rightParen): return true
    case .name(let name): return name == end
    default: return false
    }
  }

  private mutating func parseSingleTarget(
    allowsAttributes: Bool
  ) throws(ChatTemplateError) -> AssignmentTarget {
    if skip(.symbol(.leftParen)) {
      try enter()
      defer { depth -= 1 }
      if skip(.symbol(.rightParen)) { return .tuple([]) }
      let target = try parseTarget(endingAt: nil, allowsAttributes: false)
      try expect(.symbol(.rightParen))
      return target
    }
    let name = try expectAssignableName()
    guard allowsAttributes, skip(.symbol(.dot)) else { return .name(name) }
    return .attribute(of: name, try expectName())
  }

  /// `loop` belongs to the `for` statement around it.
  func refuseLoopVariable(_ target: AssignmentTarget) throws(ChatTemplateError) {
    switch target {
    case .name("loop"): throw failure("'loop' cannot be assigned to inside a 'for'")
    case .tuple(let targets): for target in targets { try refuseLoopVariable(target) }
    case .name, .attribute: break
    }
  }
}
