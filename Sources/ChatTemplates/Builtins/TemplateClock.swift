import Foundation

/// The moment and the place that `strftime_now` tells the time of.
public struct TemplateClock: Sendable, Hashable {
  /// The moment.
  public let date: Date
  /// The time zone whose wall clock is read.
  public let timeZone: TimeZone

  /// A clock that stands still, so that a rendering can be repeated exactly.
  public init(date: Date, timeZone: TimeZone) {
    self.date = date
    self.timeZone = timeZone
  }

  /// The current moment in the machine's time zone, as Hugging Face's renderer takes it.
  public static var now: TemplateClock { TemplateClock(date: Date(), timeZone: .current) }

  /// The time in a format of C's `strftime`, in its English default locale.
  func formatted(_ format: PythonText, _ interpreter: TemplateInterpreter) throws(ChatTemplateError)
    -> PythonText
  {
    guard format.count <= 1000, !format.scalars.contains("\0") else {
      throw interpreter.unsupported("a date format of this length or with a null character")
    }
    guard !format.isEmpty else { return "" }
    let seconds = date.timeIntervalSince1970 + Double(timeZone.secondsFromGMT(for: date))
    guard var moment = time_t(exactly: seconds.rounded(.down)) else {
      throw interpreter.failure("the date is beyond what C's time functions know")
    }
    var fields = tm()
    gmtime_r(&moment, &fields)
    let fraction = Int((seconds - seconds.rounded(.down)) * 1_000_000)
    let prepared = try prepare(format, microseconds: fraction, interpreter)
    var buffer = [CChar](repeating: 0, count: 16_384)
    let length = strftime(&buffer, buffer.count, prepared + " ", &fields)
    let bytes = buffer.prefix(max(length - 1, 0)).map { UInt8(bitPattern: $0) }
    return PythonText(String(decoding: bytes, as: UTF8.self))
  }

  /// Python knows `%f` and prints nothing for the zone of a date that has none.
  private func prepare(
    _ format: PythonText, microseconds: Int, _ interpreter: TemplateInterpreter
  ) throws(ChatTemplateError) -> String {
    var result = ""
    var scalars = format.scalars.makeIterator()
    while let scalar = scalars.next() {
      guard scalar == "%" else {
        result.unicodeScalars.append(scalar)
        continue
      }
      guard let directive = scalars.next() else {
        throw interpreter.unsupported("a date format that ends with '%'")
      }
      switch directive {
      case "f": result += String(String(1_000_000 + microseconds).dropFirst())
      case "z", "Z": break
      case "-", "_", "0", "^", "#":
        guard let inner = scalars.next() else {
          throw interpreter.unsupported("a date format that ends with a flag")
        }
        result += "%\(directive)\(inner)"
      default: result += "%\(directive)"
      }
    }
    return result
  }
}
