/// The fidelity of compressing and decoding pure states, from U|ψ⟩ = Σ_b |a_b⟩|b⟩.
///
/// Decoding appends |0⟩⟨0| to ρ_comp = Σ_b |a_b⟩⟨a_b| and applies U†, so F = ⟨ψ|U†(ρ_comp ⊗ |0⟩⟨0|)U|ψ⟩
/// = Σ_b |g_b|² with g_b = ⟨a_0|a_b⟩. Its derivative, with dF = 2 Re⟨λ|dψ⟩ for λ = ∂F/∂ψ̄:
/// - b ≠ 0: only ḡ_b holds ā_b, so λ_b = g_b a_0;
/// - b = 0: every g_b holds ā_0, and g_0² holds it twice, so λ_0 = 2 g_0 a_0 + Σ_{b≠0} ḡ_b a_b.
/// F is quartic in ψ; a lane of zeros has F = 0 and λ = 0.
struct CompressionScore<V: LaneVector> {
  let ansatz: AutoencoderAnsatz
  let state: LaneState<V>

  private var latentStates: Int { 1 << ansatz.latent }
  private var branches: Int { 1 << ansatz.trash }

  /// g_b.
  @inline(__always)
  private func overlap(_ branch: Int) -> LaneComplex<V> {
    let start = branch << ansatz.latent
    var sum = LaneComplex<V>.zero
    var a = 0
    while a < latentStates {
      sum = sum.adding(conjugateOf: state[a], times: state[start &+ a])
      a &+= 1
    }
    return sum
  }

  func fidelity() -> V {
    var total = V.zero
    var branch = 0
    while branch < branches {
      let g = overlap(branch)
      total = total.adding(g.re, times: g.re).adding(g.im, times: g.im)
      branch &+= 1
    }
    return total
  }

  /// Writes λ, and returns F.
  func differentiate(into cotangent: LaneState<V>) -> V {
    let own = overlap(0).re
    var total = own * own
    let twice = LaneComplex(own + own, V.zero)
    var a = 0
    while a < latentStates {
      cotangent.set(a, twice * state[a])
      a &+= 1
    }
    var branch = 1
    while branch < branches {
      let g = overlap(branch)
      total = total.adding(g.re, times: g.re).adding(g.im, times: g.im)
      let start = branch << ansatz.latent
      a = 0
      while a < latentStates {
        cotangent.set(start &+ a, g * state[a])
        cotangent.set(a, cotangent[a].adding(conjugateOf: g, times: state[start &+ a]))
        a &+= 1
      }
      branch &+= 1
    }
    return total
  }
}
