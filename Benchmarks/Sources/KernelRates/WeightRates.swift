import COneDNN
import Checkpoints
import SteeringEngine
import Synchronization

/// Getting weights ready: unpacking the file's format, and packing for oneDNN's products.
struct WeightRates {
  /// Weight rows that the engine unpacks and packs at a time.
  private static let sliceRows = 192

  let checkpoint: any Checkpoint
  let oneDNN: OneDNN
  let team: Team

  /// Unpacking of a slice of each projection of the MLP in block 0, from the file.
  func unpacking() throws -> [Rate] {
    try [BlockTensor.up, .down].map { role in
      let weight = try checkpoint.weight(.block(0, role))
      let rows = min(Self.sliceRows, weight.outputs)
      let outputs = (0..<team.threads).map { _ in Buffer(count: rows * weight.inputs) }
      let failure = Mutex<CheckpointError?>(nil)
      let time = team.measure { lane in
        let room = UnsafeMutableBufferPointer(
          start: outputs[lane].floats, count: rows * weight.inputs)
        do throws(CheckpointError) { try weight.unpackRows(0..<rows, into: room) } catch {
          failure.withLock { $0 = error }
        }
      }
      if let error = failure.withLock({ $0 }) { throw error }
      return rate(
        "unpack MLP \(role.rawValue)", rows: rows, columns: weight.inputs, time, precision: "f32")
    }
  }

  /// Packing of a slice of each shape of weight, from float32 rows.
  func packing(_ shapes: [ProductShape], _ precision: Precision) throws -> [Rate] {
    try shapes.map { shape in
      onednn_use_calling_thread_only()
      let rows = min(Self.sliceRows, shape.outputs)
      let products = try (0..<team.threads).map { _ in
        try Product(oneDNN, shape, rows: OneDNN.tileRows, precision: precision)
      }
      let sources = (0..<team.threads).map { _ in Buffer(count: rows * shape.inputs) }
      let time = team.measure { lane in
        let status = products[lane].pack(sources[lane], all: rows, oneDNN.streams[lane])
        precondition(status == dnnl_success, "packing that worked before failed")
      }
      return rate(
        "pack \(shape.name)", rows: rows, columns: shape.inputs, time,
        precision: precision.rawValue)
    }
  }

  private func rate(
    _ kernel: String, rows: Int, columns: Int, _ time: Samples, precision: String
  ) -> Rate {
    Rate(
      kernel: kernel, shape: "\(rows) rows of \(columns)", precision: precision, time: time,
      work: Double(rows * columns) / 1e9, threads: team.threads, unit: "10⁹ numbers/s")
  }
}
