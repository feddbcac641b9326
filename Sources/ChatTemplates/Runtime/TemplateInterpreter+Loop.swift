extension TemplateInterpreter {
  func execute(_ loop: TemplateForLoop) throws(ChatTemplateError) -> TemplateFlow {
    let context = try loopContext(loop)
    let inner = TemplateScope(frames[loop.body.frame], parent: scope)
    var flow = TemplateFlow.normal
    // As in Jinja, a turn that 'break' or 'continue' cuts short does not prevent the 'else'.
    var hasFinishedTurn = false
    while flow != .breakLoop, let item = try context.next() {
      line = loop.iterable.line
      try charge(1)
      inner.reset(context: self.context)
      inner["loop"] = .loop(context)
      try assign(item, to: loop.target, in: inner)
      flow = try inside(inner) { () throws(ChatTemplateError) in
        try execute(loop.body.statements)
      }
      hasFinishedTurn = hasFinishedTurn || flow == .normal
    }
    inner.clear()
    guard !hasFinishedTurn else { return .normal }
    let otherwise = enterScope(loop.otherwise.frame, parent: scope)
    return try inside(otherwise) { () throws(ChatTemplateError) in
      try execute(loop.otherwise.statements)
    }
  }

  private func loopContext(_ loop: TemplateForLoop) throws(ChatTemplateError) -> LoopContext {
    let source = try evaluate(loop.iterable)
    let iterator = try self.iterator(over: source)
    guard let condition = loop.condition else {
      return LoopContext(knownCount: count(of: source)) { () throws(ChatTemplateError) in
        try iterator.next()
      }
    }
    let conditionScope = enterScope(loop.conditionFrame, parent: scope)
    return LoopContext(knownCount: nil) { [self] () throws(ChatTemplateError) in
      while let item = try iterator.next() {
        try assign(item, to: loop.target, in: conditionScope)
        let isWanted = try inside(conditionScope) { () throws(ChatTemplateError) in
          try evaluate(condition).isTrue
        }
        if isWanted { return item }
      }
      return nil
    }
  }

  /// The number of elements, if Python's `len` knows it.
  func count(of value: PythonValue) -> Int? {
    switch value {
    case .undefined: return 0
    case .string(let text), .markup(let text): return text.count
    case .list(let items), .tuple(let items): return items.count
    case .dictionary(let dictionary): return dictionary.count
    case .view(let view): return view.dictionary.count
    case .range(let range): return range.count
    default: return nil
    }
  }

  /// Python's `iter`.
  func iterator(over value: PythonValue) throws(ChatTemplateError) -> ValueIterator {
    switch value {
    case .iterator(let iterator): return iterator
    case .range(let range):
      var index = 0
      return ValueIterator(over: value) { () throws(ChatTemplateError) in
        guard index < range.count else { return nil }
        defer { index += 1 }
        return .int(range[index])
      }
    default:
      guard let values = sequence(value) else {
        throw wrongType("iterating", value)
      }
      var index = 0
      return ValueIterator(over: value) { () throws(ChatTemplateError) in
        guard index < values.count else { return nil }
        defer { index += 1 }
        return values[index]
      }
    }
  }

  /// The elements of a value that can be iterated more than once.
  func sequence(_ value: PythonValue) -> [PythonValue]? {
    switch value {
    case .undefined: return []
    case .string(let text), .markup(let text): return text.scalars.map { .string(PythonText([$0])) }
    case .list(let items), .tuple(let items): return items.values
    case .dictionary(let dictionary): return dictionary.entries.map(\.key)
    case .view(let view): return view.values
    case .range(let range): return (0..<range.count).map { .int(range[$0]) }
    default: return nil
    }
  }

  /// All elements of something that can be iterated.
  func elements(of value: PythonValue) throws(ChatTemplateError) -> [PythonValue] {
    if let values = sequence(value) {
      try charge(values.count)
      return values
    }
    let iterator = try self.iterator(over: value)
    var values: [PythonValue] = []
    while let next = try iterator.next() {
      try charge(1)
      values.append(next)
    }
    return values
  }
}
