import Batches

/// Whom a student learned from.
public struct TeacherReport: Sendable, Equatable {
  /// The digest of the teacher's model file; nil for a teacher that is none of ours.
  public let modelSHA256: String?
  /// The file that its logits were read from, or written to, and its digest; nil where there is none.
  public let logitsPath: String?
  public let logitsSHA256: String?
  /// By its logits: a teacher whose rows are in another order than the samples shows here.
  public let training: TestScore
  /// On the unseen samples that the student was tested on; nil where its logits of them are not known.
  public let test: TestScore?

  public init(
    modelSHA256: String?, logitsPath: String?, logitsSHA256: String?, training: TestScore, test: TestScore?
  ) {
    self.modelSHA256 = modelSHA256
    self.logitsPath = logitsPath
    self.logitsSHA256 = logitsSHA256
    self.training = training
    self.test = test
  }

  /// nil in a regression; that on unseen samples also where it is not known.
  public var trainingAccuracy: Proportion? { training.accuracy }
  public var testAccuracy: Proportion? { test?.accuracy }
}
