import ActivationStore
import Testing

@Suite struct HDF5LayerTests {
  let scratch: Scratch
  let path: String

  init() throws {
    scratch = try Scratch()
    path = scratch.path("layer.h5")
  }

  @Test("Attributes keep their type and value, and writing one again replaces it")
  func attributes() throws {
    try HDF5Library.locked {
      let file = try HDF5File(creating: path, named: path)
      try file.setAttribute("text", of: "/", to: "")
      try file.setAttribute("text", of: "/", to: "größer 🙂")
      try file.setAttribute("float", of: "/", to: Float(0.1))
      try file.setAttribute("doubles", of: "/", to: [0.1, -2])
      try file.setAttribute("empty", of: "/", to: [Int32]())
    }
    try HDF5Library.locked {
      let file = try HDF5File(reading: path)
      #expect(try file.attributeText("text", of: "/") == "größer 🙂")
      #expect(try file.attribute("float", of: "/", as: Float.self) == 0.1)
      #expect(try file.attributeArray("doubles", of: "/", as: Double.self) == [0.1, -2])
      #expect(try file.attributeArray("empty", of: "/", as: Int32.self) == [])
      #expect(throws: StoreError.self) { try file.attribute("float", of: "/", as: Int32.self) }
      #expect(throws: StoreError.self) { try file.attributeText("float", of: "/") }
    }
  }

  @Test("An error carries the operation, the file, the dataset and the library's reason")
  func errors() throws {
    try HDF5Library.locked {
      let file = try HDF5File(creating: path, named: path)
      _ = try file.createDataset("/fixed", .int32, shape: [2])
      let missing = #expect(throws: StoreError.self) { _ = try file.openDataset("/none") }
      #expect(missing?.description.hasPrefix("HDF5 could not open /none in \(path): ") == true)
      #expect(missing?.description.contains("object 'none' doesn't exist") == true)
      let outside = HDF5Slab(start: [1], count: [2])
      #expect(throws: StoreError.self) {
        try file.openDataset("/fixed").read(outside, as: Int32.self)
      }
    }
  }
}
