import Batches
import Files
import Kernel
import Samples

/// The numbers that a benchmark's job works on.
struct BenchInputs {
  var angles: [Double]
  /// `[sample][amplitude]`
  var real: [Double]
  var imaginary: [Double]
  var labels: [Int32]
  /// `[sample][logit]` of the first samples, and the gradient of the loss summed over the first `gradientSamples`.
  var logits: [Double]?
  var gradient: [Double]?

  /// From a seed: angles in ±π, normalised complex states, labels.
  init(_ job: BenchJob, seed: UInt64) throws(SessionError) {
    let stream = try RandomStream(.trainingData, seed: seed)
    let amplitudes = 1 << job.qubits
    angles = (0..<(3 * job.qubits * job.layers)).map { _ in stream.uniform(-Double.pi, Double.pi) }
    real = (0..<(job.batch * amplitudes)).map { _ in stream.uniform(-1, 1) }
    imaginary = (0..<(job.batch * amplitudes)).map { _ in stream.uniform(-1, 1) }
    labels = (0..<job.batch).map { Int32($0 % job.logits) }
    for sample in 0..<job.batch {
      let range = (sample * amplitudes)..<((sample + 1) * amplitudes)
      let norm = range.reduce(0) { $0 + real[$1] * real[$1] + imaginary[$1] * imaginary[$1] }.squareRoot()
      for i in range {
        real[i] /= norm
        imaginary[i] /= norm
      }
    }
  }

  /// From a folder of NPY files.
  /// - Throws: `SessionError.samples` when a file is missing, damaged, or of other sizes than the job's.
  init(_ job: BenchJob, folder: String) throws(SessionError) {
    let amplitudes = 1 << job.qubits
    func path(_ key: String) -> String { "\(folder)/\(job.name)_\(key).npy" }
    angles = try readArray(path("theta"), count: 3 * job.qubits * job.layers).real
    let states = try readArray(path("states"), count: job.batch * amplitudes)
    real = states.real
    imaginary = states.imaginary
    let buffer = UnsafeMutableBufferPointer<Int32>.allocate(capacity: job.batch)
    defer { buffer.deallocate() }
    do { try LabelFile(path: path("labels")).read(into: buffer, classes: job.logits) } catch {
      throw .samples(path: path("labels"), error)
    }
    labels = Array(buffer)
    logits = try readIfThere(path("ref_logits"))
    // The reference gradient of a large job is of fewer samples; only one of the whole batch can be compared.
    let samples = (logits?.count ?? 0) / job.logits
    gradient = samples == job.batch ? try readIfThere(path("ref_grad")) : nil
  }
}

/// All numbers of an NPY array of float64 or complex128, however its shape cuts them into rows.
private func readArray(_ path: String, count: Int?) throws(SessionError) -> (real: [Double], imaginary: [Double]) {
  do { return try numbers(of: readFile(path, atMost: 1 << 30), count: count) } catch let error as FileError {
    throw .samples(path: path, .file(error))
  } catch let error as NPYError { throw .samples(path: path, .npy(error)) } catch {
    throw .samples(path: path, error as? SampleError ?? .shape(given: []))
  }
}

private func numbers(of bytes: [UInt8], count: Int?) throws -> (real: [Double], imaginary: [Double]) {
  let array = try NPYArray(decoding: bytes, types: [.float64, .complex128], dimensions: 1...3)
  let total = array.real.count
  if let count, total != count { throw SampleError.columns(given: total, expected: count) }
  return (array.real, array.type.isComplex ? array.imaginary : [Double](repeating: 0, count: total))
}

private func readIfThere(_ path: String) throws(SessionError) -> [Double]? {
  do { return try readArray(path, count: nil).real } catch {
    if case .samples(_, .file(let file)) = error, file.kind == .noInput { return nil }
    throw error
  }
}
