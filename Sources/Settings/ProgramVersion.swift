/// The program's version, which stands in every result.
public let programVersion = "0.1.0"
