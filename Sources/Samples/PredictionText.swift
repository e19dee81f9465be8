import Files

/// Predictions as lines of text, CSV or JSON. Numbers are written so that they read back as the same Double; what is
/// not finite is `nan` in CSV and `null` in JSON.
public struct PredictionText: ~Copyable {
  private var isJSON: Bool
  private var classes: Int
  private var file: BufferedFile

  /// The most bytes of a line: sample, class and label, the numbers with a comma each, and what stands around them. The
  /// line of names that begins a CSV file is shorter.
  static func largestRecord(classes: Int) -> Int {
    96 + 3 * TextCursor.longestInteger + 2 * classes * (TextCursor.longestDouble + 1)
  }

  /// The most bytes of the name of the labels.
  static let longestName = 64

  /// - Parameter labelName: the column of labels; what is no plain name of its own is `label`.
  init(
    _ file: consuming AtomicFile, isJSON: Bool, classes: Int, kind: PredictionKind = .classes, labelName: String? = nil,
    buffer: UnsafeMutableRawBufferPointer
  ) {
    self.file = BufferedFile(file, buffer: buffer)
    self.isJSON = isJSON
    self.classes = classes
    // A failed write is told by the next one, and by commit() in any case.
    if isJSON { return }
    switch kind {
    case .classes: _ = appendNames(Self.plainName(labelName))
    case .values:
      _ = self.file.append(atMost: Self.largestRecord(classes: classes)) { room in
        var cursor = TextCursor(room)
        Self.putValueNames(outputs: classes, &cursor)
        return cursor.count
      }
    }
  }

  /// A name that needs no quotation marks, and is none of the other columns'.
  private static func plainName(_ name: String?) -> String {
    guard let name, !name.isEmpty, name.utf8.count <= longestName, !["sample", "class", "hit"].contains(name),
      !name.hasPrefix("probability_"), !name.hasPrefix("logit_"),
      !name.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") })
    else { return "label" }
    return name
  }

  private mutating func appendNames(_ label: String) -> WriteStatus {
    let classes = classes
    return file.append(atMost: Self.largestRecord(classes: classes)) { room in
      var cursor = TextCursor(room)
      cursor.put("sample,class,")
      for byte in label.utf8 { cursor.put(byte: byte) }
      cursor.put(",hit")
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

  mutating func append(_ prediction: Prediction) -> WriteStatus {
    precondition(
      prediction.probabilities.count == classes && prediction.logits.count == classes, "one number a class")
    let isJSON = isJSON
    return file.append(atMost: Self.largestRecord(classes: classes)) { room in
      var cursor = TextCursor(room)
      if isJSON { cursor.put("{\"sample\":") }
      cursor.put(prediction.sample)
      cursor.put(isJSON ? ",\"class\":" : ",")
      cursor.put(prediction.predicted)
      cursor.put(isJSON ? ",\"label\":" : ",")
      if prediction.label >= 0 { cursor.put(prediction.label) } else if isJSON { cursor.put("null") }
      cursor.put(isJSON ? ",\"hit\":" : ",")
      if let isHit = prediction.isHit {
        if isJSON { cursor.put(isHit ? "true" : "false") } else { cursor.put(isHit ? 1 : 0) }
      } else if isJSON {
        cursor.put("null")
      }
      cursor.put(isJSON ? ",\"probabilities\":[" : ",")
      Self.put(prediction.probabilities, isJSON, &cursor)
      cursor.put(isJSON ? "],\"logits\":[" : ",")
      Self.put(prediction.logits, isJSON, &cursor)
      cursor.put(isJSON ? "]}\n" : "\n")
      return cursor.count
    }
  }

  mutating func append(_ prediction: ValuePrediction) -> WriteStatus {
    precondition(prediction.values.count == classes && prediction.targets?.count ?? classes == classes)
    let isJSON = isJSON
    return file.append(atMost: Self.largestRecord(classes: classes)) { room in
      var cursor = TextCursor(room)
      Self.put(prediction, isJSON, &cursor)
      return cursor.count
    }
  }

  static func put(_ values: UnsafeBufferPointer<Double>, _ isJSON: Bool, _ cursor: inout TextCursor) {
    for index in values.indices {
      if index > 0 { cursor.put(",") }
      cursor.put(values[index], notFinite: isJSON ? "null" : "nan")
    }
  }

  consuming func commit() throws(SampleError) {
    do { try file.commit() } catch { throw .file(error) }
  }
}
