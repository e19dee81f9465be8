/// Work that is the same for every lane format. Entry points build a job and dispatch it; the generic body is compiled
/// once for each format, and `@_noAllocation` on the entry point checks every one of these specialisations.
protocol LaneJob {
  func run<V: LaneVector>(_ vector: V.Type)
}

@inline(__always)
func dispatch<Job: LaneJob>(_ format: LaneFormat, _ job: Job) {
  switch format {
  case .float64x1: job.run(Double.self)
  case .float64x2: job.run(SIMD2<Double>.self)
  case .float64x4: job.run(SIMD4<Double>.self)
  case .float64x8: job.run(SIMD8<Double>.self)
  case .float32x1: job.run(Float.self)
  case .float32x2: job.run(SIMD2<Float>.self)
  case .float32x4: job.run(SIMD4<Float>.self)
  case .float32x8: job.run(SIMD8<Float>.self)
  case .float32x16: job.run(SIMD16<Float>.self)
  }
}
