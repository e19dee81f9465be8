import Batches
import Files
import Glibc
import Settings

extension Spool {
  /// What the input says of itself that takes the most memory, of those in the inbox; without any, what a line of text
  /// takes. Inputs that cannot be evaluated are passed over.
  package static func largestFacts(_ settings: Settings) throws(SessionError) -> DataFacts {
    let evaluation = try EvaluationRun(settings)
    let inbox = try openFolder(settings.spool.inboxPath)
    var largest = DataFacts(predictions: true)
    var bytes = try evaluation.fitting(largest).chooseOrSmallest().1.ramBytes
    let listing = SpoolListing()
    let pattern = strdup(settings.spool.pattern)!
    defer { free(pattern) }
    var last: FileName?
    while true {
      let names: [FileName]
      do {
        names = try listing.names(in: inbox, after: last) { name, length in isInput(name, length, pattern) }
      } catch { throw .file(error) }
      guard let end = names.last else { return largest }
      for name in names {
        guard let file = try? InputFile(in: inbox, name: name) else { continue }
        let labels = evaluation.labelsName(of: name).flatMap { try? InputFile(in: inbox, name: $0) }
        guard
          let opened = try? OpenedData(
            file, labels: labels, settings.data, outputs: evaluation.outputs, predictions: true)
        else { continue }
        let facts = opened.facts
        guard let plan = try? evaluation.fitting(facts).chooseOrSmallest().1, plan.ramBytes > bytes else { continue }
        (largest, bytes) = (facts, plan.ramBytes)
      }
      last = end
    }
  }
}
