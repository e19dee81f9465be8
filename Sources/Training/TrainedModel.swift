/// Parameters that Adam moves at one rate.
package struct ParameterGroup {
  package let values: UnsafeMutablePointer<Double>
  /// What `TrainedModel.differentiate` leaves.
  package let gradient: UnsafeMutablePointer<Double>
  package let count: Int
  /// nil: they stay as they are.
  package let learningRate: Double?
}

/// A model in training on batches of a set. Once it is made, nothing that it does allocates; a class, so that a value
/// of any such type is a pointer.
package protocol TrainedModel: AnyObject {
  /// In the order in which a checkpoint keeps them.
  var parameters: [ParameterGroup] { get }
  /// The mean loss of a batch, whose derivatives it leaves in the groups' gradients.
  /// - Parameters:
  ///   - samples: `[sample of the batch]`: which of the set they are.
  ///   - count: no more than memory was planned for.
  func differentiate(_ samples: UnsafePointer<Int32>, count: Int) -> Double
  /// Solves what need not be descended, where training does so after each epoch. It depends on the other parameters
  /// alone: to solve twice is to solve once.
  /// - Returns: false where the run is to stop; nothing has changed then.
  func endEpoch() -> Bool
  /// Makes ready to run with the parameters as they are now.
  func prepare()
}

extension TrainedModel {
  package func endEpoch() -> Bool { true }
}
