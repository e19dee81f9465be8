import Files
import TOMLKit

/// Why a profile is not used.
public enum ProfileError: Error, Sendable, Equatable {
  case file(FileError)
  /// Nothing of that name; `searched` are the files that would have been taken.
  /// `known` are the names that would be found.
  case notFound(name: String, searched: [String], known: [String] = [])
  /// Not UTF-8, or with a NUL in it.
  case notText(path: String)
  /// Line and column count from 1.
  case syntax(path: String, line: Int, column: Int, message: String)
  case setting(SettingError)
}

/// A profile: settings in TOML, one section for each part of a run.
public enum Profile {
  /// More is no profile.
  public static let largestBytes = 64 << 10

  /// The assignments of a profile, by line.
  /// - Throws: `ProfileError`; unknown keys are found here, values are checked when they are applied.
  public static func read(path: String) throws(ProfileError) -> [Assignment] {
    let bytes: [UInt8]
    do { bytes = try readFile(path, atMost: largestBytes) } catch { throw .file(error) }
    guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else { throw .notText(path: path) }
    return try parse(text, path: path)
  }

  /// The same for a text; `path` names it in messages.
  public static func parse(_ text: String, path: String) throws(ProfileError) -> [Assignment] {
    let lines = ProfileLines(text)
    if let (line, column, message) = lines.fault {
      throw .syntax(path: path, line: line, column: column, message: message)
    }
    let table: TOMLTable
    do { table = try TOMLTable(string: text) } catch {
      guard let error = error as? TOMLParseError else {
        throw .syntax(path: path, line: 1, column: 1, message: String(describing: error))
      }
      let begin = error.source.begin
      throw .syntax(path: path, line: begin.line, column: begin.column, message: error.description)
    }
    var assignments: [(line: Int, name: String, assignment: Assignment?)] = []
    collect(table, at: [], lines, path, into: &assignments)
    assignments.sort { ($0.line, $0.name) < ($1.line, $1.name) }
    var result: [Assignment] = []
    for entry in assignments {
      let origin = Origin.profile(path: path, line: entry.line)
      guard let assignment = entry.assignment else {
        let sections = Set(SettingKey.all.map { String($0.section) }).subtracting([""]).sorted()
        if sections.contains(entry.name) { throw .setting(.sectionIsNoKey(entry.name, origin: origin)) }
        let nearest = NearestName.find(entry.name, in: sections) ?? ""
        throw .setting(.unknownSection(entry.name, nearest: nearest, origin: origin))
      }
      do { _ = try SettingKey.known(entry.name, origin: origin) } catch { throw .setting(error) }
      result.append(assignment)
    }
    return result
  }

  /// Keys of a table; no assignment for a section that no key has.
  private static func collect(
    _ table: TOMLTable, at section: [String], _ lines: ProfileLines, _ path: String,
    into assignments: inout [(line: Int, name: String, assignment: Assignment?)]
  ) {
    for key in table.keys {
      let keyPath = section + [key]
      let name = keyPath.joined(separator: ".")
      let line = lines.line(of: keyPath)
      let value = table[key]
      let origin = Origin.profile(path: path, line: line)
      let isSection = SettingKey.all.contains { $0.section == name }
      if SettingKey.named(name) == nil, isSection || value?.table != nil {
        if isSection, let inner = value?.table {
          collect(inner, at: keyPath, lines, path, into: &assignments)
        } else {
          assignments.append((line, name, nil))
        }
      } else {
        let given = value.map(settingValue) ?? .other("NUL")
        let written: String? =
          switch given {
          case .integer, .number: lines.value(of: keyPath)
          default: nil
          }
        assignments.append((line, name, Assignment(key: name, value: given, origin: origin, written: written)))
      }
    }
  }

  private static func settingValue(_ value: TOMLValueConvertible) -> SettingValue {
    switch value.type {
    case .string: value.string.map(SettingValue.string) ?? .other("string")
    case .int: value.int.map(SettingValue.integer) ?? .other("integer")
    case .double: value.double.map(SettingValue.number) ?? .other("number")
    case .bool: value.bool.map(SettingValue.boolean) ?? .other("boolean")
    case .array: value.array.map { array in .array(array.map(settingValue)) } ?? .other("array")
    case .table: .other("table")
    case .date, .time, .dateTime: .other("date or time")
    }
  }
}
