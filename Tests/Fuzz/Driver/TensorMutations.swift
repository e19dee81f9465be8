import Files
import Models

/// A file of tensors: its header's text, its payload, one tensor's type and shape with as many values, its entries, or
/// anything. The digest is left as it is.
func mutateTensors(_ input: [UInt8], _ choice: inout Choice, _ largest: Int) -> [UInt8] {
  guard let end = payloadStart(input) else { return mutateBytes(input, largest) }
  let (text, payload) = (Array(input[8..<end]), Array(input[end...]))
  switch choice.below(8) {
  case 0: return tensorFile(mutateText(text, &choice, 4096), payload)
  case 1, 2:
    if payload.isEmpty { break }
    let mutated = mutateBytes(payload, payload.count)
    return tensorFile(text, resized(mutated, payload.count))
  case 3:
    // One value, at the end of what numbers are.
    guard payload.count >= 8 else { break }
    let values: [UInt64] = [0, 1 << 63, 1, 0x7FF0 << 48, 0x7FF8 << 48, 0x7FEF << 48, .max, 1 << 62, 0xBFF0 << 48]
    var changed = payload
    let start = 8 * choice.below(payload.count / 8)
    let value = choice.element(values)
    for byte in 0..<8 { changed[start + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte)) }
    return tensorFile(text, changed)
  case 4, 5, 6:
    if let changed = mutateEntries(text, payload, &choice, largest) { return changed }
  default: break
  }
  return mutateBytes(input, largest)
}

/// The input with the digest that it needs; as it is where it has no place for one.
func resealTensors(_ input: [UInt8]) -> [UInt8] {
  guard let end = payloadStart(input) else { return input }
  let header = Array(input[..<end])
  guard let key = header.lastRange(of: "\"sha256\"".utf8),
    let quote = header[key.upperBound...].firstIndex(of: UInt8(ascii: "\"")),
    let close = header[(quote + 1)...].firstIndex(of: UInt8(ascii: "\""))
  else { return input }
  let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: 2 * SHA256.digestBytes)
  let text = header[8...quote] + zeros + header[close...]
  var output = tensorFile(Array(text), Array(input[end...]))
  output.replaceSubrange(quote + 1..<quote + 1 + zeros.count, with: Array(SHA256.hex(of: output).utf8))
  return output
}

private func payloadStart(_ input: [UInt8]) -> Int? {
  guard input.count >= 8 else { return nil }
  let length = input[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
  return length <= UInt64(input.count - 8) ? 8 + Int(length) : nil
}

/// The header's text with its length before it; blanks at its end make that a multiple of 8.
private func tensorFile(_ text: [UInt8], _ payload: [UInt8]) -> [UInt8] {
  var text = text
  while text.count % 8 != 0, text.last == 0x20 { text.removeLast() }
  text += [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8)
  return withUnsafeBytes(of: UInt64(text.count).littleEndian, Array.init) + text + payload
}

private let metadataKey = "__metadata__"

/// Entries that lie one after the other again, whatever became of them; nil for a header that is not understood.
private func mutateEntries(
  _ text: [UInt8], _ payload: [UInt8], _ choice: inout Choice, _ largest: Int
) -> [UInt8]? {
  guard case .object(var members) = JSON(text), !members.isEmpty else { return nil }
  let changed = choice.below(members.count)
  if members[changed].0 == metadataKey {
    guard case .object(var entries) = members[changed].1, !entries.isEmpty else { return nil }
    let entry = choice.below(entries.count)
    switch choice.below(4) {
    case 0: entries.remove(at: entry)
    case 1: entries[entry].1 = entries[choice.below(entries.count)].1
    default:
      let value = Array((entries[entry].1.asString ?? "").utf8)
      entries[entry].1 = .string(String(decoding: mutateText(value, &choice, 256), as: UTF8.self))
    }
    members[changed].1 = .object(entries)
  } else {
    switch choice.below(6) {
    case 0: members.remove(at: changed)
    case 1: members.append(("tensor\(choice.below(4))", members[changed].1))
    case 2: members.swapAt(changed, choice.below(members.count))
    default: members[changed].1 = reshaped(members[changed].1, &choice)
    }
  }
  // Values stay with their tensor, as many as it has.
  var data: [UInt8] = []
  for index in members.indices where members[index].0 != metadataKey {
    guard let shape = members[index].1["shape"]?.asArray?.compactMap(\.asInteger),
      let type = members[index].1["dtype"]?.asString
    else { return nil }
    var size = type == "F32" ? 4 : 8
    for extent in shape { size = min(size.multipliedReportingOverflow(by: max(extent, 0)).partialValue, largest) }
    size = max(0, size)
    let start = members[index].1["data_offsets"]?.asArray?.first?.asInteger ?? 0
    let own = (0..<payload.count).contains(start) ? Array(payload[start...]) : []
    let offsets = JSON.array([.integer(data.count), .integer(data.count + size)])
    data += resized(own, size)
    members[index].1 = .object([
      ("dtype", .string(type)), ("shape", .array(shape.map(JSON.integer))), ("data_offsets", offsets),
    ])
  }
  return tensorFile(Array(JSON.object(members).text.utf8), data)
}

private func reshaped(_ tensor: JSON, _ choice: inout Choice) -> JSON {
  var type = tensor["dtype"]?.asString ?? "F64"
  var shape = tensor["shape"]?.asArray?.compactMap(\.asInteger) ?? []
  switch choice.below(5) {
  case 0: type = choice.element(["F32", "F64", "I64", "F16"])
  case 1: shape.append(choice.below(3))
  case 2 where !shape.isEmpty: shape.removeLast()
  case 3 where !shape.isEmpty: shape[choice.below(shape.count)] = choice.element([0, 1, 2, 1 << 31, 1 << 61, .max])
  default: if !shape.isEmpty { shape[choice.below(shape.count)] &+= choice.below(3) - 1 }
  }
  return .object([
    ("dtype", .string(type)), ("shape", .array(shape.map(JSON.integer))),
    ("data_offsets", tensor["data_offsets"] ?? .array([])),
  ])
}
