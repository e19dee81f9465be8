/// The rows of a Pauli vector: a string X^x · Z^z (times i^|x ∧ z|, so that it is Hermitian) stands in row x, and only
/// rows in a subspace over GF(2) can be other than zero. Row x stands at the position whose bits are the coordinates of
/// x in the basis, so that a CNOT, which maps rows linearly, moves no row: it changes the basis.
struct PauliRows {
  /// The bits of a Pauli vector's strings; 4¹³ doubles are 512 MiB.
  static let highestQubits = 13

  private(set) var dimension = 0
  private var basis = InlineArray<13, UInt32>(repeating: 0)

  /// Every row that is possible, at its own position.
  static func all(_ qubits: Int) -> PauliRows {
    var rows = PauliRows()
    while rows.dimension < qubits { rows.append(BasisIndex.single(rows.dimension)) }
    return rows
  }

  /// - Precondition: independent of the basis.
  mutating func append(_ row: UInt32) {
    basis[dimension] = row
    dimension += 1
  }

  /// Forgets the last row that was appended.
  mutating func removeLast() { dimension -= 1 }

  /// The row at a position.
  func row(_ position: Int) -> UInt32 {
    var row: UInt32 = 0
    var (rest, k) = (position, 0)
    while rest != 0 && k < dimension {
      if rest & 1 == 1 { row ^= basis[k] }
      rest &>>= 1
      k &+= 1
    }
    return row
  }

  /// Where a row stands, or nil where it is not in the space.
  func position(_ row: UInt32) -> Int? {
    var (vectors, coordinates) = (basis, InlineArray<13, Int>(repeating: 0))
    var (rest, position) = (row, 0)
    var k = 0
    while k < dimension {
      coordinates[k] ^= 1 &<< k
      let vector = vectors[k]
      // Independent, so not zero.
      let pivot = vector & (0 &- vector)
      var other = k + 1
      while other < dimension {
        if vectors[other] & pivot != 0 {
          vectors[other] ^= vector
          coordinates[other] ^= coordinates[k]
        }
        other &+= 1
      }
      if rest & pivot != 0 {
        rest ^= vector
        position ^= coordinates[k]
      }
      k &+= 1
    }
    return rest == 0 ? position : nil
  }

  /// The mask whose parity with a position is a bit of the row there.
  func mask(_ bit: Int) -> Int {
    var mask = 0
    var k = 0
    while k < dimension {
      if basis[k] & BasisIndex.single(bit) != 0 { mask |= 1 &<< k }
      k &+= 1
    }
    return mask
  }

  /// The bits that some row has.
  var union: UInt32 {
    var union: UInt32 = 0
    var k = 0
    while k < dimension {
      union |= basis[k]
      k &+= 1
    }
    return union
  }

  /// What a CNOT does to rows, forwards or backwards: an X on the control spreads to the target.
  mutating func applyCNOT(control: Int, target: Int) {
    var k = 0
    while k < dimension {
      basis[k] = BasisIndex.afterCNOT(basis[k], control: control, target: target)
      k &+= 1
    }
  }
}
