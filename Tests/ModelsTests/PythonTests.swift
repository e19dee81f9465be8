import Glibc
import Models
import TemporaryFolders
import Testing

/// Python's `safetensors` reads what we write, and we read what it writes with the recipe of the format's description.
/// Needs the packages `safetensors` and `numpy`, in the `python3` of the path or in the one that `QKD_PYTHON` names.
@Suite(
  .enabled(if: Python.hasSafetensors, "python3 cannot import safetensors and numpy; set QKD_PYTHON to one that can"))
struct PythonTests {
  let folder = TemporaryFolder()

  @Test func pythonReadsWithOneLine() throws {
    let path = folder.path + "/model.safetensors"
    try exampleFile().write(path: path)
    let output = Python.run(
      """
      from safetensors.numpy import load_file; tensors = load_file("\(path)")
      for name in sorted(tensors):
        print(name, tensors[name].dtype, tensors[name].shape, tensors[name].flatten().tolist())
      """, in: folder)
    #expect(
      output == """
        angles float64 (2, 3) [0.1, -0.0, 1e-300, 3.141592653589793, 5e-324, -1e+300]
        nothing float32 (0, 4) []
        scale float32 () [0.10000000149011612]
        step int64 (2,) [-9223372036854775808, 9223372036854775807]

        """)
  }

  @Test func pythonReadsTheMetadata() throws {
    let path = folder.path + "/model.safetensors"
    try exampleFile().write(path: path)
    let output = Python.run(
      """
      import hashlib
      from safetensors import safe_open
      metadata = safe_open("\(path)", framework="np").metadata()
      raw = open("\(path)", "rb").read().replace(metadata["sha256"].encode(), b"0" * 64, 1)
      print(hashlib.sha256(raw).hexdigest() == metadata["sha256"], metadata["rotation"])
      print(ascii(metadata['quote "\\\\\\n\\x01']))
      """, in: folder)
    #expect(output == "True half-angle\n'\\u03c8 \\u2192 \\u03c6 \\U0001f642'\n")
  }

  @Test func weReadWhatPythonWrites() throws {
    let path = folder.path + "/model.safetensors"
    let output = Python.run(
      """
      import hashlib, numpy, safetensors.numpy
      tensors = {"angles": numpy.array([[1.5, 2.5]]), "bias": numpy.array([1, 2], "f4"), "step": numpy.array(7)}
      raw = safetensors.numpy.save(tensors, metadata={"rotation": "full", "sha256": "0" * 64, "b": "ψ"})
      open("\(path)", "wb").write(raw.replace(b"0" * 64, hashlib.sha256(raw).hexdigest().encode(), 1))
      """, in: folder)
    #expect(output == "")
    let file = try TensorFile.read(path: path)
    #expect(file.metadata == ["rotation": "full", "b": "ψ"])
    #expect(file["angles"] == Tensor(name: "angles", shape: [1, 2], values: .float64([1.5, 2.5])))
    #expect(file["bias"] == Tensor(name: "bias", shape: [2], values: .float32([1, 2])))
    #expect(file["step"] == Tensor(name: "step", shape: [], values: .int64([7])))
  }

  @Test func withoutADigestOrWithOtherTypesItIsRefused() throws {
    let output = Python.run(
      """
      import numpy
      from safetensors.numpy import save_file
      save_file({"a": numpy.array([1.5])}, "\(folder.path)/plain")
      save_file({"a": numpy.array([1], "u1")}, "\(folder.path)/bytes")
      """, in: folder)
    #expect(output == "")
    #expect(throws: TensorFileError.noDigest) { try TensorFile.read(path: folder.path + "/plain") }
    #expect(throws: TensorFileError.type(tensor: "a", given: "U8")) {
      try TensorFile.read(path: folder.path + "/bytes")
    }
  }
}

private enum Python {
  static let interpreter = getenv("QKD_PYTHON").map { String(cString: $0) } ?? "python3"

  static let hasSafetensors = system("\(interpreter) -c 'import numpy, safetensors.numpy' 2>/dev/null") == 0

  /// What the program prints, errors included.
  static func run(_ program: String, in folder: TemporaryFolder) -> String {
    let script = folder.put("script.py", Array(program.utf8))
    guard let output = popen("\(interpreter) -B \(script) 2>&1", "r") else { return "no pipe" }
    defer { pclose(output) }
    var text: [UInt8] = []
    while case let byte = getc(output), byte != EOF { text.append(UInt8(byte)) }
    return String(decoding: text, as: UTF8.self)
  }
}
