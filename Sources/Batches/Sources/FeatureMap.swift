import Budget
import Models
import Spectra

/// Memory of a map from raw rows to features.
package struct FeatureMemory {
  /// Numbers of a raw row.
  package let columns: Int
  /// Features of a sample.
  package let count: Int
  private let mean, components: Reservation<Double>

  package init(columns: Int, count: Int, lifetime: Lifetime, in planner: inout Planner) {
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
  package func bind(threshold: Double, _ arena: borrowing Arena) -> FeatureMap {
    FeatureMap(
      columns: columns, count: count, threshold: threshold, mean: arena.pointer(mean),
      components: arena.pointer(components))
  }

  /// The first components are taken.
  /// - Precondition: the features have this many columns, and no fewer components.
  package func bind(_ features: PrincipalFeatures, _ arena: borrowing Arena) -> FeatureMap {
    let map = bind(threshold: features.threshold, arena)
    map.mean.update(from: features.mean, count: columns)
    map.components.update(from: features.components, count: count * columns)
    return map
  }
}

/// Projects raw rows onto principal components and cuts them into bits; allocates nothing.
package struct FeatureMap {
  package let columns: Int
  package let count: Int
  package let threshold: Double
  /// `[column]`
  package let mean: UnsafeMutablePointer<Double>
  /// `[component][column]`
  package let components: UnsafeMutablePointer<Double>

  /// Bit k is 1 where (row − mean) · component k is above the threshold.
  package func apply(_ row: UnsafePointer<Double>, into bits: UnsafeMutablePointer<Double>) {
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

  package var features: PrincipalFeatures {
    PrincipalFeatures(
      mean: Array(UnsafeBufferPointer(start: mean, count: columns)),
      components: Array(UnsafeBufferPointer(start: components, count: count * columns)),
      threshold: threshold)
  }
}
