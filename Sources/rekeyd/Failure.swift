import Foundation
import RekeyJournal
import RekeySecrets
import RekeyServer
import RekeyService

/// Why the process ends: one line for a person, one code for a script (sysexits.h).
struct Failure: Error {
    let message: String
    let code: Int32

    static let usage: Int32 = 64
    static let dataDamaged: Int32 = 65
    static let cannotListen: Int32 = 69
    static let other: Int32 = 70
    static let cannotCreate: Int32 = 73
    static let diskFailed: Int32 = 74
    static let heldByAnother: Int32 = 75
    static let wrongSetting: Int32 = 78

    init(_ code: Int32, _ message: String) {
        self.code = code
        self.message = message
    }

    init(_ error: JournalError) {
        let code: Int32 =
            switch error.code {
            case .locked: Self.heldByAnother
            case .corrupt, .replayRefused: Self.dataDamaged
            case .unknownVersion, .otherTag, .notFound: Self.wrongSetting
            case .alreadyExists: Self.cannotCreate
            default: Self.diskFailed
            }
        let message =
            switch error.code {
            case .notFound: "\(error.message); 'rekeyd init DIRECTORY' makes one"
            case .otherTag:
                "keys.file is not the key ring that data.directory was made with; "
                    + "nothing was changed"
            default: error.message
            }
        self.init(code, message)
    }

    init(_ error: KeyRingError) { self.init(Self.wrongSetting, "\(error)") }
    init(_ error: CourierError) { self.init(Self.wrongSetting, error.message) }
    init(_ error: LetterError) { self.init(Self.wrongSetting, "\(error)") }
    init(_ error: ListenError) { self.init(Self.cannotListen, "\(error)") }

    /// Prints the line and ends the process.
    func exit() -> Never {
        LogSink.standardError.flush()
        try? FileHandle.standardError.write(contentsOf: Data("rekeyd: \(message)\n".utf8))
        Foundation.exit(code)
    }
}
