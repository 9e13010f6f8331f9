import Glibc
public import RekeyCore

/// One mail as an Internet message (RFC 5322, RFC 2045): the bytes that a transport carries.
public struct MailMessage: Sendable {
    /// ASCII, except for an address above ASCII (RFC 6532); lines end in CRLF, and CR and LF occur
    /// nowhere else. The same letter gives the same bytes at every attempt.
    public let bytes: [UInt8]

    public init(_ mail: Mail, id: LetterID) {
        var message: [UInt8] = []
        func put(_ name: String, _ value: (_ column: Int) -> [UInt8]) {
            let start = Array("\(name): ".utf8)
            message += start + value(start.count) + Array("\r\n".utf8)
        }
        put("From") { _ in Array(mail.from.text.utf8) }
        put("To") { Self.recipient(mail, column: $0) }
        put("Subject") { EncodedWord.plainOrEncode(mail.subject, column: $0) }
        put("Date") { _ in Array(Self.date(mail.date).utf8) }
        put("Message-ID") { _ in Array("<\(id)@\(mail.messageDomain)>".utf8) }
        // Keeps holiday replies from answering (RFC 3834, section 5).
        put("Auto-Submitted") { _ in Array("auto-generated".utf8) }
        put("MIME-Version") { _ in Array("1.0".utf8) }
        put("Content-Type") { _ in Array("text/plain; charset=utf-8".utf8) }
        put("Content-Transfer-Encoding") { _ in Array("quoted-printable".utf8) }
        bytes = message + Array("\r\n".utf8) + QuotedPrintable.encode(mail.body)
    }

    /// The address, behind the name where there is one, on a line of its own since both may be long.
    private static func recipient(_ mail: Mail, column: Int) -> [UInt8] {
        guard let name = mail.recipientName?.oneLine, name.contains(where: { $0 != " " }) else {
            return Array(mail.to.text.utf8)
        }
        return EncodedWord.encode(name, column: column) + Array("\r\n <\(mail.to.text)>".utf8)
    }

    /// RFC 5322, section 3.3, in UTC: "Tue, 16 Jul 2019 15:29:00 +0000".
    static func date(_ timestamp: Timestamp) -> String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        var seconds = time_t(timestamp.milliseconds / 1000)
        var utc = tm()
        gmtime_r(&seconds, &utc)
        let time = [utc.tm_hour, utc.tm_min, utc.tm_sec].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(days[Int(utc.tm_wday)]), \(utc.tm_mday) \(months[Int(utc.tm_mon)]) "
            + "\(utc.tm_year + 1900) \(time.joined(separator: ":")) +0000"
    }
}
