// How a password was hashed, read off its row without unpacking it: a start asks this of every row.
import RekeyCore
import RekeyWire

extension Records {
    /// What the password in a row was made with; nil where there is none.
    ///
    /// - Parameter row: one that was checked.
    static func recipe(inRow row: [UInt8]) throws(StoreError) -> PasswordRecord.Recipe? {
        do throws(WireFault) {
            return try row.span.bytes.withUnsafeBytes { (row) throws(WireFault) in
                guard let account = try message(RowField.account, in: row),
                    let password = try message(RowField.password, in: account)
                else { return nil }
                return try recipe(in: password)
            }
        } catch {
            throw .unreadable("a row: \(error)")
        }
    }

    /// Fields of records.proto: SubjectRow's, AccountRow's, and PasswordRow's three.
    private enum RowField {
        static let account: UInt32 = 4
        static let password: UInt32 = 6
        static let memoryKiB: UInt32 = 1
        static let passes: UInt32 = 2
        static let pepper: UInt32 = 3
    }

    private static func message(
        _ field: UInt32, in bytes: UnsafeRawBufferPointer
    ) throws(WireFault) -> UnsafeRawBufferPointer? {
        var reader = WireReader(bytes)
        while let next = try reader.next() {
            if next.number == field, case .delimited(let bytes) = next.value {
                return bytes
            }
        }
        return nil
    }

    private static func recipe(
        in password: UnsafeRawBufferPointer
    ) throws(WireFault) -> PasswordRecord.Recipe {
        var recipe = PasswordRecord.Recipe(cost: HashCost(memoryKiB: 0, passes: 0), pepper: 0)
        var reader = WireReader(password)
        while let next = try reader.next() {
            guard case .fixed32(let value) = next.value else { continue }
            switch next.number {
            case RowField.memoryKiB: recipe.cost.memoryKiB = value
            case RowField.passes: recipe.cost.passes = value
            case RowField.pepper: recipe.pepper = value
            default: break
            }
        }
        return recipe
    }
}
