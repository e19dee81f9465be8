import Budget
import Kernel
import Models
import Samples

/// One sample of a file, checked as every sample is.
package struct SampleRow {
  /// What the encoder takes: amplitudes, or a number a qubit.
  package let real: [Double]
  /// As many; zeros where samples are real.
  package let imaginary: [Double]

  /// - Parameters:
  ///   - row: from 0.
  ///   - features: what is made of a row before it is encoded; nil: nothing.
  ///   - range: of the rows that the model was trained on; nil: not known.
  /// - Returns: nil where the file has no such row; `rows` then is how many it has.
  /// - Throws: `SessionError.samples`, `.row`, `.memoryRefused`.
  package static func read(
    path: String, row: Int, _ ansatz: Ansatz, _ encoder: Encoder, features: PrincipalFeatures?,
    range: ClosedRange<Double>?, rows: inout Int
  ) throws(SessionError) -> SampleRow? {
    let stream: SampleStream
    do { stream = try SampleStream(path: path) } catch { throw .samples(path: path, error) }
    let facts = DataFacts(
      columns: stream.columns, hasBytes: stream.hasBytes, isComplex: stream.isComplex, fields: stream.fields,
      outsideBytes: stream.outsideBytes)
    var planner = Planner()
    let memory = FileMemory(
      "sample", ansatz: ansatz, encoder: encoder, rawColumns: features?.columns, outputs: nil, facts: facts,
      lifetime: .whole, in: &planner)
    let map = features.map {
      FeatureMemory(columns: $0.columns, count: ansatz.qubits, lifetime: .whole, in: &planner)
    }
    let arena = try mapArena(planner)
    let feed = try memory.bind(
      stream, labels: nil, features: features.flatMap { map?.bind($0, arena) }, classes: .max, selected: [],
      range: range, arena)
    var found: SampleRow?
    rows = 0
    reading: while rows <= row {
      switch feed.next() {
      case .sample: rows += 1
      case .end: return nil
      case .failed(let failure): throw feed.error(failure, labelsPath: "")
      }
    }
    found = SampleRow(
      real: Array(UnsafeBufferPointer(start: feed.real, count: feed.width)),
      imaginary: feed.imaginary.map { Array(UnsafeBufferPointer(start: $0, count: feed.width)) }
        ?? [Double](repeating: 0, count: feed.width))
    return found
  }
}
