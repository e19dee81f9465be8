import Foundation

/// The ground-state part of `qnn.json`, which lies in `shared/golden` beside the checkout.
struct GoldenFile {
  struct Entry: Decodable {
    let energy: Double
    let flipParity: Double
    let x: Double
    let xx: Double
    let zxz: Double

    private enum CodingKeys: String, CodingKey {
      case energy = "E0"
      case flipParity = "parityX"
      case x = "mean_X"
      case xx = "XX_last_two"
      case zxz = "ZXZ_last_three"
    }
  }
  private struct Contents: Decodable {
    let ground: [String: Entry]
  }

  let ground: [String: Entry]

  /// nil where there is no such file: the environment's QKD_SHARED is asked, then every folder above this source.
  static func find() throws -> GoldenFile? {
    var folders: [URL] = []
    if let shared = ProcessInfo.processInfo.environment["QKD_SHARED"] { folders.append(URL(fileURLWithPath: shared)) }
    var folder = URL(fileURLWithPath: #filePath)
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      folders.append(folder.appendingPathComponent("shared"))
    }
    for folder in folders {
      let file = folder.appendingPathComponent("golden/qnn.json")
      guard let data = FileManager.default.contents(atPath: file.path) else { continue }
      return GoldenFile(ground: try JSONDecoder().decode(Contents.self, from: data).ground)
    }
    return nil
  }

  /// A damaged file counts as present, so that the tests fail on it.
  static var isPresent: Bool {
    do { return try find() != nil } catch { return true }
  }
}
