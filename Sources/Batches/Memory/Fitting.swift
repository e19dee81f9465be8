import Budget
import Kernel
import Settings

/// One way to lay out a job: lanes, history and basis decide memory against time.
package struct Layout: Equatable {
  package let format: LaneFormat
  package let history: HistoryKind
  /// Whether the basis of the ground states is evolved, not each batch's samples.
  package var evolvesBasis = false

  /// As in plans and reports: `stored`, `stored, basis`, `none`.
  package var text: String { evolvesBasis ? "\(history.rawValue), basis" : history.rawValue }
}

/// Chooses the fastest layout that fits, or says what would fit.
package struct Fitting {
  package var host: HostSettings
  package let batch: Int
  package let qubits: Int
  /// The network that takes the most time; nil: an autoencoder.
  package let shape: NetworkShape?
  /// The histories that the job can use, fastest first.
  package let histories: [HistoryKind]
  /// The most states that the samples' basis can have; nil: they have none.
  package var basisStates: Int?
  /// The least number of qubits that the job's data and observables allow.
  package let fewestQubits: Int
  /// Whether batch and qubits are what they are: nothing smaller is tried.
  package var isFixed = false
  /// Plans the job for a layout, a batch and a number of qubits.
  package let plan: (Layout, _ batch: Int, _ qubits: Int) throws(SessionError) -> MemoryPlan

  package init(
    host: HostSettings, batch: Int, qubits: Int, shape: NetworkShape?, histories: [HistoryKind],
    basisStates: Int? = nil, fewestQubits: Int, isFixed: Bool = false,
    plan: @escaping (Layout, _ batch: Int, _ qubits: Int) throws(SessionError) -> MemoryPlan
  ) {
    self.host = host
    self.batch = batch
    self.qubits = qubits
    self.shape = shape
    self.histories = histories
    self.basisStates = basisStates
    self.fewestQubits = fewestQubits
    self.isFixed = isFixed
    self.plan = plan
  }

  /// Layouts from the fastest to the smallest: the network's fastest lanes first, then fewer; for equal lanes the basis
  /// where it is at most half as many groups as the batch (its forms take time too: below that it was not always
  /// faster), then the faster history.
  package func layouts(batch: Int) -> [Layout] {
    var result: [Layout] = []
    var lanes =
      host.lanes ?? shape?.fastestLanes(host.precision) ?? LaneFormat.nativeLanes(host.precision)
    // Lanes without a sample only cost; the planned lanes are a power of two.
    while host.lanes == nil && lanes > 1 && lanes / 2 >= batch { lanes /= 2 }
    while lanes >= 1 {
      if let format = LaneFormat.find(host.precision, lanes: lanes) {
        let groups = { ($0 + lanes - 1) / lanes }
        if let basisStates, 2 * groups(basisStates) <= groups(batch) {
          result += histories.map { Layout(format: format, history: $0, evolvesBasis: true) }
        }
        result += histories.map { Layout(format: format, history: $0) }
      }
      if host.lanes != nil { break }
      lanes /= 2
    }
    return result
  }

  /// The fastest layout that fits.
  /// - Throws: `SessionError.setting` for lanes that do not exist, `.overBudget`, and what planning throws.
  package func choose() throws(SessionError) -> (Layout, MemoryPlan) {
    let (layout, plan) = try chooseOrSmallest()
    if !fits(plan) { throw .overBudget(refusal(plan)) }
    return (layout, plan)
  }

  /// The fastest layout that fits or, where none does, the smallest.
  package func chooseOrSmallest() throws(SessionError) -> (Layout, MemoryPlan) {
    // Fewer lanes are more groups, each with sums of its own: the layout with one lane need not be the smallest.
    var smallest: (layout: Layout, plan: MemoryPlan)?
    var tooLarge: SessionError?
    for layout in layouts(batch: batch) {
      do {
        let plan = try self.plan(layout, batch, qubits)
        if fits(plan) { return (layout, plan) }
        if plan.ramBytes < smallest?.plan.ramBytes ?? .max { smallest = (layout, plan) }
      } catch {
        guard case .memoryRefused(.tooLarge) = error else { throw error }
        tooLarge = error
      }
    }
    if let smallest { return smallest }
    throw tooLarge
      ?? .setting(name: "host.lanes", given: "\(host.lanes ?? 0)", allowed: "1, 2, 4, 8, and 16 for float32")
  }

  private func fits(_ plan: MemoryPlan) -> Bool {
    plan.ramBytes <= host.memoryBytes && plan.arenaBytes <= host.arenaBytes ?? .max
  }

  private func fits(batch: Int, qubits: Int) -> Bool {
    layouts(batch: batch).contains { layout in
      (try? self.plan(layout, batch, qubits)).map(fits) ?? false
    }
  }

  /// What to say of a plan; nil where it fits.
  package func refusal(of plan: MemoryPlan) -> BudgetRefusal? { fits(plan) ? nil : refusal(plan) }

  private func refusal(_ plan: MemoryPlan) -> BudgetRefusal {
    // The arena's own budget is named where only that is too small.
    let isArena = plan.ramBytes <= host.memoryBytes
    let (needed, available) =
      isArena ? (plan.arenaBytes, host.arenaBytes ?? .max) : (plan.ramBytes, host.memoryBytes)
    return BudgetRefusal(
      neededBytes: needed, availableBytes: available, isArena: isArena,
      largestBatch: isFixed ? nil : largest(below: batch) { fits(batch: $0, qubits: qubits) },
      largestQubits: isFixed
        ? nil : largest(below: qubits) { $0 >= fewestQubits && fits(batch: batch, qubits: $0) },
      fewestQubits: fewestQubits,
      fittingPrecision: singlePrecision.fits(batch: batch, qubits: qubits) ? Precision.float32.name : nil,
      isFixed: isFixed)
  }

  /// The same in single precision, where that is another.
  private var singlePrecision: Fitting {
    var fitting = self
    fitting.host.precision = .float32
    return fitting
  }

  /// The largest batch up to `limit` that fits; nil: not even 1.
  package func largestBatch(upTo limit: Int) -> Int? {
    isFixed ? nil : largest(below: limit + 1) { fits(batch: $0, qubits: qubits) }
  }

  /// The largest value in 1..<limit that fits; sizes grow with it, so bisection finds it. (Qubits below the fewest do
  /// not fit by definition, which keeps the order: they are only asked for when nothing above fits.)
  private func largest(below limit: Int, _ fits: (Int) -> Bool) -> Int? {
    var value = limit - 1
    if limit <= 64 {
      while value >= 1 {
        if fits(value) { return value }
        value -= 1
      }
      return nil
    }
    if !fits(1) { return nil }
    var (low, high) = (1, limit)
    while high - low > 1 {
      value = (low + high) / 2
      if fits(value) { low = value } else { high = value }
    }
    return low
  }
}

/// Lays out what a closure reserves.
package func layOut(_ reserve: (inout Planner) throws(SessionError) -> Void) throws(SessionError) -> MemoryPlan {
  var planner = Planner()
  try reserve(&planner)
  do { return try planner.layout() } catch { throw .memoryRefused(error) }
}
