import Models
import Samples
import Sessions
import Settings
import TemporaryFolders
import Testing

/// On the published files (PAPER.md section 4).
@Suite(.enabled(if: MNIST.isThere, Comment(rawValue: MNIST.missing))) struct MNISTTests {
  private func labels(_ path: String, _ count: Int, _ selected: [Int]) throws -> [Int32] {
    let buffer = UnsafeMutableBufferPointer<Int32>.allocate(capacity: count)
    defer { buffer.deallocate() }
    try LabelFile(path: path).read(into: buffer, classes: 10, selected: selected)
    return Array(buffer)
  }

  @Test func oneAgainstFive() throws {
    #expect(try LabelFile(path: MNIST.trainLabels).count(classes: 10, selected: [1, 5]) == 12_163)
    #expect(try LabelFile(path: MNIST.testLabels).count(classes: 10, selected: [1, 5]) == 2_027)
    #expect(try LabelFile(path: MNIST.trainLabels).count(classes: 10) == 60_000)
    #expect(try labels(MNIST.testLabels, 10_000, [1, 5]).count { $0 >= 0 } == 2_027)
  }

  /// The mean squared norm of x/255 is 88 or so, which the un-normalised encoder's expectations scale with.
  @Test func everyImageIsRead() throws {
    for (path, count) in [(MNIST.trainImages, 60_000), (MNIST.testImages, 10_000)] {
      var stream = try SampleStream(path: path)
      #expect(stream.rows == count && stream.columns == 784)
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 14, alignment: 64)
      let row = UnsafeMutablePointer<Double>.allocate(capacity: 784)
      defer {
        buffer.deallocate()
        row.deallocate()
      }
      try stream.begin(columns: 784, imaginary: false, buffer: buffer)
      var (rows, norms) = (0, 0.0)
      while true {
        let status = stream.nextRow(real: row, imaginary: nil)
        if status == .end { break }
        try #require(status == .row)
        rows += 1
        for i in 0..<784 { norms += row[i] * row[i] }
      }
      #expect(rows == count)
      #expect((80...110).contains(norms / Double(rows)), "mean squared norm \(norms / Double(rows))")
    }
  }

  /// The first component's bit alone tells 1 from 5 on .9196 of the test set: the paper's plateau.
  @Test func theFirstComponent() throws {
    let folder = TemporaryFolder()
    var settings = Settings()
    settings.model.path = folder.path + "/model"
    settings.model.qubits = 15
    settings.model.layers = 1
    settings.data.source = .file
    settings.data.path = MNIST.trainImages
    settings.data.labelsPath = MNIST.trainLabels
    settings.data.testPath = MNIST.testImages
    settings.data.testLabelsPath = MNIST.testLabels
    settings.data.classes = [1, 5]
    settings.data.encoder = .phase
    settings.data.features = .pca
    settings.training.states = 0
    settings.training.batch = 4
    settings.training.iterations = 1
    settings.evaluation.samples = 4
    let report = try Session.train(settings)
    #expect(report.facts.plan.buffers.first { $0.name == "training set" }?.bytes == 12_163 * 4)
    let features = try #require(try Model.read(path: settings.model.path).model.features)

    let labels = try labels(MNIST.testLabels, 10_000, [1, 5])
    var stream = try SampleStream(path: MNIST.testImages)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 14, alignment: 64)
    let row = UnsafeMutablePointer<Double>.allocate(capacity: 784)
    defer {
      buffer.deallocate()
      row.deallocate()
    }
    try stream.begin(columns: 784, imaginary: false, buffer: buffer)
    var hits = 0
    for label in labels {
      try #require(stream.nextRow(real: row, imaginary: nil) == .row)
      if label < 0 { continue }
      let projection = (0..<784).reduce(0) { $0 + (row[$1] - features.mean[$1]) * features.components[$1] }
      if (projection > features.threshold ? 1 : 0) == label { hits += 1 }
    }
    let share = Double(max(hits, 2_027 - hits)) / 2_027
    #expect((share - 0.9196).magnitude < 0.0005, "\(share)")
  }
}
