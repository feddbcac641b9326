import ActivationStore
import Foundation
import Prompts
import ResultSchemas

extension DatasetSchema {
  /// The turns before each prompt as JSON, or nil where no prompt has some.
  func column(ofEarlierTurns turns: [[ChatTurn]]) -> ResultDataset? {
    guard turns.contains(where: { !$0.isEmpty }) else { return nil }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return column(
      .texts(
        turns.map { turns in
          guard !turns.isEmpty, let bytes = try? encoder.encode(turns) else { return "" }
          return String(decoding: bytes, as: UTF8.self)
        }))
  }
}

extension ResultFields {
  /// `[prompt]`: such turns; nil where the group has none.
  func earlierTurns(
    _ schema: DatasetSchema, _ sizes: AxisSizes
  ) throws(StoreError) -> [[ChatTurn]]? {
    guard has(schema) else { return nil }
    return try texts(schema, sizes).map { text throws(StoreError) in
      guard !text.isEmpty else { return [] }
      guard let turns = try? JSONDecoder().decode([ChatTurn].self, from: Data(text.utf8)) else {
        throw malformed(schema.name, "holds something other than turns of a chat")
      }
      return turns
    }
  }
}
