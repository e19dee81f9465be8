import Glibc

/// The published MNIST files, in `data/mnist` of the folder that `QKD_SHARED` names (`../shared` without it).
enum MNIST {
  static let folder = (getenv("QKD_SHARED").map { String(cString: $0) } ?? "../shared") + "/data/mnist/"
  static let trainImages = folder + "train-images-idx3-ubyte.gz"
  static let trainLabels = folder + "train-labels-idx1-ubyte.gz"
  static let testImages = folder + "t10k-images-idx3-ubyte.gz"
  static let testLabels = folder + "t10k-labels-idx1-ubyte.gz"

  private static let paths = [trainImages, trainLabels, testImages, testLabels]
  static let isThere = paths.allSatisfy { path in access(path, R_OK) == 0 }
  static let missing = "no MNIST in \(folder): tools/get-mnist fetches it, QKD_SHARED names another place"
}
