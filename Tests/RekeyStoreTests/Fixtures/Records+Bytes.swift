// A record of the log as an array, for tests that look into it.

import RekeyWire

@testable import RekeyStore

extension Records {
    static func bytes(_ record: Decoded, _ arena: Arena) -> [UInt8] {
        encode(record, arena) { Array($0) }
    }
}
