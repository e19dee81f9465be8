import Kernel

/// What a batch's loss is taken against: labels, and a teacher's logits where there is one. Allocates nothing.
package struct BatchTargets {
  /// Of the training set: `[sample]`; `[sample][logit]`: the numbers that outputs are to be, and the teacher's.
  package var setLabels: UnsafeMutablePointer<Int32>
  package var setValues: UnsafeMutablePointer<Double>?
  package var setTeacher: UnsafeMutablePointer<Double>?
  /// Of the batch: the same, for whole groups.
  package let labels: UnsafeMutablePointer<Int32>
  package let values: UnsafeMutablePointer<Double>?
  package let teacher: UnsafeMutablePointer<Double>?
  package let logits: Int

  package init(
    setLabels: UnsafeMutablePointer<Int32>, setValues: UnsafeMutablePointer<Double>? = nil,
    setTeacher: UnsafeMutablePointer<Double>? = nil, labels: UnsafeMutablePointer<Int32>,
    values: UnsafeMutablePointer<Double>? = nil, teacher: UnsafeMutablePointer<Double>?, logits: Int
  ) {
    self.setLabels = setLabels
    self.setValues = setValues
    self.setTeacher = setTeacher
    self.labels = labels
    self.values = values
    self.teacher = teacher
    self.logits = logits
  }

  /// The teacher's logits of the batch; nil where there is no teacher.
  package var batchTeacher: UnsafePointer<Double>? { setTeacher == nil ? nil : teacher.map { UnsafePointer($0) } }

  /// Copies the targets of the batch's samples; places up to `padded` have none.
  package func gather(_ samples: UnsafePointer<Int32>, count: Int, padded: Int) {
    var i = 0
    while i < count {
      let sample = Int(samples[i])
      labels[i] = setLabels[sample]
      if let values, let setValues {
        (values + i * logits).update(from: setValues + sample * logits, count: logits)
      }
      if let teacher, let setTeacher {
        (teacher + i * logits).update(from: setTeacher + sample * logits, count: logits)
      }
      i += 1
    }
    while i < padded {
      labels[i] = GroupTargets.noSample
      i += 1
    }
  }
}
