import Foundation
public import RekeyCore

extension Timestamp {
    /// "2027-02-22", in UTC.
    public var day: String {
        Date(self).formatted(.iso8601.year().month().day())
    }
}
