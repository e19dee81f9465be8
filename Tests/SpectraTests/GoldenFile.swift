import Foundation

/// The ground-state part of `qnn.json`, which lies in `shared/golden` beside the checkout.
struct GoldenFile {
  struct Entry: Decodable {
    let E0: Double
    let parityX: Double
    let mean_X: Double
    let XX_last_two: Double
    let ZXZ_last_three: Double
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

  static let isPresent = (try? find()) ?? nil != nil
}
