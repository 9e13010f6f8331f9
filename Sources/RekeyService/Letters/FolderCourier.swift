// The default courier: letters as files, for whatever picks them up. The outbox comes in; nothing
// is touched but the folder of its settings, which holds secrets and so lies outside the data
// directory.
//
//   root/            0700, ours
//     mail/          a Maildir: tmp, new, cur. Written in tmp, synced, renamed into new, synced
//     sms/           a file per SMS: "To: +33612345678", an empty line, the text
//
// A file is named after its letter, <queued, ms>.<letter id>, so names sort by time and a second
// delivery replaces the first. Only when a reader has moved the mail into cur in between is there a
// second one, with the same Message-ID.
import Dispatch
import Glibc
public import RekeyCore

/// Delivers into a Maildir and a folder of SMS.
public final class FolderCourier: Courier {
    private let drafts: Folder
    private let mails: Folder
    private let texts: Folder
    /// Syncing blocks, and Swift's own threads must not: files are written here, one at a time.
    private let queue = DispatchQueue(label: "rekey.courier.folder")

    /// Makes what is missing of the folders, durably.
    ///
    /// - Parameters:
    ///   - root: An absolute path; its parent exists.
    ///   - dataDirectory: Where the store lives. Letters are usable secrets and stay out (R13).
    /// - Throws: `CourierError` when `root` is inside `dataDirectory`, belongs to somebody else, is
    ///   open to group or others, or cannot be made.
    public init(root: String, outside dataDirectory: String) throws(CourierError) {
        let names = root.split(separator: "/")
        guard root.utf8.first == UInt8(ascii: "/"), let name = names.last else {
            throw .refusal("\(root) must be an absolute path")
        }
        let parent = "/" + names.dropLast().joined(separator: "/")
        let isThere = FileIdentity(path: root) != nil
        guard !Self.lies(isThere ? root : parent, in: dataDirectory) else {
            throw .refusal(
                "\(root) lies inside the data directory: letters are secrets, move it elsewhere")
        }
        let folder =
            isThere ? try Folder(path: root) : try Folder(path: parent).folder(String(name))
        guard try folder.isPrivate() else {
            throw .refusal(
                "\(root) must belong to the service's user alone: chown it and chmod 0700 it")
        }
        let mail = try folder.folder("mail")
        drafts = try mail.folder("tmp")
        mails = try mail.folder("new")
        _ = try mail.folder("cur")
        texts = try folder.folder("sms")
    }

    public func deliver(_ missive: Missive, id: LetterID) async throws(CourierError) {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Void, CourierError>, Never>) in
            queue.async {
                continuation.resume(
                    returning: Result { () throws(CourierError) in try self.put(missive, id: id) })
            }
        }
        try result.get()
    }

    private func put(_ missive: Missive, id: LetterID) throws(CourierError) {
        switch missive {
        case .mail(let mail):
            // Files of a Maildir have the line ends of the system: readers and delivery agents
            // expect LF there and put CRLF back when they send.
            let bytes = MailMessage(mail, id: id).bytes.filter { $0 != UInt8(ascii: "\r") }
            try mails.put(bytes, named: "\(mail.date.fileName).\(id)", by: drafts)
        case .sms(let text):
            // Drafted beside the mails, so that who lists the folder sees whole files only.
            let bytes = Array("To: \(text.to.text)\n\n\(text.words)\n".utf8)
            try texts.put(bytes, named: "\(text.date.fileName).\(id)", by: drafts)
        }
    }

    /// Whether going up from `path` one comes to `directory`. By identity, so that neither symbolic
    /// links nor bind mounts nor spelling hide it; a directory that is not there holds nothing.
    private static func lies(_ path: String, in directory: String) -> Bool {
        guard let wanted = FileIdentity(path: directory) else { return false }
        var path = path
        var last: FileIdentity?
        while let here = FileIdentity(path: path), here != last {
            if here == wanted { return true }
            last = here
            path += "/.."
        }
        return false
    }
}

/// What makes two paths the same file.
private struct FileIdentity: Equatable {
    let device: dev_t
    let inode: ino_t

    /// Nil where there is nothing, or nothing that this process may look at.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = status.st_dev
        inode = status.st_ino
    }
}

extension Timestamp {
    /// 15 digits, enough until the year 33658, so that names sort by time.
    fileprivate var fileName: String {
        let digits = String(milliseconds)
        return String(repeating: "0", count: max(0, 15 - digits.utf8.count)) + digits
    }
}

extension CourierError {
    fileprivate static func refusal(_ message: String) -> CourierError {
        CourierError(isWorthRetrying: false, message: message)
    }
}
