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
  /// The same where training ends here.
  func endTraining() -> Bool
  /// Where several trainings are made, and one is kept: starts anew, from the angles of this seed.
  func start(seed: UInt64)
  /// There: the mean loss on samples of the set, of the model as it would be if training ended here.
  /// - Parameters:
  ///   - samples: which of the set they are.
  ///   - look: called with the loss; the model is then as it would be.
  func validate(_ samples: UnsafePointer<Int32>, count: Int, _ look: (Double) -> Void)
  /// Makes ready to run with the parameters as they are now.
  func prepare()
}

extension TrainedModel {
  package func endEpoch() -> Bool { true }
  package func endTraining() -> Bool { true }
  package func start(seed: UInt64) { preconditionFailure("of this model one training is made") }
  package func validate(_ samples: UnsafePointer<Int32>, count: Int, _ look: (Double) -> Void) {
    preconditionFailure("of this model one training is made")
  }
}
