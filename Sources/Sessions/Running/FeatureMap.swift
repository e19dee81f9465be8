import Budget
import Models
import Spectra

/// Memory of a map from raw rows to features.
struct FeatureMemory {
  /// Numbers of a raw row.
  let columns: Int
  /// Features of a sample.
  let count: Int
  private let mean, components: Reservation<Double>

  init(columns: Int, count: Int, lifetime: Lifetime, in planner: inout Planner) {
    self.columns = columns
    self.count = count
    mean = planner.reserve(
      "PCA mean", [Extent("columns", columns)], of: Double.self, lifetime: lifetime,
      owner: "Models")
    components = planner.reserve(
      "PCA components", [Extent("components", count), Extent("columns", columns)], of: Double.self,
      lifetime: lifetime, owner: "Models")
  }

  /// A map whose mean and components are still to be written.
  func bind(threshold: Double, _ arena: borrowing Arena) -> FeatureMap {
    FeatureMap(
      columns: columns, count: count, threshold: threshold, mean: arena.pointer(mean),
      components: arena.pointer(components))
  }

  /// The first components are taken.
  /// - Precondition: the features have this many columns, and no fewer components.
  func bind(_ features: PrincipalFeatures, _ arena: borrowing Arena) -> FeatureMap {
    let map = bind(threshold: features.threshold, arena)
    map.mean.update(from: features.mean, count: columns)
    map.components.update(from: features.components, count: count * columns)
    return map
  }
}

/// Projects raw rows onto principal components and cuts them into bits; allocates nothing.
struct FeatureMap {
  let columns: Int
  let count: Int
  let threshold: Double
  /// `[column]`
  let mean: UnsafeMutablePointer<Double>
  /// `[component][column]`
  let components: UnsafeMutablePointer<Double>

  /// Bit k is 1 where (row − mean) · component k is above the threshold.
  func apply(_ row: UnsafePointer<Double>, into bits: UnsafeMutablePointer<Double>) {
    var k = 0
    while k < count {
      let component = components + k * columns
      var sum = 0.0
      var i = 0
      while i < columns {
        sum += (row[i] - mean[i]) * component[i]
        i += 1
      }
      bits[k] = sum > threshold ? 1 : 0
      k += 1
    }
  }

  var features: PrincipalFeatures {
    PrincipalFeatures(
      mean: Array(UnsafeBufferPointer(start: mean, count: columns)),
      components: Array(UnsafeBufferPointer(start: components, count: count * columns)),
      threshold: threshold)
  }
}
