import Budget
import Foundation
import Spectra
import TemporaryFolders

/// An NPY file, version 1.0, written without the code under test.
func npy(_ type: String, _ shape: [Int], _ data: Data) -> Data {
  let tuple = shape.map { "\($0)," }.joined(separator: " ")
  let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(tuple)), }\n"
  var bytes = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
  withUnsafeBytes(of: UInt16(header.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
  return bytes + Data(header.utf8) + data
}

func npy(_ rows: [[Double]], columns: Int? = nil) -> Data {
  npy("<f8", [rows.count, columns ?? rows[0].count], littleEndian(rows.flatMap { $0 }))
}

/// Complex rows: real and imaginary parts alternate.
func complexNPY(_ rows: [[Double]]) -> Data {
  npy("<c16", [rows.count, rows[0].count / 2], littleEndian(rows.flatMap { $0 }))
}

func npy(labels: [Int64]) -> Data {
  npy(
    "<i8", [labels.count],
    labels.reduce(into: Data()) { data, label in
      withUnsafeBytes(of: label.littleEndian) { data.append(contentsOf: $0) }
    })
}

private func littleEndian(_ values: [Double]) -> Data {
  values.reduce(into: Data()) { data, value in
    withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
  }
}

extension TemporaryFolder {
  /// Writes a file; its path.
  func put(_ name: String, _ data: Data) -> String { put(name, [UInt8](data)) }
}

/// Ground states of the chain at evenly spread h2, and their labels.
func groundStates(count: Int, qubits: Int = 7) throws -> (states: [[Double]], labels: [Int64]) {
  let chain = ChainSpecification(qubits: qubits)
  var planner = Planner()
  let reservations = try GroundStateFamily.reserve(chain, in: &planner)
  let arena = try Arena(planner.layout())
  let family = try GroundStateFamily(reservations, arena: arena)
  var coefficients = [Double](repeating: 0, count: family.basisDimension)
  var state = [Double](repeating: 0, count: 1 << chain.qubits)
  var (states, labels): ([[Double]], [Int64]) = ([], [])
  for i in 0..<count {
    let h2 = 0.8 + 0.4 * (Double(i) + 0.5) / Double(count)
    _ = family.groundState(h2: h2, coefficients: &coefficients)
    family.expand(coefficients: coefficients, into: &state)
    states.append(state)
    labels.append(Int64(chain.label(h2: h2)))
  }
  return withExtendedLifetime(family) { (states, labels) }
}

/// The same as files.
func writeGroundStates(in folder: TemporaryFolder, count: Int) throws -> (states: String, labels: String) {
  let (states, labels) = try groundStates(count: count)
  return (folder.put("states.npy", npy(states)), folder.put("labels.npy", npy(labels: labels)))
}
