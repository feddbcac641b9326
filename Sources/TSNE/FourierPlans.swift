import CFFTW
import Synchronization

/// Fourier transforms of a square of numbers, `size` on a side, by rows and by blocks of columns.
///
/// Plans are estimated, never measured: a measured one depends on the time of day, and so would
/// the last bits of an embedding.
package final class FourierPlans: Sendable {
  /// Columns that are transformed together, lying side by side.
  static let blockColumns = 16
  /// FFTW's planner, unlike its transforms, is for one thread at a time.
  private static let planner = Mutex(())

  let size: Int
  /// Complex numbers from one row of a spectrum to the next; size / 2 + 1 of them are in use.
  let spectrumStride: Int
  private let rows: Plan
  private let columns: Plan
  private let columnsBack: Plan
  private let rowsBack: Plan

  private struct Plan: @unchecked Sendable {
    let plan: fftwf_plan?
  }

  init(size: Int) {
    self.size = size
    let block = Self.blockColumns
    spectrumStride = (size / 2 + block) / block * block
    let real = Memory<Float>(size, 0)
    let complex = Memory<Float>(2 * size * block, 0)
    let numbers = complex.complex
    let count = [Int32(size)]
    func columns(_ sign: Int32) -> Plan {
      Plan(
        plan: fftwf_plan_many_dft(
          1, count, Int32(block), numbers, nil, Int32(block), 1, numbers, nil, Int32(block), 1,
          sign, FFTW_ESTIMATE))
    }
    (rows, self.columns, columnsBack, rowsBack) = Self.planner.withLock { _ in
      (
        Plan(plan: fftwf_plan_dft_r2c_1d(Int32(size), real.base, numbers, FFTW_ESTIMATE)),
        columns(FFTW_FORWARD), columns(FFTW_BACKWARD),
        Plan(plan: fftwf_plan_dft_c2r_1d(Int32(size), numbers, real.base, FFTW_ESTIMATE))
      )
    }
  }

  deinit {
    let plans = [rows, columns, columnsBack, rowsBack]
    Self.planner.withLock { _ in
      for plan in plans { fftwf_destroy_plan(plan.plan) }
    }
  }

  /// The blocks of columns of a spectrum.
  var blocks: Int { spectrumStride / Self.blockColumns }

  /// A row of real numbers to its half spectrum.
  func transformRow(_ row: UnsafeMutablePointer<Float>, to spectrum: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft_r2c(rows.plan, row, Memory.complex(spectrum))
  }

  /// Back, without a factor; the spectrum is lost.
  func restoreRow(_ row: UnsafeMutablePointer<Float>, from spectrum: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft_c2r(rowsBack.plan, Memory.complex(spectrum), row)
  }

  /// In place, a block of columns, [size, blockColumns].
  func transformColumns(_ block: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft(columns.plan, Memory.complex(block), Memory.complex(block))
  }

  /// Back, without a factor.
  func restoreColumns(_ block: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft(columnsBack.plan, Memory.complex(block), Memory.complex(block))
  }

  /// The least size of at least `count` that is a multiple of 16 and has no factor beyond 5.
  package static func size(atLeast count: Int) -> Int {
    var size = max(16, (count + 15) / 16 * 16)
    while !isSmooth(size) { size += 16 }
    return size
  }

  private static func isSmooth(_ number: Int) -> Bool {
    var rest = number
    for factor in [2, 3, 5] {
      while rest % factor == 0 { rest /= factor }
    }
    return rest == 1
  }
}

extension Memory<Float> {
  /// Pairs of numbers as complex ones.
  fileprivate var complex: UnsafeMutablePointer<fftwf_complex> { Self.complex(base) }

  fileprivate static func complex(
    _ numbers: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<fftwf_complex> {
    UnsafeMutableRawPointer(numbers).assumingMemoryBound(to: fftwf_complex.self)
  }
}
