/// A curve in one line of text: `█▅▃▂▁`. Values are averaged into at most `width` columns and scaled between the
/// smallest and the largest column; a column without a finite value is a `·`.
public func sparkline(_ values: [Double], width: Int) -> String {
  let blocks = Array("▁▂▃▄▅▆▇█")
  let columns = min(width, values.count)
  let means = (0..<columns).map { column in
    let part = values[column * values.count / columns..<(column + 1) * values.count / columns].filter(\.isFinite)
    return part.reduce(0, +) / Double(part.count)
  }
  let finite = means.filter(\.isFinite)
  guard let lowest = finite.min(), let highest = finite.max() else { return String(repeating: "·", count: columns) }
  return String(
    means.map { mean in
      if !mean.isFinite { return "·" }
      let height = highest > lowest ? (mean - lowest) / (highest - lowest) : 0
      return blocks[Int((height * Double(blocks.count - 1)).rounded())]
    })
}
