import Files
import Models
import Samples

/// What a file of others says of a network: its angles, perhaps a readout, and perhaps what they mean.
///
/// NPY of `<f4` or `<f8` with one to three dimensions, or safetensors, with or without our `sha256`: tensors of F32 or
/// F64, and metadata with the keys of `Convention` (`parameter_order`, `qubits` and `layers` too, as in a model file).
public struct AngleSource: Sendable {
  /// Angles of the largest circuit take 2.5 MB; other tensors of the file are read too.
  public static let largestFileBytes = 16 << 20

  public let path: String
  /// `NPY <f8`, `safetensors F64`.
  public let format: String
  /// SHA-256 of the file's bytes.
  public let sha256: String
  /// Outermost dimension first.
  public let shape: [Int]
  /// Row-major, all finite.
  public let angles: [Double]
  /// `[logit]`; nil: the file has none.
  public private(set) var scales, biases: [Double]?
  /// What the metadata state, in the one spelling.
  public private(set) var stated: [Convention: String] = [:]
  /// What the metadata say besides of the circuit: `qubits`, `layers`.
  private(set) var counts: [String: String] = [:]

  /// Reads a file, or the standard input for `-`.
  /// - Parameter anglesName: of the tensor; nil: `angles`. An NPY has no names.
  /// - Throws: `ImportError`.
  public init(path: String, anglesName: String?) throws(ImportError) {
    let bytes: [UInt8]
    do { bytes = try readFile(path, atMost: Self.largestFileBytes) } catch { throw .file(error) }
    try self.init(decoding: bytes, path: path, anglesName: anglesName)
  }

  /// The same of bytes that are there; `path` is for messages.
  public init(decoding bytes: [UInt8], path: String, anglesName: String?) throws(ImportError) {
    self.path = path
    sha256 = SHA256.hex(of: bytes)
    if bytes.first == NPYHeader.magic[0] {
      if let anglesName {
        throw .unfit(path: path, "--angles-name", given: anglesName, allowed: "safetensors: NPY has no names")
      }
      let array: NPYArray
      do { array = try NPYArray(decoding: bytes, types: [.float32, .float64], dimensions: 1...3) } catch {
        throw .array(path: path, error)
      }
      if let index = array.real.firstIndex(where: { !$0.isFinite }) { throw .notFinite(path: path, index: index) }
      format = "NPY \(array.type.rawValue)"
      (shape, angles) = (array.shape, array.real)
      return
    }
    let file: TensorFile
    do { file = try TensorFile(decoding: bytes, digest: .optional) } catch { throw .tensors(path: path, error) }
    let name = anglesName ?? "angles"
    guard let tensor = file[name] else { throw .noTensor(path: path, name: name, there: file.tensors.map(\.name)) }
    guard let values = tensor.doubles else {
      throw .unfit(path: path, "tensor \(name)", given: tensor.values.type, allowed: "F32, F64")
    }
    guard (1...Axis.allCases.count).contains(tensor.shape.count) else {
      throw .unfit(path: path, "tensor \(name)", given: "of shape \(tensor.shape)", allowed: "1 to 3 axes")
    }
    format = "safetensors \(tensor.values.type)"
    (shape, angles) = (tensor.shape, values)
    scales = try Self.readout("scales", file, path)
    biases = try Self.readout("biases", file, path)
    try readMetadata(file.metadata)
  }

  private static func readout(_ name: String, _ file: TensorFile, _ path: String) throws(ImportError) -> [Double]? {
    guard let tensor = file[name] else { return nil }
    guard let values = tensor.doubles, tensor.shape.count == 1 else {
      throw .unfit(
        path: path, "tensor \(name)", given: "\(tensor.values.type) \(tensor.shape)",
        allowed: "F32 or F64 with one axis, a number a logit")
    }
    return values
  }

  private mutating func readMetadata(_ metadata: [String: String]) throws(ImportError) {
    for (key, value) in metadata.byKey {
      let plain = key.lowercased().map { $0 == "-" ? "_" : String($0) }.joined()
      guard let convention = Convention(rawValue: plain) else { continue }
      // What is ignored would stand for its default.
      if plain != key { throw .metadata(path: path, key: key, given: value, allowed: "the key \(plain)") }
      do { stated[convention] = try convention.canonical(value) } catch {
        throw .metadata(path: path, key: key, given: error.given, allowed: error.allowed)
      }
    }
    if let order = metadata["parameter_order"] {
      guard order == Model.parameterOrder else {
        throw .metadata(path: path, key: "parameter_order", given: order, allowed: Model.parameterOrder)
      }
      for (convention, text) in Statements.ownLayout where stated[convention] == nil { stated[convention] = text }
    }
    for key in ["features", "row_minimum", "row_maximum"] {
      guard let value = metadata[key] else { continue }
      throw .metadata(path: path, key: key, given: value, allowed: "none here: it comes with a model, by --like")
    }
    for key in ["qubits", "layers"] { counts[key] = metadata[key] }
  }
}
