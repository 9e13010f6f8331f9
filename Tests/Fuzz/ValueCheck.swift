// The oracle of our own types: a message becomes one or is refused for a field that there is; what
// it became is packed, and read again as the same.
import CProtobufC
import RekeyCore
import RekeyFuzzSubjects
import RekeyWire

enum ValueCheck {
    /// The messages that one side reads into a type.
    static func subjects(_ side: WireSubject.Side) -> [WireSubject] {
        WireSubject.all.filter { $0.side == side && $0.hasType }
    }

    private static let ofServer = subjects(.server)
    private static let ofClient = subjects(.client)

    /// The first byte chooses the message.
    static func run(_ input: inout FuzzInput, _ side: WireSubject.Side) {
        guard let choice = input.byte() else { return }
        let subjects = side == .server ? ofServer : ofClient
        check(input.rest, subjects[Int(choice) % subjects.count], Arena())
    }

    private static func check(
        _ bytes: UnsafeRawBufferPointer, _ subject: WireSubject, _ arena: Arena
    ) {
        do {
            guard let packed = try subject.recode(bytes, in: arena) else { return }
            let again = packed.withUnsafeBytes {
                try? subject.recode($0, in: arena, budget: Arena.packingBudget)
            }
            guard again == packed else {
                broken("a \(subject.name) that we send is read as it was sent")
            }
        } catch {
            guard subject.side == .server, error.reason == .fieldInvalid else { return }
            for detail in error.details where !isField(detail.field, of: subject.descriptor) {
                broken("\(detail.field) is a field of \(subject.name) (P5.2)")
            }
        }
    }

    /// Whether the path names a field, or a oneof, as the .proto spells it.
    private static func isField(
        _ path: String, of descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    ) -> Bool {
        var fields = descriptor.fields
        for (index, name) in path.split(separator: ".").enumerated() {
            // protobuf-c forgets the name of a oneof.
            if index == 0, path == "kind", fields.contains(where: \.isOneofMember) { return true }
            guard let field = fields.first(where: { $0.protoName == name }) else { return false }
            fields = field.messageDescriptor?.fields ?? UnsafeBufferPointer(start: nil, count: 0)
        }
        return !path.isEmpty
    }
}
