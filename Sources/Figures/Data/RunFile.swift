import ActivationStore
import Foundation

/// An HDF5 file that the workbench wrote: the groups that analyses left in it, and their origin.
struct RunFile {
  let path: String
  /// The groups' names, in alphabetical order.
  let groups: [String]
  /// The activations' origin, where the file holds some.
  let header: StoreHeader?
  /// The activations' prompts; empty where the file holds none.
  let prompts: [StoredPrompt]

  init(path: String) throws(FigureError) {
    self.path = path
    do throws(StoreError) {
      groups = try ResultFile.groups(in: path)
      do throws(StoreError) {
        let reader = try ActivationReader(path: path)
        (header, prompts) = (reader.header, reader.contents.prompts)
      } catch .otherFormat {
        (header, prompts) = (nil, [])
      }
    } catch {
      throw .store(error)
    }
  }

  /// The parts of a group; one that the file lacks is an error.
  func fields(_ group: String) throws(FigureError) -> ResultFields {
    do throws(StoreError) {
      return ResultFields(group: try ResultFile.read(group, from: path), path: path)
    } catch {
      throw .store(error)
    }
  }

  /// What a group says, taken apart; nil where the file lacks the group.
  func result<Result>(
    _ group: String, _ make: (ResultFields) throws(StoreError) -> Result
  ) throws(FigureError) -> Result? {
    guard groups.contains(group) else { return nil }
    let fields = try fields(group)
    do throws(StoreError) { return try make(fields) } catch { throw .store(error) }
  }

  func provenance(of group: String) throws(FigureError) -> Provenance {
    do throws(StoreError) {
      return try ResultFile.provenance(of: group, in: path)
    } catch {
      throw .store(error)
    }
  }

  /// The model as people call it: its name and its adapters; nil where no part of the file says.
  func model(of fields: ResultFields) throws(FigureError) -> String? {
    if let model = Self.model(of: fields.group) { return model }
    if let headerModel { return headerModel }
    for name in groups {
      if let model = Self.model(of: try self.fields(name).group) { return model }
    }
    return nil
  }

  /// The model of the activations, where the file holds some.
  var headerModel: String? {
    header.map { Self.named($0.model.name, adapters: $0.model.adapters) }
  }

  /// One line that says of what a figure is: the model, then the data.
  func origin(of fields: ResultFields) throws(FigureError) -> String {
    let source = fields.group.attributes["source"].flatMap { value in
      if case .text(let text) = value { text } else { nil }
    }
    let file = (path as NSString).lastPathComponent
    return [try model(of: fields), source, file == source ? nil : file]
      .compactMap { $0 }.joined(separator: " · ")
  }

  private static func model(of group: ResultGroup) -> String? {
    guard case .text(let name) = group.attributes["model_name"] else { return nil }
    guard case .text(let adapters) = group.attributes["model_adapters"] else { return name }
    return named(name, adapters: adapters)
  }

  /// The name, then each adapter's folder and its scale unless that is 1.
  private static func named(_ name: String, adapters: String?) -> String {
    let lines = (adapters ?? "").split(separator: "\n").map { line -> String in
      let parts = line.split(separator: " ").map(String.init)
      guard let place = parts.lastIndex(of: "scale"), place > 0, place + 1 < parts.count else {
        return String(line)
      }
      let folder = (parts[..<place].joined(separator: " ") as NSString).lastPathComponent
      return Double(parts[place + 1]) == 1 ? folder : "\(folder) × \(parts[place + 1])"
    }
    return ([name] + lines).joined(separator: " + ")
  }
}
