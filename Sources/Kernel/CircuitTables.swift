/// What the passes read: the ansatz's parameters in the form in which they are applied. On borrowed memory; `prepare`
/// fills it anew whenever the angles change.
///
/// The form (ZYZ split): RZ·RY·RX of a qubit equals Rz(α)·Ry(β)·Rz(γ). Everything diagonal and every permutation
/// between two layers' Ry becomes one indexed, scaled load; only the real Ry remain as arithmetic on pairs.
/// - A half-angle β/2 beyond ±π/4 is shifted by π/2; Ry(π) is a flip of the bit and a sign. The flips of a layer are an
///   XOR on the load's index, the signs go into the diagonal, and |tan β/2| ≤ 1 keeps rounding errors small.
/// - Ry is applied as (x − k·y, y + k·x), k = tan β/2; the product of all cosines goes into the diagonal.
///
/// So rotation layer l computes, with the entangler's permutation A of the layer before (identity for l = 0):
/// in[i] = diagonal[l][i] · out_{l−1}[source(i)], source(i) = A⁻¹(i) ⊕ sourceFlip[l]; then the Ry of every bit.
/// The last layer's Rz(α) and CNOTs stay pending: measuring knows of them.
public struct CircuitTables {
  public let ansatz: Ansatz
  public let format: LaneFormat
  /// `[rotation layer + 1][re, im][amplitude]` of the format's scalar; the last one is the pending Rz(α).
  let diagonal: UnsafeMutableRawPointer
  /// `[rotation layer][bit]` of the format's scalar: tan β/2 after the shift.
  let tangent: UnsafeMutableRawPointer
  /// `[re, im][amplitude]` of the format's scalar, used while preparing.
  let scratch: UnsafeMutableRawPointer
  /// `[rotation layer]`
  let sourceFlip: UnsafeMutablePointer<UInt32>
  /// `[rotation layer][bit][re, im]`: exp(iα).
  let outerPhase: UnsafeMutablePointer<Double>
  /// `[amplitude]`: the entangler's permutation A, and its inverse.
  let entangled: UnsafeMutablePointer<UInt32>
  let disentangled: UnsafeMutablePointer<UInt32>
  /// `[rotation layer][2]`: the light cone, outside of which rotations are left out; nil: none are.
  let cone: UnsafePointer<UInt32>?

  /// Borrows memory of the sizes that `Sizes` states and fills the index tables.
  /// - Parameter cone: what `LightCone.fill` filled for the observables that the network is read out with.
  /// - Precondition: the pointers are aligned to 64 bytes and outlive this value.
  @_noAllocation
  public init(
    ansatz: Ansatz, format: LaneFormat, diagonal: UnsafeMutableRawPointer, tangent: UnsafeMutableRawPointer,
    scratch: UnsafeMutableRawPointer, sourceFlip: UnsafeMutablePointer<UInt32>,
    outerPhase: UnsafeMutablePointer<Double>, entangled: UnsafeMutablePointer<UInt32>,
    disentangled: UnsafeMutablePointer<UInt32>, cone: UnsafePointer<UInt32>? = nil
  ) {
    self.ansatz = ansatz
    self.format = format
    self.diagonal = diagonal
    self.tangent = tangent
    self.scratch = scratch
    self.sourceFlip = sourceFlip
    self.outerPhase = outerPhase
    self.entangled = entangled
    self.disentangled = disentangled
    self.cone = cone
    let last = UInt32(truncatingIfNeeded: ansatz.amplitudes - 1)
    var index: UInt32 = 0
    while true {
      // Linear over GF(2): the image of an index without its lowest bit, and that bit's.
      let rest = index & (index &- 1)
      let image = rest == 0 ? BasisIndex.entangled(index, ansatz) : entangled[Int(rest)] ^ entangled[Int(index ^ rest)]
      entangled[Int(index)] = image
      disentangled[Int(image)] = index
      if index == last { break }
      index += 1
    }
  }

  /// True where the entangler acts after the last rotations.
  var endsEntangled: Bool { !ansatz.finalRotation }
}

/// Where a rotation layer loads amplitude i from: A⁻¹(i) ⊕ flip, or i ⊕ flip before any entangler. Linear over GF(2),
/// so that a block of 2^k amplitudes needs one table load: source(b + j) = source(b) ⊕ offset(j).
struct Source {
  let table: UnsafePointer<UInt32>?
  let flip: UInt32

  init(_ tables: CircuitTables, layer: Int) {
    table = layer == 0 ? nil : UnsafePointer(tables.disentangled)
    flip = tables.sourceFlip[layer]
  }

  @inline(__always)
  func base(_ block: Int) -> Int {
    Int((table.map { $0[block] } ?? UInt32(truncatingIfNeeded: block)) ^ flip)
  }

  /// What a small index adds to the base.
  @inline(__always)
  func offset(_ index: Int) -> Int { table.map { Int($0[index]) } ?? index }
}
