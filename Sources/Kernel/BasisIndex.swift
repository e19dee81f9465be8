/// The arithmetic of basis-state indices. Every bit trick of the kernel has a name here.
enum BasisIndex {
  /// The index with one bit set.
  @inline(__always)
  static func single(_ bit: Int) -> UInt32 { 1 &<< UInt32(truncatingIfNeeded: bit) }

  /// The index after a CNOT: the target bit flips where the control bit is 1.
  @inline(__always)
  static func afterCNOT(_ index: UInt32, control: Int, target: Int) -> UInt32 {
    index ^ (((index &>> UInt32(truncatingIfNeeded: control)) & 1) &<< UInt32(truncatingIfNeeded: target))
  }

  /// True where an odd number of the mask's bits is set in the index: the basis state's eigenvalue of Z^mask is −1.
  @inline(__always)
  static func isOdd(_ index: UInt32, _ mask: UInt32) -> Bool { (index & mask).nonzeroBitCount & 1 == 1 }

  /// The index after all the CNOTs of an entangler, which act on the index as a linear map over GF(2).
  static func entangled(_ index: UInt32, _ ansatz: Ansatz) -> UInt32 {
    var result = index
    var gate = 0
    while gate < ansatz.cnotCount {
      let (control, target) = ansatz.cnot(gate)
      result = afterCNOT(result, control: ansatz.bit(of: control), target: ansatz.bit(of: target))
      gate += 1
    }
    return result
  }
}
