import Foundation
import TestSupport
import Testing

extension ChatModel {
  /// The model with one text in place of another of the same length, where that first occurs.
  static func replacing(_ old: String, with new: String) throws -> [UInt8] {
    try #require(old.utf8.count == new.utf8.count)
    var bytes = try bytes()
    let range = try #require(bytes.firstRange(of: Array(old.utf8)))
    bytes.replaceSubrange(range, with: Array(new.utf8))
    return bytes
  }

  /// The model with a chat template that puts nothing after a message's text.
  static func withBareTemplate(adding more: String = "") throws -> [UInt8] {
    let old =
      "{{ message['content'] }}<|im_end|>\n{% endfor %}"
      + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    let new = "{{ message['content'] }}{% endfor %}" + more
    let comment = String(repeating: "-", count: old.utf8.count - new.utf8.count - 4)
    return try replacing(old, with: new + "{#" + comment + "#}")
  }

  /// The model with another value in a tensor's entry of the tensor table.
  static func settingTensor(_ name: String, type: UInt32? = nil, offset: UInt64? = nil) throws
    -> [UInt8]
  {
    var bytes = try bytes()
    // An entry is: name, count of dimensions, dimensions, type, offset.
    let nameEnd = try #require(bytes.firstRange(of: Array(name.utf8))).upperBound
    let typeStart = nameEnd + 4 + 8 * Int(bytes[nameEnd])
    if let type { bytes.put(type, at: typeStart) }
    if let offset { bytes.put(offset, at: typeStart + 4) }
    return bytes
  }

  /// The model with another length of context, in tokens.
  static func withContext(_ length: UInt32) throws -> [UInt8] {
    var bytes = try bytes()
    let key = try #require(bytes.firstRange(of: Array("llama.context_length".utf8)))
    // A key is followed by its type, 4 bytes, and its value.
    bytes.put(length, at: key.upperBound + 4)
    return bytes
  }

  /// The model with a NaN in the last scale of the final norm, which is the file's last tensor.
  static func withNaNInFinalNorm() throws -> [UInt8] {
    var bytes = try bytes()
    bytes.put(Float.nan.bitPattern, at: bytes.count - 4)
    return bytes
  }
}

extension [UInt8] {
  fileprivate mutating func put(_ number: some FixedWidthInteger, at offset: Int) {
    let raw = Swift.withUnsafeBytes(of: number.littleEndian) { Array($0) }
    replaceSubrange(offset..<offset + raw.count, with: raw)
  }
}
