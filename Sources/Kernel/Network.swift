/// A student (or teacher) ready to run: its circuit in the form in which it is applied, its observables and readout.
public struct Network {
  public let tables: CircuitTables
  public let observables: Observables
  public let readout: Readout

  /// - Precondition: observables and readout have the same number of logits.
  @_noAllocation
  public init(tables: CircuitTables, observables: Observables, readout: Readout) {
    self.tables = tables
    self.observables = observables
    self.readout = readout
  }
}
