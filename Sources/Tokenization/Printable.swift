/// `0x` and two hexadecimal digits.
func hex(_ byte: UInt8) -> String { "0x" + hexDigits(byte) }

/// Bytes as text on one line; see `Tokenizer.piece(of:)`.
func printable(_ bytes: [UInt8]) -> String {
  var result = String.UnicodeScalarView()
  var decoder = Unicode.UTF8.ForwardParser()
  var rest = bytes[...]
  while !rest.isEmpty {
    var attempt = rest.makeIterator()
    if case .valid(let encoded) = decoder.parseScalar(from: &attempt) {
      let scalar = Unicode.UTF8.decode(encoded)
      result.append(contentsOf: escaped(scalar).unicodeScalars)
      rest = rest.dropFirst(encoded.count)
    } else {
      result.append(contentsOf: ("\\x" + hexDigits(rest.removeFirst())).unicodeScalars)
    }
    decoder = Unicode.UTF8.ForwardParser()
  }
  return String(result)
}

private func escaped(_ scalar: Unicode.Scalar) -> String {
  switch scalar {
  case "\n": "\\n"
  case "\r": "\\r"
  case "\t": "\\t"
  default:
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator:
      "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
    default: String(scalar)
    }
  }
}

private func hexDigits(_ byte: UInt8) -> String {
  let digits = String(byte, radix: 16, uppercase: true)
  return digits.count == 1 ? "0" + digits : digits
}
