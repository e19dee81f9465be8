import Circuits
import Files
import Glibc
import Models

/// Files of tensors, sealed again after each mutation.
let tensorTargets = [
  FuzzTarget(name: "model", mutate: mutateTensors, reseal: resealTensors, reader: readModel),
  FuzzTarget(name: "autoencoder", mutate: mutateTensors, reseal: resealTensors) { _ in readAutoencoder },
  FuzzTarget(name: "tape", mutate: mutateTensors, reseal: resealTensors, reader: readTape),
]

/// What is written of something that was read reads back as the same bytes.
private func expectStable(_ file: TensorFile, _ write: (TensorFile) throws(ModelError) -> TensorFile) {
  let bytes = file.encode()
  do {
    let again = try TensorFile(decoding: bytes)
    expect(try write(again).encode() == bytes, "what was written reads back as something else")
  } catch { fatalError("what was written is refused: \(error)") }
}

private func readModel(_ scratch: Scratch) -> ([UInt8]) -> Void {
  let file = scratch.file("planted")
  let isPlanted = getenv("FUZZ_PLANTED") != nil
  return { input in
    guard let decoded = try? TensorFile(decoding: input) else { return }
    expectStable(decoded) { file in file }
    guard let model = try? Model(decoded), let written = try? model.tensorFile() else { return }
    expectStable(written) { file throws(ModelError) in try Model(file).tensorFile() }
    _ = model.testPredictions
    drawAndExport(model)
    if isPlanted { plantedFault(model, file.path) }
  }
}

/// As a circuit: a line a gate, and nothing in a comment that ends it.
private func drawAndExport(_ model: Model) {
  let export = CircuitExport(
    model, digest: "", preparation: nil, measures: true, maker: "fuzz")
  let lines = export.text(.qasm2, setting: export.settingCount > 0 ? 0 : nil).utf8.split(separator: 0x0A)
  expect(
    lines.allSatisfy { $0.starts(with: "//".utf8) || $0.last == UInt8(ascii: ";") || $0.last == UInt8(ascii: "}") },
    "a line is neither a comment nor a statement")
  expect(JSON(Array(export.text(.json, setting: nil).utf8)) != nil, "a circuit is no JSON")
  _ = CircuitPicture(export.circuit, model: model).text(TextCanvas(isUnicode: false, dims: false))
  _ = CircuitWords.text(model)
}

/// A fault behind a model's digest: with a scale of 0, one more bias is written than there are.
private func plantedFault(_ model: Model, _ path: String) {
  guard model.scales.contains(0), var file = try? AtomicFile(path: path) else { return }
  let biases = Memory<Double>(model.biases.count)
  _ = biases.buffer.initialize(from: model.biases)
  let count = biases.buffer.count + 1
  _ = try? TensorFile.write(
    metadata: [:], name: "biases", shape: [count], values: UnsafeBufferPointer(start: biases.start, count: count),
    to: &file)
}

private func readAutoencoder(_ input: [UInt8]) {
  guard let file = try? TensorFile(decoding: input), let autoencoder = try? Autoencoder(file),
    let written = try? autoencoder.tensorFile()
  else { return }
  expectStable(written) { file throws(ModelError) in try Autoencoder(file).tensorFile() }
}

private func readTape(_ scratch: Scratch) -> ([UInt8]) -> Void {
  let file = scratch.file("tape")
  return { input in
    file.put(input)
    let decoded = try? TensorFile(decoding: input)
    let whole = decoded.flatMap { try? LogitTape($0) }
    do throws(ModelError) {
      let (tape, digest) = try LogitTape.open(path: file.path)
      guard tape.samples * tape.logits <= input.count / 8 else { fatalError("more logits than bytes") }
      let logits = Memory<Double>(tape.samples * tape.logits)
      try LogitTape.read(path: file.path, digest: digest, into: logits.buffer)
      expect(whole == tape, "a tape that is read in pieces is another one")
    } catch { expect(whole == nil, "a tape is refused when it is read in pieces: \(error)") }
  }
}
