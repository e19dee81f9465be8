import Glibc
import TemporaryFolders
import Testing

@Suite(
  .enabled(
    if: Tool.canTeach, "scikit-learn could not be installed: tools/install-dependencies --for-teachers"))
struct TeacherLogitsTests {
  let folder = TemporaryFolder()
  let tool = Tool("teacher-logits")

  private func put(_ name: String, shape: [UInt8], _ data: [UInt8]) {
    let extents: [UInt8] = shape.flatMap { [0, 0, 0, $0] }
    _ = folder.put(name, [0, 0, 8, UInt8(shape.count)] + extents + data)
  }

  /// Images of 2 × 1 pixels: class 1 is bright on the left, 5 on the right, 3 nowhere.
  private func putImages() {
    let labels: [UInt8] = [1, 3, 5, 5, 1, 3, 5, 1]
    let images = labels.flatMap { label -> [UInt8] in label == 1 ? [255, 0] : label == 5 ? [0, 255] : [9, 9] }
    for prefix in ["train", "t10k"] {
      put(prefix + "-images-idx3-ubyte", shape: [8, 2, 1], images)
      put(prefix + "-labels-idx1-ubyte", shape: [8], labels)
    }
  }

  /// The NPY's header and values.
  private func logits() -> (header: String, values: [Double]) {
    let bytes = folder.get("logits.npy") ?? []
    guard bytes.count > 10 else { return ("", []) }
    let start = 10 + Int(bytes[8]) + 256 * Int(bytes[9])
    let values = stride(from: start, to: bytes.count - 7, by: 8).map { offset -> Double in
      // The first byte is the least significant.
      Double(bitPattern: bytes[offset..<offset + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
    return (String(decoding: bytes[10..<start], as: UTF8.self), values)
  }

  private func run(_ options: String) -> (status: Int32, text: String) {
    tool.run("\(folder.path) \(folder.path)/logits.npy \(options)")
  }

  @Test(arguments: ["logistic", "forest", "mlp"]) func logitsOfEachModel(_ model: String) {
    putImages()
    let answer = run("--classes 5,1 --model \(model)")
    #expect(answer.status == 0 && answer.text.contains("6 × 2 logits; test accuracy 1.0000 of 6 images"), "\(answer)")
    let (header, values) = logits()
    #expect(header.contains("'<f8'") && header.contains("'fortran_order': False") && header.contains("(6, 2)"))
    // The labels left are 1 5 5 1 5 1, and class 5 is the first column.
    let first = [false, true, true, false, true, false]
    #expect(values.count == 12 && values.allSatisfy { $0.isFinite && $0 <= 0 })
    for (row, isFirst) in first.enumerated() where values.count == 12 {
      #expect((values[2 * row] > values[2 * row + 1]) == isFirst)
      #expect(abs(exp(values[2 * row]) + exp(values[2 * row + 1]) - 1) < 1e-5)
    }
  }

  private func expectRefusal(
    _ options: String, _ status: Int32, _ text: String, _ location: SourceLocation = #_sourceLocation
  ) {
    let answer = run(options)
    #expect(answer.status == status && answer.text.contains(text), "\(answer)", sourceLocation: location)
    #expect(!answer.text.contains("Traceback") && folder.get("logits.npy") == nil, sourceLocation: location)
  }

  @Test func refusals() {
    expectRefusal("", 66, "tools/get-mnist")
    putImages()
    expectRefusal("--classes 1", 64, "--classes")
    expectRefusal("--model oracle", 64, "--model")
    // No input is replaced.
    #expect(tool.run("\(folder.path) \(folder.path)/train-images-idx3-ubyte --classes 1,5").status == 64)
    expectRefusal("--classes 1,7", 65, "train has no image of class 7")
    put("train-labels-idx1-ubyte", shape: [7], [1, 3, 5, 5, 1, 3, 5])
    expectRefusal("--classes 1,5", 65, "train has 8 images and 7 labels")
    put("train-labels-idx1-ubyte", shape: [8], [1, 3, 5])
    expectRefusal("--classes 1,5", 65, "3 bytes of data, and its header says [8]")
    _ = folder.put("train-labels-idx1-ubyte", [])
    expectRefusal("--classes 1,5", 65, "not an IDX file")
  }

  @Test func aTruncatedGzipFile() {
    putImages()
    unlink(folder.path + "/train-labels-idx1-ubyte")
    _ = folder.put("train-labels-idx1-ubyte.gz", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x63])
    expectRefusal("--classes 1,5", 65, "train-labels-idx1-ubyte.gz: ")
  }
}
