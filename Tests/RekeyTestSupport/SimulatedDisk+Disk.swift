// The system calls of a simulated disk.
import Glibc
public import RekeyJournal
import Synchronization

extension SimulatedDisk {
    public func open(_ path: String, _ access: FileAccess) throws(JournalError) -> OpenFile {
        try step(.open, path) { (state) throws(JournalError) in
            let number: Int
            switch (access, state.names[path]) {
            case (.create, nil):
                number = state.nextNumber
                state.nextNumber += 1
                state.files[number] = SimulatedFile()
                state.change(.link(path, number), in: path)
            case (.create, _): throw .disk(EEXIST, "open", path)
            case (_, nil): throw .disk(ENOENT, "open", path)
            case (_, .some(let existing)): number = existing
            }
            return OpenFile(descriptor: state.descriptor(for: number), path: path)
        }
    }

    public func close(_ file: OpenFile) {
        state.withLock { state in
            state.open[file.descriptor] = nil
            if let path = state.locks.removeValue(forKey: file.descriptor) {
                state.locked.remove(path)
            }
        }
    }

    public func read(
        _ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
    ) throws(JournalError) -> Int {
        let wanted = buffer.count
        let bytes = try step(.read, file.path) { (state) throws(JournalError) in
            let content = try Self.content(of: file, in: &state).content
            let start = min(Int(offset), content.count)
            return Array(content[start..<min(start + wanted, content.count)])
        }
        buffer.copyBytes(from: bytes)
        return bytes.count
    }

    public func write(
        _ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: UInt64
    ) throws(JournalError) {
        let bytes = Array(bytes)
        try change(.write, file, reaching: Int(offset) + bytes.count) {
            $0.write(bytes, at: Int(offset))
        }
    }

    public func allocate(_ file: OpenFile, _ bytes: UInt64) throws(JournalError) {
        try change(.allocate, file, reaching: Int(bytes)) { content in
            let missing = Int(bytes) - content.content.count
            guard missing > 0 else { return }
            content.write([UInt8](repeating: 0, count: missing), at: content.content.count)
        }
    }

    public func syncData(_ file: OpenFile) throws(JournalError) {
        try change(.syncData, file) { $0.sync() }
    }

    public func sync(_ file: OpenFile) throws(JournalError) {
        try change(.sync, file) { $0.sync() }
    }

    public func size(of file: OpenFile) throws(JournalError) -> UInt64 {
        try step(.read, file.path) { (state) throws(JournalError) in
            UInt64(try Self.content(of: file, in: &state).content.count)
        }
    }

    public func lock(_ path: String) throws(JournalError) -> OpenFile {
        try step(.lock, path) { (state) throws(JournalError) in
            guard state.locked.insert(path).inserted else { throw .locked(path) }
            state.nextDescriptor += 1
            state.locks[state.nextDescriptor] = path
            return OpenFile(descriptor: state.nextDescriptor, path: path)
        }
    }

    public func rename(_ path: String, to newPath: String) throws(JournalError) {
        try step(.rename, path) { (state) throws(JournalError) in
            guard let number = state.names[path] else { throw .disk(ENOENT, "rename", path) }
            state.change(.rename(path, newPath, number), in: newPath)
        }
    }

    public func unlink(_ path: String) throws(JournalError) {
        try step(.unlink, path) { (state) throws(JournalError) in
            guard state.names[path] != nil else { throw .disk(ENOENT, "unlink", path) }
            state.change(.unlink(path), in: path)
        }
    }

    public func makeDirectory(_ path: String) throws(JournalError) {
        try step(.makeDirectory, path) { (state) throws(JournalError) in
            _ = state.directories.insert(path)
        }
    }

    public func syncDirectory(_ path: String) throws(JournalError) {
        try step(.syncDirectory, path) { (state) throws(JournalError) in
            state.syncNames(of: path)
        }
    }

    public func list(_ path: String) throws(JournalError) -> [String] {
        try step(.list, path) { (state) throws(JournalError) in
            guard state.directories.contains(path) else { throw .disk(ENOENT, "opendir", path) }
            return state.names.keys.filter { SimulatedState.directory(of: $0) == path }
                .map { String($0.dropFirst(path.count + 1)) }.sorted()
        }
    }

    private func change(
        _ operation: Operation, _ file: OpenFile, reaching end: Int = 0,
        _ body: (inout SimulatedFile) -> Void
    ) throws(JournalError) {
        try step(operation, file.path) { (state) throws(JournalError) in
            guard let number = state.open[file.descriptor], var content = state.files[number] else {
                throw .disk(EBADF, "\(operation)", file.path)
            }
            let growth = max(0, end - content.content.count)
            guard growth == 0 || state.bytesUsed + growth <= state.capacity else {
                throw .disk(ENOSPC, "\(operation)", file.path)
            }
            state.files[number] = nil
            body(&content)
            state.files[number] = content
        }
    }

    private static func content(
        of file: OpenFile, in state: inout SimulatedState
    ) throws(JournalError) -> SimulatedFile {
        guard let number = state.open[file.descriptor], let content = state.files[number] else {
            throw .disk(EBADF, "read", file.path)
        }
        return content
    }
}
