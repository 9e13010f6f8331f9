// The oracle of messages below our types (R84): what the scan lets through, the library reads, and
// reads again from what it packs; and the reader that makes JSON of it sees the same.
import CProtobufC
import CRekeyProto
import RekeyFuzzSubjects
import RekeyWire

enum MessageCheck {
    /// The first byte chooses the message.
    static func run(_ input: inout FuzzInput) {
        guard let choice = input.byte() else { return }
        check(input.rest, WireSubject.all[Int(choice) % WireSubject.all.count].descriptor)
    }

    /// What Describe answers with is a message of somebody else's, with groups of its own depth.
    static func runDescriptorSet(_ input: inout FuzzInput) { check(input.rest, descriptorSet) }

    static var descriptorSet: UnsafePointer<ProtobufCMessageDescriptor> {
        google_file_descriptor_set_descriptor()
    }

    private static func check(
        _ bytes: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    ) {
        guard let packed = try? Repacking.repack(bytes, as: descriptor) else { return }
        packed.withUnsafeBytes { packed in
            guard let again = try? Repacking.repack(packed, as: descriptor) else {
                broken("what the library packs, the scan and the library take")
            }
            guard again.elementsEqual(packed) else { broken("it is packed again as the same") }
            guard json(bytes, descriptor) == json(packed, descriptor) else {
                broken("the library and the reader for JSON read the same")
            }
        }
    }

    private static func json(
        _ bytes: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    ) -> String {
        // No bytes are no text: a field that is absent and one that is empty are the same.
        let reader = JSONFromWire(
            bytesText: { $0.map(\.description).joined(separator: " ") }, areWordsNumbers: true)
        guard let value = try? reader.value(bytes, as: descriptor) else {
            broken("what the scan lets through is JSON")
        }
        return "\(value)"
    }
}
