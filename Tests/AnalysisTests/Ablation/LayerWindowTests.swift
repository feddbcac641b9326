import Analysis
import Testing

@Suite("Windows of layers")
struct LayerWindowTests {
  private func parse(_ list: String, _ nLayers: Int = 30) throws -> [String] {
    try LayerWindow.parse(list, nLayers: nLayers).map(\.description)
  }

  @Test(arguments: [
    ("former,middle,latter", ["0-8", "9-19", "20-29"]), ("0-9,10-19", ["0-9", "10-19"]),
    ("7", ["7"]), ("5-5", ["5"]),
    ("width=12,stride=9", ["0-11", "9-20", "18-29"]), ("stride=20,width=10", ["0-9", "20-29"]),
    ("width=29", ["0-28", "1-29"]), ("width=30", ["0-29"]), ("middle,3", ["9-19", "3"]),
  ])
  func `a list names windows in its order`(list: String, windows: [String]) throws {
    let found = try parse(list)
    #expect(found == windows)
  }

  @Test func `single is every layer alone`() throws {
    let found = try parse("single", 3)
    #expect(found == ["0", "1", "2"])
  }

  @Test(arguments: [
    "", ",", "3-", "-3", "5-3", "1-2-3", "a", "width=0", "width=4,width=5", "stride=2",
    "width=4,3", "width", "0-9,",
  ])
  func `what is no list of windows`(list: String) {
    #expect(throws: AblationError.malformedWindows(list: list)) { try parse(list) }
  }

  @Test func `layers that the model does not have`() {
    #expect(throws: AblationError.windowBeyondModel("20-30", nLayers: 30)) {
      try parse("0-3,20-30")
    }
    #expect(throws: AblationError.windowBeyondModel("width=31", nLayers: 30)) {
      try parse("width=31")
    }
    #expect(throws: AblationError.emptySegment(.former, nLayers: 1)) { try parse("former", 1) }
    #expect(throws: AblationError.repeatedWindow(list: "9-19,middle")) {
      try parse("9-19,middle")
    }
  }
}
