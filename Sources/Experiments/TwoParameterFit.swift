/// A logistic fit of slope and threshold on the difference of two logits: what a readout with a bias could make of a
/// model as it is. Allocates nothing.
final class TwoParameterFit {
  private let regression: LogisticRegression

  static let coefficientCount = LogisticRegression.coefficientCount(features: 1)
  static let workspaceCount = LogisticRegression.workspaceCount(features: 1)

  init(coefficients: UnsafeMutablePointer<Double>, workspace: UnsafeMutablePointer<Double>) {
    regression = LogisticRegression(features: 1, coefficients: coefficients, workspace: workspace)
  }

  /// The accuracy on the test set of a fit on the training set.
  /// - Parameters:
  ///   - training: `[sample][2]`, as `test`.
  func accuracy(
    training: UnsafePointer<Double>, labels: UnsafePointer<Int32>, count: Int, test: UnsafePointer<Double>,
    testLabels: UnsafePointer<Int32>, testCount: Int
  ) -> Double {
    _ = regression.fit(Differences(logits: training, labels: labels, count: count))
    let correct = regression.correct(Differences(logits: test, labels: testLabels, count: testCount))
    return Double(correct) / Double(testCount)
  }

  private struct Differences: FeatureRows {
    let logits: UnsafePointer<Double>
    let labels: UnsafePointer<Int32>
    let count: Int

    func label(_ index: Int) -> Double { Double(labels[index]) }
    func copy(_ index: Int, into row: UnsafeMutablePointer<Double>) {
      row[0] = logits[2 * index + 1] - logits[2 * index]
    }
  }
}
