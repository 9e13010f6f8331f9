import Foundation
import RekeyAccess
import RekeyCore
import RekeyJournal
import RekeySecrets
import RekeyServer
import RekeyService
import RekeyStore

extension Duration {
    fileprivate var text: String {
        formatted(.units(allowed: [.days, .hours, .minutes], width: .narrow))
    }
}

extension Timestamp {
    /// "2026-11-24T04:00:00Z".
    var text: String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(.iso8601)
    }
}

/// Why the process ends: one line for a person, one code for a script (sysexits.h).
struct Failure: Error {
    let message: String
    let code: Int32

    static let usage: Int32 = 64
    static let dataDamaged: Int32 = 65
    static let cannotListen: Int32 = 69
    static let other: Int32 = 70
    static let clockWrong: Int32 = 71
    static let cannotCreate: Int32 = 73
    static let diskFailed: Int32 = 74
    static let heldByAnother: Int32 = 75
    static let wrongSetting: Int32 = 78

    init(_ code: Int32, _ message: String) {
        self.code = code
        self.message = message
    }

    /// - Parameter directory: where the journal is, for the command that shows what is wrong.
    init(_ error: JournalError, journal directory: String = "DIRECTORY") {
        if let refusal = error.cause as? ClockRefusal {
            self.init(refusal)
            return
        }
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
            case .corrupt:
                "\(error.message); 'rekeyd journal verify \(directory)' lists all that is damaged"
            default: error.message
            }
        self.init(code, message)
    }

    private init(_ refusal: ClockRefusal) {
        let message =
            switch refusal {
            case .behind(let gap, let last):
                "the clock is \(gap.text) behind the newest record, of \(last.text): set it right, or "
                    + "start once with --clock-accept-behind true"
            case .ahead(let gap, let expected):
                "the clock leapt ahead by \(gap.text), by the time since boot it is \(expected.text): "
                    + "set it right, or start once with --clock-accept-ahead true"
            }
        self.init(Self.clockWrong, message + ". Nothing was changed")
    }

    init(_ error: AccessError) { self.init(Self.wrongSetting, "\(error)") }
    init(_ error: KeyRingError) {
        let code =
            switch error.problem {
            case .system(_, EIO), .system(_, ENOSPC): Self.diskFailed
            default: Self.wrongSetting
            }
        self.init(code, "\(error)")
    }
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
