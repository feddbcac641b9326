import SteeringEngine
import Testing

@Suite struct TokenTrieTests {
  private static let seeds = Array(0..<40)

  private func sequences(_ seed: Int) -> [[Int32]] {
    var random = SeededRandom(seed: seed)
    // A vocabulary of 2 makes accidental sharing common, one of 50 makes it rare.
    let vocabulary = [2, 3, 8, 50][seed % 4]
    return random.tokenSequences(1 + seed * 2, vocabulary: vocabulary, longest: 1 + seed)
  }

  @Test(arguments: seeds)
  func `the rows of a sequence are its tokens at its positions`(seed: Int) {
    let sequences = sequences(seed)
    let trie = TokenTrie(sequences.map { $0[...] })
    for (index, sequence) in sequences.enumerated() {
      let rows = trie.rows(ofSequence: index).map(Int.init)
      #expect(rows.map { trie.tokens[$0] } == sequence)
      #expect(rows.map { trie.positions[$0] } == sequence.indices.map(Int32.init))
    }
  }

  @Test(arguments: seeds) func `there is one row for each distinct prefix`(seed: Int) {
    let sequences = sequences(seed)
    let trie = TokenTrie(sequences.map { $0[...] })
    let prefixes = Set(sequences.flatMap { s in s.indices.map { Array(s[...$0]) } })
    #expect(trie.rowCount == prefixes.count)

    var rowOfPrefix: [[Int32]: Int32] = [:]
    for (index, sequence) in sequences.enumerated() {
      for (position, row) in trie.rows(ofSequence: index).enumerated() {
        let known = rowOfPrefix.updateValue(row, forKey: Array(sequence[...position]))
        #expect(known == nil || known == row)
      }
    }
    #expect(Set(rowOfPrefix.values) == Set(0..<Int32(trie.rowCount)))
  }

  @Test(arguments: seeds)
  func `the ancestors of a segment are the rows before it in its sequences`(seed: Int) {
    let sequences = sequences(seed)
    let trie = TokenTrie(sequences.map { $0[...] })
    for index in sequences.indices {
      let rows = trie.rows(ofSequence: index).map(Int.init)
      for (position, row) in rows.enumerated() {
        let segment = trie.ancestry.segments[Int(trie.ancestry.segmentOfRow[row])]
        let ancestors = segment.ancestors.flatMap { $0.start..<$0.start + $0.count }
        #expect((segment.firstRow..<segment.firstRow + segment.rowCount).contains(row))
        #expect(ancestors + Array(segment.firstRow...row) == Array(rows[...position]))
      }
    }
  }

  @Test(arguments: seeds) func `the order of sequences does not change the rows`(seed: Int) {
    let sequences = sequences(seed)
    let trie = TokenTrie(sequences.map { $0[...] })
    var random = SeededRandom(seed: seed + 1000)
    let order = sequences.indices.shuffled(using: &random)
    let shuffled = TokenTrie(order.map { sequences[$0][...] })
    #expect(shuffled.rowCount == trie.rowCount)
    #expect(shuffled.tokens == trie.tokens)
    for (place, index) in order.enumerated() {
      #expect(shuffled.rows(ofSequence: place) == trie.rows(ofSequence: index))
    }
  }

  @Test func `segments cover all rows once, in order`() {
    let trie = TokenTrie(sequences(39).map { $0[...] })
    let rows = trie.ancestry.segments.flatMap { $0.firstRow..<$0.firstRow + $0.rowCount }
    #expect(rows == Array(0..<trie.rowCount))
    #expect(trie.ancestry.segments.allSatisfy { $0.ancestors.allSatisfy { $0.count > 0 } })
  }

  @Test func `a sequence and its continuation share all of its rows`() {
    let trie = TokenTrie([[4, 5, 6, 7][...], [4, 5][...], [4, 5][...], [9][...]])
    #expect(trie.rowCount == 5)
    #expect(trie.rows(ofSequence: 1) == Array(trie.rows(ofSequence: 0)[..<2]))
    #expect(trie.rows(ofSequence: 2) == trie.rows(ofSequence: 1))
    #expect(TokenTrie([ArraySlice<Int32>]()).rowCount == 0)
  }

  @Test func `slices of an array that start elsewhere are taken as they are`() {
    let tokens: [Int32] = [1, 2, 3, 1, 2, 4]
    let trie = TokenTrie([tokens[0..<3], tokens[3..<6]][...])
    #expect(trie.rowCount == 4)
    #expect(trie.rows(ofSequence: 1).map { trie.tokens[Int($0)] } == [1, 2, 4])
  }
}
