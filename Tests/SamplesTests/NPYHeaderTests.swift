import Samples
import Testing

@Suite struct NPYHeaderTests {
  /// Headers made by hand, each with the answer that it must get.
  enum Broken: CaseIterable {
    case empty, magicCut, magicWrong, versionCut, version3, versionMinor1, lengthCut, headerCut, headerTooLong,
      headerHuge2
    case notADictionary, unclosed, keyUnquoted, colonMissing, commaMissing, newlineMissing, newlineEarly, garbageAfter
    case zeroByte, escape
    case descrMissing, orderMissing, shapeMissing, descrTwice, orderTwice, shapeTwice, unknownKey
    case bigEndian, object, text, structure, half, longDouble, fortran, orderNumber
    case scalar, threeDimensions, notATuple, negative, fraction, integerOverflow, longSuffix
    case overflowOfElements, overflowOfBytes, overflowWithHeader, overflowBesideZero
  }

  func answer(_ kind: Broken) -> (bytes: [UInt8], expected: NPYError) {
    func header(_ descr: String = "'<f8'", _ order: String = "False", _ shape: String = "(2, 3)") -> [UInt8] {
      npy("{'descr': \(descr), 'fortran_order': \(order), 'shape': \(shape), }")
    }
    let types = NPYType.allCases.map(\.rawValue)
    func type(_ descr: String) -> (bytes: [UInt8], expected: NPYError) {
      (header("'\(descr)'"), .type(given: descr, allowed: types, atByte: 20))
    }
    func shape(_ text: String, _ error: NPYError) -> (bytes: [UInt8], expected: NPYError) {
      (header("'<f8'", "False", text), error)
    }
    let good = header()
    switch kind {
    case .empty: return ([], .truncated(given: 0, needed: 8))
    case .magicCut: return (Array(good[..<4]), .truncated(given: 4, needed: 8))
    case .magicWrong: return ([0x92] + good[1...], .magic)
    case .versionCut: return (Array(good[..<7]), .truncated(given: 7, needed: 8))
    case .version3: return (Array(good[..<6]) + [3, 0] + good[8...], .version(major: 3, minor: 0))
    case .versionMinor1: return (Array(good[..<6]) + [1, 1] + good[8...], .version(major: 1, minor: 1))
    case .lengthCut: return (Array(good[..<9]), .truncated(given: 9, needed: 10))
    case .headerCut: return (Array(good[..<100]), .truncated(given: 100, needed: 128))
    case .headerTooLong: return (npy("{}", headerBytes: 4097), .headerTooLong(given: 4097, allowed: 4096))
    case .headerHuge2:
      return (
        Array(good[..<6]) + [2, 0, 255, 255, 255, 255], .headerTooLong(given: 4_294_967_295, allowed: 4096)
      )
    case .notADictionary: return (npy("(2, 3)"), .syntax(atByte: 10, expected: "{"))
    case .unclosed: return (npy("{'shape': (2, 3),"), .syntax(atByte: 127, expected: "a quoted string"))
    case .keyUnquoted: return (npy("{shape: (2, 3)}"), .syntax(atByte: 11, expected: "a quoted string"))
    case .colonMissing: return (npy("{'shape' (2, 3)}"), .syntax(atByte: 19, expected: ":"))
    case .commaMissing: return (npy("{'shape': (2, 3) 'descr': '<f8'}"), .syntax(atByte: 27, expected: "}"))
    case .newlineMissing:
      return (Array(good[..<127]) + [0x20], .syntax(atByte: 128, expected: "spaces, then a newline at the end"))
    case .newlineEarly:
      return (
        Array(good[..<126]) + [0x0A, 0x20], .syntax(atByte: 126, expected: "spaces, then a newline at the end")
      )
    case .garbageAfter:
      return (npy("{} x"), .syntax(atByte: 13, expected: "spaces, then a newline at the end"))
    case .zeroByte: return (npy("{'sh\0pe': 1}"), .syntax(atByte: 14, expected: "plain ASCII"))
    case .escape: return (npy("{'sh\\x61pe': 1}"), .syntax(atByte: 14, expected: "plain ASCII"))
    case .descrMissing: return (npy("{'fortran_order': False, 'shape': (1,)}"), .missingKey("descr"))
    case .orderMissing: return (npy("{'descr': '<f8', 'shape': (1,)}"), .missingKey("fortran_order"))
    case .shapeMissing: return (npy("{'descr': '<f8', 'fortran_order': False}"), .missingKey("shape"))
    case .descrTwice: return (npy("{'descr': '<f8', 'descr': '<f4'}"), .duplicateKey("descr", atByte: 27))
    case .orderTwice:
      return (npy("{'fortran_order': False, 'fortran_order': False}"), .duplicateKey("fortran_order", atByte: 35))
    case .shapeTwice: return (npy("{'shape': (1,), 'shape': (2,)}"), .duplicateKey("shape", atByte: 26))
    case .unknownKey: return (npy("{'strides': (1,)}"), .unknownKey("strides", atByte: 11))
    case .bigEndian: return type(">f8")
    case .object: return type("|O")
    case .text: return type("<U4")
    case .half: return type("<f2")
    case .longDouble: return type("<f16")
    case .structure: return (header("[('a', '<f8')]"), .structured(atByte: 20))
    case .fortran: return (header("'<f8'", "True"), .fortranOrder(atByte: 44))
    case .orderNumber: return (header("'<f8'", "0"), .syntax(atByte: 44, expected: "True or False"))
    case .scalar: return shape("()", .dimensions(given: 0, allowed: 1...2, atByte: 60))
    case .threeDimensions: return shape("(1, 2, 3)", .dimensions(given: 3, allowed: 1...2, atByte: 60))
    case .notATuple: return shape("(3)", .syntax(atByte: 60, expected: "a tuple"))
    case .negative: return shape("(-1, 3)", .syntax(atByte: 61, expected: "an unsigned integer"))
    case .fraction: return shape("(1.0, 3)", .syntax(atByte: 62, expected: ")"))
    case .integerOverflow:
      return shape("(9223372036854775808, 3)", .syntax(atByte: 61, expected: "an integer below 2^63"))
    case .longSuffix: return shape("(2L, 3)", .syntax(atByte: 62, expected: ")"))
    case .overflowOfElements: return shape("(4611686018427387904, 4)", .shapeOverflow(given: [1 << 62, 4]))
    case .overflowOfBytes: return shape("(4611686018427387904, 1)", .shapeOverflow(given: [1 << 62, 1]))
    case .overflowWithHeader: return shape("(1152921504606846975,)", .shapeOverflow(given: [(1 << 60) - 1]))
    case .overflowBesideZero: return shape("(0, 1152921504606846976)", .shapeOverflow(given: [0, 1 << 60]))
    }
  }

  @Test(arguments: Broken.allCases)
  func isRefused(_ kind: Broken) {
    let (bytes, expected) = answer(kind)
    #expect(throws: expected) { try NPYHeader(decoding: bytes) }
  }

  /// The same parts, put together rightly, are read.
  @Test func whatIsNotBrokenIsRead() throws {
    for text in [
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }",
      "{\"shape\":(2,3,),\"fortran_order\":False,\"descr\":\"<f8\"}",
      "{ 'shape' : ( 2 , 3 ) , 'descr' : '<f8' , 'fortran_order' : False , }",
    ] {
      let header = try NPYHeader(decoding: npy(text))
      #expect(header.type == .float64 && header.shape == [2, 3])
      #expect(header.dataOffset == 128 && header.dataBytes == 48)
    }
  }

  /// A header is a claim: it is compared with the file before anything of its size is touched.
  @Test func hugeClaims() {
    let quarter = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1152921504606846976, 1), }")
    #expect(throws: SampleError.npy(.size(given: 128, expected: 128 + 1 << 62))) { try read(quarter, columns: 1) }
    // A pipe has no size: what is there is read, then its end is seen.
    #expect(try! readPiped(quarter + [0, 0, 0, 0], columns: 1).statuses == [.row, .truncated(atByte: 132)])
  }

  /// No changed byte of a header gives a crash, nor rows of another length.
  @Test func changedBytes() {
    var bytes = NumPyFixture.float64
    for index in 0..<128 {
      let original = bytes[index]
      for value in UInt8.min...UInt8.max where value != original {
        bytes[index] = value
        guard let header = try? NPYHeader(decoding: bytes) else { continue }
        #expect(header.shape.count <= 2)
      }
      bytes[index] = original
    }
  }
}
