import Batches
import Files
import Glibc
import Kernel
import Models
import Samples

/// A temporary folder with a job's model and states; it goes with this value.
final class BenchFolder {
  private let path: String
  /// safetensors: random angles, logits ⟨Z_j⟩ as they are, normalised states as input.
  var model: String { path + "/model.safetensors" }
  /// NPY of float32, `[samples][amplitudes]`: real states of norm one.
  var states: String { path + "/states.npy" }

  /// In the folder that `TMPDIR` names, or in `/tmp`.
  /// - Throws: `SessionError.file`, `.model`, `.samples`.
  init(_ job: BenchJob, samples: Int, seed: UInt64) throws(SessionError) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/qkd-bench-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw .file(.system(.create, path: parent, errno: errno)) }
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    let stream = try RandomStream(.trainingData, seed: seed)
    try writeModel(job, stream)
    try writeStates(job, samples: samples, stream)
  }

  deinit {
    unlink(model)
    unlink(states)
    rmdir(path)
  }

  private func writeModel(_ job: BenchJob, _ stream: RandomStream) throws(SessionError) {
    let ansatz = Ansatz(qubits: job.qubits, layers: job.layers, entangler: .ring)
    var observables: [Observable] = []
    for j in 0..<job.logits {
      do { observables.append(try Observable("Z\(j)")) } catch { preconditionFailure("Z and a number is one") }
    }
    let model = Model(
      ansatz: ansatz, observables: observables,
      angles: (0..<ansatz.parameterCount).map { _ in stream.uniform(-Double.pi, Double.pi) },
      scales: [Double](repeating: 1, count: job.logits), biases: [Double](repeating: 0, count: job.logits),
      encoder: .state)
    do throws(ModelError) {
      let file = try model.tensorFile()
      do throws(TensorFileError) { try file.write(path: self.model) } catch { throw .file(error) }
    } catch { throw .model(path: self.model, error) }
  }

  private func writeStates(_ job: BenchJob, samples: Int, _ stream: RandomStream) throws(SessionError) {
    let amplitudes = 1 << job.qubits
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 64)
    defer { buffer.deallocate() }
    do throws(SampleError) {
      var file = try NPYWriter(path: states, element: .float32, columns: amplitudes, rows: samples, buffer: buffer)
      var state = [Double](repeating: 0, count: amplitudes)
      for _ in 0..<samples {
        for i in state.indices { state[i] = stream.uniform(-1, 1) }
        let scale = 1 / state.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // A failed write is told by commit().
        for value in state { _ = file.append(value * scale) }
      }
      try file.commit()
    } catch { throw .samples(path: states, error) }
  }
}
