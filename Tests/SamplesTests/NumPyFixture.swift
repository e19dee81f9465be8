/// Files as NumPy 2.4 wrote them (`numpy.lib.format.write_array`): the header's text and the data in hexadecimal.
enum NumPyFixture {
  static let float32 = file(
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
    "0000803f000020c000004040cdcccc3d0000a0400000c040")
  static let float64 = file(
    "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }",
    "000000000000f03f00000000000004c09a9999999999b93f59f3f8c21f6ea50100000000000014400000000000001840")
  static let complex64 = file(
    "{'descr': '<c8', 'fortran_order': False, 'shape': (1, 2), }",
    "0000803f000000400000003f000080bf")
  static let complex128 = file(
    "{'descr': '<c16', 'fortran_order': False, 'shape': (2, 2), }",
    "000000000000f03f00000000000000409a9999999999b93f000000000000f0bf"
      + "0000000000000000000000000000084000000000000010400000000000000000"
  )
  static let oneDimension = file(
    "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }",
    "000000000000f03f00000000000000400000000000000840")
  static let empty = file(
    "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 3), }",
    "")
  static let labelsInt8 = file(
    "{'descr': '|i1', 'fortran_order': False, 'shape': (4,), }",
    "00010201")
  static let labelsUInt8 = file(
    "{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }",
    "00010201")
  static let labelsInt16 = file(
    "{'descr': '<i2', 'fortran_order': False, 'shape': (4,), }",
    "0000010002000100")
  static let labelsUInt16 = file(
    "{'descr': '<u2', 'fortran_order': False, 'shape': (4,), }",
    "0000010002000100")
  static let labelsInt32 = file(
    "{'descr': '<i4', 'fortran_order': False, 'shape': (4,), }",
    "00000000010000000200000001000000")
  static let labelsUInt32 = file(
    "{'descr': '<u4', 'fortran_order': False, 'shape': (4,), }",
    "00000000010000000200000001000000")
  static let labelsInt64 = file(
    "{'descr': '<i8', 'fortran_order': False, 'shape': (4,), }",
    "0000000000000000010000000000000002000000000000000100000000000000")
  static let labelsUInt64 = file(
    "{'descr': '<u8', 'fortran_order': False, 'shape': (4,), }",
    "0000000000000000010000000000000002000000000000000100000000000000")
  static let labelsBool = file(
    "{'descr': '|b1', 'fortran_order': False, 'shape': (4,), }",
    "01000101")
  static let labelsColumn = file(
    "{'descr': '<i8', 'fortran_order': False, 'shape': (4, 1), }",
    "0000000000000000010000000000000002000000000000000100000000000000")

  /// Version 2.0, as `write_array(…, version=(2, 0))` wrote it.
  static let version2: [UInt8] =
    [0x93] + Array("NUMPY".utf8) + [2, 0, 116, 0, 0, 0]
    + Array("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }".utf8) + Array(repeating: 0x20, count: 56) + [
      0x0A
    ] + bytes("000000000000f83f0000000000000040")

  /// A header of 128 bytes, padded as NumPy does, and data.
  static func file(_ dictionary: String, _ data: String) -> [UInt8] { npy(dictionary, bytes(data)) }

  private static func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.utf8.map { UInt8(Character(Unicode.Scalar($0)).hexDigitValue!) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}

/// An NPY file of version 1.0 around any header text.
func npy(_ dictionary: String, _ data: [UInt8] = [], headerBytes: Int = 118) -> [UInt8] {
  var header = Array(dictionary.utf8)
  header += repeatElement(0x20, count: max(0, headerBytes - header.count - 1))
  header.append(0x0A)
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count & 255), UInt8(header.count >> 8)] + header + data
}
