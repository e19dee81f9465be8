import Files

/// Results and messages that programs read.
public typealias JSON = Files.JSON
