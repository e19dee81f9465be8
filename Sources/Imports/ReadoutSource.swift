import Files
import Models
import Samples

/// Scales or biases as a command line gives them: numbers between commas, or the NPY file that holds them.
enum ReadoutSource {
  static let largestFileBytes = 64 << 10

  /// - Parameters:
  ///   - name: `scales` or `biases`.
  ///   - text: `1,2.5`, or a path.
  /// - Returns: `[logit]`
  /// - Throws: `ImportError`.
  static func read(_ text: String, _ name: String) throws(ImportError) -> [Double] {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      Double(part.filter { $0 != " " })
    }
    if !numbers.contains(nil) {
      let values = numbers.compactMap { $0 }
      if let index = values.firstIndex(where: { !$0.isFinite }) { throw .notFinite(path: "--" + name, index: index) }
      return values
    }
    let array: NPYArray
    do {
      let bytes = try readFile(text, atMost: largestFileBytes)
      array = try NPYArray(decoding: bytes, types: [.float32, .float64], dimensions: 1...1)
    } catch {
      if let error = error as? NPYError { throw .array(path: text, error) }
      guard let error = error as? FileError else { preconditionFailure("\(error)") }
      throw .file(error)
    }
    if let index = array.real.firstIndex(where: { !$0.isFinite }) { throw .notFinite(path: text, index: index) }
    return array.real
  }
}
