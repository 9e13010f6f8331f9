public import ArgumentParser
public import RekeySecrets

extension KeyPurpose: ExpressibleByArgument {
    /// Those that `rotate` and `retire` take.
    static var rotating: String {
        allCases.filter(\.rotates).map(\.rawValue).joined(separator: ", ")
    }
}
