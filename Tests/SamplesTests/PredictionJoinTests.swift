import Samples
import TemporaryFolders
import Testing

@Suite struct PredictionJoinTests {
  private let folder = TemporaryFolder()

  /// Arrays without columns, or with more than memory could hold: refused, whatever the number of rows.
  @Test(arguments: ["(0, 0)", "(3, 0)", "(0, 1025)", "(0, 1152921504606846976)"])
  func arraysThatAreNoPredictions(_ shape: String) {
    let text = "{'descr': '<f8', 'fortran_order': False, 'shape': \(shape), }"
    let padding = String(repeating: " ", count: 117 - text.utf8.count) + "\n"
    let header: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0]
    let part = folder.put("part.npy", header + Array((text + padding).utf8))
    do {
      try PredictionJoin.join([part], rows: [0], format: .npy, into: folder.path + "/joined.npy")
      Issue.record("\(shape) was joined")
    } catch {
      #expect(error.path == part)
      switch error.error {
      case .shape, .emptyRows, .npy(.shapeOverflow): break
      default: Issue.record("\(error)")
      }
    }
    #expect(folder.names == ["part.npy"])
  }
}
