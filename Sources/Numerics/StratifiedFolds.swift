/// Divides examples of two classes into folds with equal shares of both, at random.
///
/// - Returns: the examples of each fold, ascending; sizes of a class differ by at most 1.
public func stratifiedFolds(
  of isPositive: [Bool], count: Int, using random: inout SplitMix64
) -> [[Int]] {
  precondition(count > 0, "at least one fold")
  var folds = [[Int]](repeating: [], count: count)
  var next = 0
  for wanted in [true, false] {
    for example in shuffled(isPositive.indices.filter { isPositive[$0] == wanted }, using: &random)
    {
      folds[next % count].append(example)
      next += 1
    }
  }
  return folds.map { $0.sorted() }
}

/// The elements in another order, each as likely (Fisher and Yates).
public func shuffled<Element>(
  _ elements: [Element], using random: inout SplitMix64
) -> [Element] {
  var elements = elements
  for place in elements.indices.dropLast() {
    elements.swapAt(place, place + random.index(below: elements.count - place))
  }
  return elements
}
