import Checkpoints
import Testing

@Suite struct GGUFMetadataTests {
  let metadata: GGUFMetadata

  init() throws {
    metadata = try Fixture.open("metadata-types.gguf").metadata
  }

  @Test func `scalars of every type are read at the ends of their ranges`() throws {
    try #expect(metadata.int(for: "scalar.uint8") == 255)
    try #expect(metadata.int(for: "scalar.int8") == -128)
    try #expect(metadata.int(for: "scalar.uint16") == 65_535)
    try #expect(metadata.int(for: "scalar.int16") == -32_768)
    try #expect(metadata.int(for: "scalar.uint32") == 4_294_967_295)
    try #expect(metadata.int(for: "scalar.int32") == -2_147_483_648)
    try #expect(metadata.int(for: "scalar.int64") == Int.min)
    try #expect(metadata.float(for: "scalar.float32") == Double(Float(0.1)))
    try #expect(metadata.float(for: "scalar.float64") == 0.1)
    try #expect(metadata.bool(for: "scalar.bool"))
    try #expect(metadata.string(for: "scalar.string") == "Grüße, 世界 🦙")
    guard case .uint64(.max) = metadata["scalar.uint64"] else {
      Issue.record("scalar.uint64 is not the largest uint64")
      return
    }
  }

  @Test func `arrays of every type are read`() throws {
    try #expect(metadata.ints(for: "array.uint8") == [0, 255])
    try #expect(metadata.ints(for: "array.int8") == [-128, 127])
    try #expect(metadata.ints(for: "array.uint16") == [0, 65_535])
    try #expect(metadata.ints(for: "array.int16") == [-32_768, 32_767])
    try #expect(metadata.ints(for: "array.uint32") == [0, 4_294_967_295])
    try #expect(metadata.ints(for: "array.int32") == [-2_147_483_648, 2_147_483_647])
    try #expect(metadata.ints(for: "array.uint64") == [0, .max])
    try #expect(metadata.ints(for: "array.int64") == [.min, .max])
    try #expect(metadata.floats(for: "array.float32") == [Double(Float(0.1)), -2.5])
    try #expect(metadata.floats(for: "array.float64") == [0.1, -2.5])
    try #expect(metadata.array(for: "array.bool").bools() == [true, false, true])
    try #expect(metadata.strings(for: "array.string") == ["", "a", "Ġ世界"])
    try #expect(
      metadata.byteStrings(for: "array.string") == [[], [0x61], Array("Ġ世界".utf8)])
  }

  @Test func `nested arrays are read`() throws {
    let numbers = try metadata.array(for: "array.nested").arrays()
    try #expect(numbers.map { try $0.ints() } == [[1, 2, 3], [4]])
    let texts = try metadata.array(for: "array.nested_strings").arrays()
    try #expect(texts.map { try $0.strings() } == [["x", "yz"], [""]])
  }

  @Test func `keys are listed in the order of the file`() {
    #expect(metadata.keys.prefix(3) == ["general.architecture", "scalar.uint8", "scalar.int8"])
    #expect(metadata.keys.last == "array.nested_strings")
    #expect(metadata.keys.count == 27)
  }

  @Test func `an absent key is nil for the optional lookups and an error for the others`() throws {
    try #expect(metadata.stringIfPresent(for: "x") == nil)
    try #expect(metadata.intIfPresent(for: "x") == nil)
    try #expect(metadata.floatIfPresent(for: "x") == nil)
    try #expect(metadata.boolIfPresent(for: "x") == nil)
    try #expect(metadata.intsIfPresent(for: "x") == nil)
    try #expect(metadata.floatsIfPresent(for: "x") == nil)
    try #expect(metadata.stringsIfPresent(for: "x") == nil)
    let text = message { () throws(CheckpointError) in try metadata.int(for: "x") }
    #expect(text.contains("metadata-types.gguf has no key \"x\" (expected an integer)"))
  }

  @Test func `a value of another type is an error even for the optional lookups`() {
    func check(
      _ expected: String, _ found: String, _ body: () throws(CheckpointError) -> Void,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      let text = message(sourceLocation: sourceLocation, of: body)
      #expect(
        text.contains("should be \(expected) but is \(found)"), sourceLocation: sourceLocation)
    }
    check("an integer", "a string value") { () throws(CheckpointError) in
      _ = try metadata.intIfPresent(for: "scalar.string")
    }
    check("an integer", "the too large uint64 18446744073709551615") {
      () throws(CheckpointError) in _ = try metadata.intIfPresent(for: "scalar.uint64")
    }
    check("a string", "a uint8 value") { () throws(CheckpointError) in
      _ = try metadata.stringIfPresent(for: "scalar.uint8")
    }
    check("a floating-point number", "a uint32 value") { () throws(CheckpointError) in
      _ = try metadata.floatIfPresent(for: "scalar.uint32")
    }
    check("a boolean", "a float32 value") { () throws(CheckpointError) in
      _ = try metadata.boolIfPresent(for: "scalar.float32")
    }
    check("an array of strings", "an array of 2 uint8 values") { () throws(CheckpointError) in
      _ = try metadata.stringsIfPresent(for: "array.uint8")
    }
    check("an array of integers", "an array of 3 string values") { () throws(CheckpointError) in
      _ = try metadata.intsIfPresent(for: "array.string")
    }
    check("an array of floating-point numbers", "an array of 2 int8 values") {
      () throws(CheckpointError) in _ = try metadata.floatsIfPresent(for: "array.int8")
    }
    check("an array", "a bool value") { () throws(CheckpointError) in
      _ = try metadata.intsIfPresent(for: "scalar.bool")
    }
  }

  @Test func `text that is not UTF-8 is refused as text and readable as bytes`() throws {
    var builder = GGUFBuilder()
    builder.add("list", arrayOf: 8, count: 1, body: GGUFBuilder.bytes(UInt64(2)) + [0xff, 0x41])
    builder.add("one", type: 8, value: GGUFBuilder.bytes(UInt64(1)) + [0xc0])
    let metadata = try openGGUF(builder.build()).metadata
    try #expect(metadata.byteStrings(for: "list") == [[0xff, 0x41]])
    let list = message { () throws(CheckpointError) in try metadata.strings(for: "list") }
    #expect(list.contains("metadata key \"list\": an element is not UTF-8"))
    let one = message { () throws(CheckpointError) in try metadata.string(for: "one") }
    #expect(one.contains("metadata key \"one\": the text is not UTF-8"))
  }
}
