// The system calls of a simulated disk.
import Glibc
public import RekeyJournal
import Synchronization

extension SimulatedDisk {
    public func open(_ path: String, _ access: FileAccess) throws(JournalError) -> OpenFile {
        try step(.open, path) { (state) throws(JournalError) in
            let number: Int
            switch (access, state.names[path]) {
            case (.create, nil): number = state.create(path)
            case (.create, _): throw .disk(EEXIST, "open", path)
            case (_, nil): throw .disk(ENOENT, "open", path)
            case (_, .some(let existing)): number = existing
            }
            return OpenFile(
                descriptor: state.descriptor(for: number), path: path,
                isPastCache: access == .read)
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
            let seen = try Self.content(of: file, in: &state)
            let content = file.isPastCache ? seen.onDisk : seen.content
            let start = min(Int(offset), content.count)
            return Array(content[start..<min(start + wanted, content.count)])
        }
        buffer.copyBytes(from: bytes)
        return bytes.count
    }

    public func write(
        _ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: UInt64
    ) throws(JournalError) {
        tellWatcher(ofWrite: bytes, to: file.path)
        let bytes = Array(bytes)
        try change(.write, file, reaching: Int(offset) + bytes.count) { content, number in
            content.write(bytes, at: Int(offset))
            return .write(file: number, offset: Int(offset), bytes: bytes)
        }
    }

    public func allocate(_ file: OpenFile, _ bytes: UInt64) throws(JournalError) {
        try change(.allocate, file, reaching: Int(bytes)) { content, number in
            let end = content.content.count
            let zeros = [UInt8](repeating: 0, count: max(0, Int(bytes) - end))
            content.write(zeros, at: end)
            return .write(file: number, offset: end, bytes: zeros)
        }
    }

    public func syncData(_ file: OpenFile) throws(JournalError) {
        try sync(file, by: .syncData)
    }

    public func sync(_ file: OpenFile) throws(JournalError) {
        try sync(file, by: .sync)
    }

    /// As the kernel does: after a failure the pages count as written, and nobody is told again.
    private func sync(_ file: OpenFile, by operation: Operation) throws(JournalError) {
        do throws(JournalError) {
            try change(operation, file) { content, number in
                content.sync()
                return .sync(file: number)
            }
        } catch {
            state.withLock { state in
                guard !state.isOff, let number = state.open[file.descriptor] else { return }
                state.files[number]?.loseUnsynced()
            }
            throw error
        }
    }

    public func size(of file: OpenFile) throws(JournalError) -> UInt64 {
        try step(.read, file.path) { (state) throws(JournalError) in
            UInt64(try Self.content(of: file, in: &state).content.count)
        }
    }

    public func lock(_ path: String) throws(JournalError) -> OpenFile {
        try step(.lock, path) { (state) throws(JournalError) in
            guard state.locked.insert(path).inserted else { throw .locked(path) }
            if state.names[path] == nil { _ = state.create(path) }
            state.nextDescriptor += 1
            state.locks[state.nextDescriptor] = path
            return OpenFile(descriptor: state.nextDescriptor, path: path)
        }
    }

    public func rename(_ path: String, to newPath: String) throws(JournalError) {
        try step(.rename, path) { (state) throws(JournalError) in
            guard let number = state.names[path] else { throw .disk(ENOENT, "rename", path) }
            state.change(.rename(path, newPath, number), in: newPath)
            state.recording?.append(.rename(path, to: newPath))
        }
    }

    public func unlink(_ path: String) throws(JournalError) {
        try step(.unlink, path) { (state) throws(JournalError) in
            guard state.names[path] != nil else { throw .disk(ENOENT, "unlink", path) }
            state.change(.unlink(path), in: path)
            state.recording?.append(.unlink(path))
        }
    }

    public func makeDirectory(_ path: String) throws(JournalError) {
        try step(.makeDirectory, path) { (state) throws(JournalError) in
            guard state.directories.insert(path).inserted else { return }
            state.recording?.append(.makeDirectory(path))
        }
    }

    public func syncDirectory(_ path: String) throws(JournalError) {
        try step(.syncDirectory, path) { (state) throws(JournalError) in
            state.syncNames(of: path)
            state.recording?.append(.syncDirectory(path))
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
        _ body: (inout SimulatedFile, Int) -> DiskChange
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
            let change = body(&content, number)
            state.files[number] = content
            state.recording?.append(change)
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
