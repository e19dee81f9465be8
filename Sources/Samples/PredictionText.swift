import Files

/// Predictions as lines of text, CSV or JSON. Numbers are written so that they read back as the same Double; what is
/// not finite is `nan` in CSV and `null` in JSON.
public struct PredictionText: ~Copyable {
  private let isJSON: Bool
  private let classes: Int
  private var file: BufferedFile

  /// The most bytes of a line: sample and class, the numbers with a comma each, and what stands around them. The line
  /// of names that begins a CSV file is shorter.
  static func largestRecord(classes: Int) -> Int {
    64 + 2 * TextCursor.longestInteger + 2 * classes * (TextCursor.longestDouble + 1)
  }

  init(_ file: consuming AtomicFile, isJSON: Bool, classes: Int, buffer: UnsafeMutableRawBufferPointer) {
    self.file = BufferedFile(file, buffer: buffer)
    self.isJSON = isJSON
    self.classes = classes
    // A failed write is told by the next one, and by commit() in any case.
    if !isJSON { _ = appendNames() }
  }

  private mutating func appendNames() -> WriteStatus {
    let classes = classes
    return file.append(atMost: Self.largestRecord(classes: classes)) { room in
      var cursor = TextCursor(room)
      cursor.put("sample,class")
      for index in 0..<classes {
        cursor.put(",probability_")
        cursor.put(index)
      }
      for index in 0..<classes {
        cursor.put(",logit_")
        cursor.put(index)
      }
      cursor.put("\n")
      return cursor.count
    }
  }

  mutating func append(
    sample: Int, predicted: Int, probabilities: UnsafeBufferPointer<Double>, logits: UnsafeBufferPointer<Double>
  ) -> WriteStatus {
    precondition(probabilities.count == classes && logits.count == classes, "one number a class")
    let isJSON = isJSON
    return file.append(atMost: Self.largestRecord(classes: classes)) { room in
      var cursor = TextCursor(room)
      if isJSON { cursor.put("{\"sample\":") }
      cursor.put(sample)
      cursor.put(isJSON ? ",\"class\":" : ",")
      cursor.put(predicted)
      cursor.put(isJSON ? ",\"probabilities\":[" : ",")
      Self.put(probabilities, isJSON, &cursor)
      cursor.put(isJSON ? "],\"logits\":[" : ",")
      Self.put(logits, isJSON, &cursor)
      cursor.put(isJSON ? "]}\n" : "\n")
      return cursor.count
    }
  }

  private static func put(_ values: UnsafeBufferPointer<Double>, _ isJSON: Bool, _ cursor: inout TextCursor) {
    for index in values.indices {
      if index > 0 { cursor.put(",") }
      cursor.put(values[index], notFinite: isJSON ? "null" : "nan")
    }
  }

  consuming func commit() throws(SampleError) {
    do { try file.commit() } catch { throw .file(error) }
  }
}
