/// Python's `dict`: entries in order of insertion, found by key.
struct PythonDictionary {
  struct Entry {
    var key: PythonValue
    var value: PythonValue
  }

  private(set) var entries: [Entry] = []
  private var positions: [PythonKey: Int] = [:]
  private(set) var depth = 1
  /// At most how many steps comparing takes; see `PythonValue.weight`.
  private(set) var weight = 1
  private(set) var holdsReference = false

  var count: Int { entries.count }

  subscript(key: PythonKey) -> PythonValue? {
    positions[key].map { entries[$0].value }
  }

  subscript(name: String) -> PythonValue? {
    self[.string(PythonText(name))]
  }

  /// Sets the value of a key; a key that is present keeps its place and its first spelling.
  mutating func set(_ key: PythonValue, hashed: PythonKey, to value: PythonValue) {
    depth = max(depth, value.depth + 1, key.depth + 1)
    weight = weight.plusCapped(key.weight).plusCapped(value.weight)
    holdsReference = holdsReference || value.holdsReference || key.holdsReference
    if let position = positions[hashed] {
      entries[position].value = value
    } else {
      positions[hashed] = entries.count
      entries.append(Entry(key: key, value: value))
    }
  }

  mutating func set(_ name: String, to value: PythonValue) {
    let text = PythonText(name)
    set(.string(text), hashed: .string(text), to: value)
  }
}

/// What makes two values the same key; numbers are one key whatever their type.
indirect enum PythonKey: Hashable {
  case undefined
  case none
  case int(Int)
  case float(Double)
  case string(PythonText)
  case tuple([PythonKey])

  /// The key of a value, or `nil` if Python cannot hash the value or it is not supported.
  init?(_ value: PythonValue) {
    switch value {
    case .undefined: self = .undefined
    case .none: self = .none
    case .bool(let bool): self = .int(bool ? 1 : 0)
    case .int(let int): self = .int(int)
    case .float(let float): self = Int(exactly: float).map { .int($0) } ?? .float(float)
    case .string(let text): self = .string(text)
    case .tuple(let items):
      var keys: [PythonKey] = []
      for item in items.values {
        guard let key = PythonKey(item) else { return nil }
        keys.append(key)
      }
      self = .tuple(keys)
    default: return nil
    }
  }
}
