import RekeyCore
import RekeySecrets

extension Failure {
    /// Why a key was not made or not retired; nothing was changed.
    init(_ error: KeyChangeError) {
        let (code, message): (Int32, String) =
            switch error {
            case .doesNotRotate(let purpose):
                (
                    Self.usage,
                    "the \(purpose.rawValue) key does not rotate: what it made lives as long as the "
                        + "store; \(KeyPurpose.rotating) do"
                )
            case .numbersUsedUp(let purpose):
                (Self.wrongSetting, "the \(purpose.rawValue) key has the last number that there is")
            case .unknown(let purpose, let number):
                (Self.usage, "the ring has no \(purpose.rawValue) key \(number); see 'keys list'")
            case .current(let purpose, let number):
                (
                    Self.usage,
                    "\(purpose.rawValue) key \(number) is the current one: rotate first"
                )
            case .tooEarly(let purpose, let number, let from):
                (
                    Self.heldByAnother,
                    "\(purpose.rawValue) key \(number) is needed until \(from.text): what was made "
                        + "under it may be good until then"
                )
            case .undated(let purpose, let number):
                (
                    Self.heldByAnother,
                    "nobody wrote down since when \(purpose.rawValue) key \(number) is out of use: "
                        + "rotate, and retire both 24 h later"
                )
            case .named(let number, let count):
                (
                    Self.heldByAnother,
                    "pepper key \(number) is needed by \(count) password\(count == 1 ? "" : "s"); "
                        + "each login hashes anew under the current one"
                )
            }
        self.init(code, "\(message). Nothing was changed")
    }
}
