import Sessions

/// Settings from the environment: `QKD_HOST_MEMORY` for `host.memory`.
public enum EnvironmentSettings {
  /// The assignments that variables make. An empty variable counts as unset. A variable that begins like those of a
  /// section but belongs to no key is misspelled; all other names are somebody else's.
  /// - Throws: `SettingError.unknownKey`.
  public static func assignments(_ environment: Environment) throws(SettingError) -> [Assignment] {
    let ours = environment.variables.filter { $0.key.hasPrefix("QKD_") && !$0.value.isEmpty }
    var result: [Assignment] = []
    let sections = Set(SettingKey.all.map(\.section)).subtracting([""]).map { "QKD_\($0.uppercased())_" }
    for (variable, value) in ours.sorted(by: { $0.key < $1.key }) {
      let origin = Origin.environment(variable: variable)
      if let key = SettingKey.all.first(where: { $0.environmentName == variable }) {
        result.append(Assignment(key: key.name, value: .text(value), origin: origin))
      } else if sections.contains(where: { variable.hasPrefix($0) }) {
        let nearest = NearestName.find(variable, in: SettingKey.all.map(\.environmentName)) ?? ""
        throw .unknownKey(variable, nearest: nearest, origin: origin)
      }
    }
    return result
  }
}
