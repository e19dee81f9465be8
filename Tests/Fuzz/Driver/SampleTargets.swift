import Files
import Samples

/// Samples and labels, in each format that they come in.
let sampleTargets = [
  FuzzTarget(name: "npy", mutate: mutateNPY) { SampleReader($0).read },
  FuzzTarget(name: "idx", mutate: mutateIDX) { SampleReader($0).read },
  FuzzTarget(name: "text") { SampleReader($0).read },
  FuzzTarget(name: "ndjson") { SampleReader($0).read },
  FuzzTarget(name: "labels", mutate: mutateArray) { LabelReader($0).read },
  FuzzTarget(name: "gzip", mutate: mutateGzip) { scratch in
    let (samples, labels) = (SampleReader(scratch), LabelReader(scratch))
    return { input in
      samples.read(input)
      labels.read(input)
    }
  },
]

/// Reads all samples of a file, twice, then some by their numbers; or of a pipe.
private struct SampleReader {
  /// What a model of one or two qubits takes, where the format does not say.
  static let columns = 2
  /// More is nothing to read with so small inputs.
  static let mostColumns = 1 << 12
  static let mostRows = 1 << 12

  private let file: ScratchFile

  init(_ scratch: Scratch) { file = scratch.file("samples") }

  func read(_ input: [UInt8]) {
    // Which way is a function of the input, so that a fault can be repeated.
    let hash = fnv1a(input)
    if hash % 8 == 0 {
      withPipe(input) { read($0, hash >> 8) }
    } else {
      file.put(input)
      read(file.path, hash >> 8)
      readByNumber(file.path)
    }
  }

  private func read(_ path: String, _ hash: UInt64) {
    let isComplex = hash % 2 == 0
    let buffer = Memory<UInt8>(SampleStream.smallestBuffer + Int(hash >> 8 % 3) * 100)
    do throws(SampleError) {
      var stream = try SampleStream(path: path)
      let columns = stream.columns ?? Self.columns
      guard (1...Self.mostColumns).contains(columns) else { return }
      try stream.begin(columns: columns, imaginary: isComplex, buffer: UnsafeMutableRawBufferPointer(buffer.buffer))
      let first = readAll(&stream, columns, isComplex)
      if !stream.canRewind { return }
      stream.rewind()
      expect(readAll(&stream, columns, isComplex) == first, "the second pass reads something else")
    } catch {}
  }

  private func readAll(_ stream: inout SampleStream, _ columns: Int, _ isComplex: Bool) -> [RowStatus] {
    let (real, imaginary) = (Memory<Double>(columns), Memory<Double>(columns))
    var statuses: [RowStatus] = []
    while statuses.count < Self.mostRows {
      let status = stream.nextRow(real: real.start, imaginary: isComplex ? imaginary.start : nil)
      statuses.append(status)
      if status == .row {
        expect(real.buffer.allSatisfy(\.isFinite), "a sample is not finite")
        _ = stream.label
      }
      if status.isFinal { break }
    }
    return statuses
  }

  private func readByNumber(_ path: String) {
    let buffer = Memory<UInt8>(ArrayStream.smallestBuffer)
    do throws(SampleError) {
      var stream = try ArrayStream(path: path)
      guard (1...Self.mostColumns).contains(stream.columns), stream.rows > 0 else { return }
      let memory = UnsafeMutableRawBufferPointer(buffer.buffer)
      try stream.begin(columns: stream.columns, imaginary: true, buffer: memory)
      let (real, imaginary) = (Memory<Double>(stream.columns), Memory<Double>(stream.columns))
      for row in [0, stream.rows / 2, stream.rows - 1] {
        _ = stream.row(at: row, real: real.start, imaginary: imaginary.start)
      }
    } catch {}
  }
}

private struct LabelReader {
  private let file: ScratchFile

  init(_ scratch: Scratch) { file = scratch.file("labels") }

  func read(_ input: [UInt8]) {
    file.put(input)
    do throws(SampleError) {
      let count = try LabelFile(path: file.path).count
      if count > 1 << 16 { throw .empty }
      let labels = Memory<Int32>(count)
      try LabelFile(path: file.path).read(into: labels.buffer, classes: 3)
      expect(labels.buffer.allSatisfy { (0..<3).contains($0) }, "a label is none of the classes")
    } catch {}
    do throws(SampleError) {
      _ = try LabelFile(path: file.path).count(classes: 10, selected: [1, 5])
    } catch {}
    if fnv1a(input) % 8 == 0 {
      withPipe(input) { path in
        do throws(SampleError) { _ = try LabelFile(path: path).count(classes: 10) } catch {}
      }
    }
  }
}

/// Memory of exactly the size that is asked for, behind which the sanitizer watches.
final class Memory<Element: BitwiseCopyable> {
  let buffer: UnsafeMutableBufferPointer<Element>
  var start: UnsafeMutablePointer<Element> { buffer.baseAddress! }

  init(_ count: Int) { buffer = .allocate(capacity: count) }

  deinit { buffer.deallocate() }
}
