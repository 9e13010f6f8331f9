// The one step that puts a whole directory in another's place.
import CRekeyLinux

extension SystemDisk {
    /// Two paths of one file system change places at once: whoever looks, and whatever crashes, finds
    /// both as they were or both exchanged. Durable after `syncDirectory` of where they are.
    public func exchange(_ path: String, _ other: String) throws(JournalError) {
        let error = rekey_exchange_files(path, other)
        if error != 0 { throw .disk(error, "renameat2", path) }
    }
}
