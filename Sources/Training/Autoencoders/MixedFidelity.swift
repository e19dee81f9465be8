import Budget
import Kernel
import Spectra

/// The fidelity of an ensemble's average state, which is mixed, with what decoding leaves of it (paper, Eqs. 8 to 10).
/// It sees what no pure state shows: how the autoencoder mixes states that are given together.
///
/// F(ρ, σ) depends on σ within ρ's support alone, which the reduced basis φ spans: with ρ = Σ C_kl |φ_k⟩⟨φ_l| and
/// U φ_k = Σ_b |a_kb⟩|b⟩, σ_kl = ⟨a_k0| ρ_comp |a_l0⟩ and ρ_comp = Σ_kl C_kl Σ_b |a_kb⟩⟨a_lb|. For after a run: it
/// allocates.
package struct MixedFidelity {
  /// Beyond, the basis after U would be too much to hold beside a run.
  package static let largestQubits = 12

  /// What it takes on the heap.
  package static func bytes(_ ansatz: AutoencoderAnsatz, basis: Int) -> Int {
    if ansatz.qubits > largestQubits { return 0 }
    let latent = 1 << ansatz.latent
    // The basis after U; ρ_comp and its products; both matrices and what the eigen-solver copies of them.
    return 16 * (basis * ansatz.amplitudes + latent * (latent + basis) + 8 * basis * basis)
  }

  package static func declare(_ ansatz: AutoencoderAnsatz, basis: Int, in planner: inout Planner) {
    let bytes = bytes(ansatz, basis: basis)
    if bytes == 0 { return }
    planner.declareOutside(
      OutsideMemory(
        name: "mixed-state fidelity", formula: "basis states \(basis) × amplitudes \(ansatz.amplitudes) × 16 B, …",
        bytes: bytes, owner: "Training"))
  }

  package let ansatz: AutoencoderAnsatz
  /// `[k][amplitude]`, U φ_k.
  private let encoded: [[Amplitude]]

  private struct Amplitude {
    var re = 0.0
    var im = 0.0
  }

  /// - Parameter autoencoder: its own state memory is used.
  /// - Returns: nil for more than `largestQubits`.
  package init?(_ autoencoder: AutoencoderTraining) {
    let (circuit, feed) = (autoencoder.circuit, autoencoder.set.feed)
    ansatz = circuit.ansatz
    if ansatz.qubits > Self.largestQubits { return nil }
    let lanes = circuit.format.lanes
    var encoded: [[Amplitude]] = []
    for group in 0..<feed.basisGroups {
      let state = autoencoder.encodedBasis(group: group)
      for lane in 0..<min(lanes, feed.coefficients - group * lanes) {
        encoded.append(
          (0..<circuit.ansatz.amplitudes).map {
            let (re, im) = circuit.format.amplitude($0, lane: lane, of: state)
            return Amplitude(re: re, im: im)
          })
      }
    }
    self.encoded = encoded
  }

  /// - Parameter average: `[k][l]`, C, of which the lower triangle is read.
  /// - Throws: `SpectrumError`.
  package func value(average: [Double]) throws(SpectrumError) -> Double {
    let (size, latent) = (encoded.count, 1 << ansatz.latent)
    var full = [Double](repeating: 0, count: 2 * size * size)
    for k in 0..<size {
      for l in 0..<size { full[2 * (k * size + l)] = average[max(k, l) * size + min(k, l)] }
    }
    let compressed = compress(full)
    var decoded = [Double](repeating: 0, count: 2 * size * size)
    for l in 0..<size {
      // ρ_comp |a_l0⟩.
      let image = (0..<latent).map { row in
        (0..<latent).reduce(into: Amplitude()) { sum, column in
          let (m, a) = (compressed[row * latent + column], encoded[l][column])
          sum.re += m.re * a.re - m.im * a.im
          sum.im += m.re * a.im + m.im * a.re
        }
      }
      for k in 0..<size {
        for row in 0..<latent {
          let (a, b) = (encoded[k][row], image[row])
          decoded[2 * (k * size + l)] += a.re * b.re + a.im * b.im
          decoded[2 * (k * size + l) + 1] += a.re * b.im - a.im * b.re
        }
      }
    }
    return min(try densityFidelity(full, decoded, size: size), 1)
  }

  /// `[latent][latent]`, ρ_comp.
  private func compress(_ full: [Double]) -> [Amplitude] {
    let (size, latent) = (encoded.count, 1 << ansatz.latent)
    var result = [Amplitude](repeating: Amplitude(), count: latent * latent)
    for start in stride(from: 0, to: ansatz.amplitudes, by: latent) {
      for row in 0..<latent {
        for k in 0..<size {
          let a = encoded[k][start + row]
          for column in 0..<latent {
            for l in 0..<size {
              let (b, weight) = (encoded[l][start + column], full[2 * (k * size + l)])
              result[row * latent + column].re += weight * (a.re * b.re + a.im * b.im)
              result[row * latent + column].im += weight * (a.im * b.re - a.re * b.im)
            }
          }
        }
      }
    }
    return result
  }
}

extension LaneFormat {
  /// One lane's amplitude of a state `[amplitude][re, im][lane]`.
  fileprivate func amplitude(
    _ index: Int, lane: Int, of state: UnsafeRawPointer
  ) -> (re: Double, im: Double) {
    let place = 2 * index * lanes + lane
    if precision == .float32 {
      let numbers = state.assumingMemoryBound(to: Float.self)
      return (Double(numbers[place]), Double(numbers[place + lanes]))
    }
    let numbers = state.assumingMemoryBound(to: Double.self)
    return (numbers[place], numbers[place + lanes])
  }
}
