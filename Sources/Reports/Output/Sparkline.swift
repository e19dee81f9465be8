/// A curve in one line of text: `█▅▃▂▁`. Values are averaged into at most `width` columns and scaled between the
/// smallest and the largest column; a column without a finite value is a `·`. In ASCII
/// they are `@#+-_`, and a blank.
public func sparkline(_ values: [Double], width: Int, isUnicode: Bool = true) -> String {
  let (blocks, none) = isUnicode ? (Array("▁▂▃▄▅▆▇█"), "·") : (Array("_.-=+*#@"), " ")
  let columns = min(width, values.count)
  let means = (0..<columns).map { column in
    let part = values[column * values.count / columns..<(column + 1) * values.count / columns].filter(\.isFinite)
    return part.reduce(0, +) / Double(part.count)
  }
  let finite = means.filter(\.isFinite)
  guard let lowest = finite.min(), let highest = finite.max() else { return String(repeating: none, count: columns) }
  return String(
    means.map { mean in
      if !mean.isFinite { return Character(none) }
      let height = highest > lowest ? (mean - lowest) / (highest - lowest) : 0
      return blocks[Int((height * Double(blocks.count - 1)).rounded())]
    })
}
