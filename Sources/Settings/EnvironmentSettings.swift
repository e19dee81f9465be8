/// Settings from the environment: `QKD_HOST_MEMORY` for `host.memory`.
public enum EnvironmentSettings {
  /// Variables of that prefix that are no settings: the program's own, and those of the scripts that start it.
  private static let others: Set = [
    "QKD_PROFILE_PATH", "QKD_REFUSE_ALLOCATION", "QKD_CPU", "QKD_VECTOR_BYTES", "QKD_RUN", "QKD_RUN_BINARY",
    "QKD_PYTHON", "QKD_PARTS", "QKD_FAULTS", "QKD_SHARED", "QKD_MNIST_URL",
  ]

  /// The assignments that variables make. An empty variable counts as unset.
  /// - Throws: `SettingError.unknownKey` for a variable that begins with `QKD_` and is nothing's.
  public static func assignments(_ environment: Environment) throws(SettingError) -> [Assignment] {
    var result: [Assignment] = []
    for (variable, value) in environment.variables.sorted(by: { $0.key < $1.key })
    where variable.hasPrefix("QKD_") && !value.isEmpty && !others.contains(variable) {
      let origin = Origin.environment(variable: variable)
      guard let key = SettingKey.all.first(where: { $0.environmentName == variable }) else {
        let nearest = NearestName.find(variable, in: SettingKey.all.map(\.environmentName)) ?? ""
        throw .unknownKey(variable, nearest: nearest, origin: origin)
      }
      result.append(Assignment(key: key.name, value: .text(value), origin: origin))
    }
    return result
  }
}
