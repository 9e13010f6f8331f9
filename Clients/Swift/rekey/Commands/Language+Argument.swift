public import ArgumentParser
public import RekeyCore

/// "fr" or "en".
extension Language: ExpressibleByArgument {}
