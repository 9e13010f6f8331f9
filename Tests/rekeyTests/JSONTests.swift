import CProtobufC
import CRekeyProto
import RekeyWire
import Testing

@testable import rekey

@Suite("JSON and messages")
struct JSONTests {
    /// Every message that stands in a frame, a request, a reply or a record, however deep.
    static var descriptors: [MessageDescriptor] {
        var found: [MessageDescriptor] = []
        var queue = MethodDescriptor.all.flatMap { [$0.input, $0.output] }
        queue += [
            rekey_frame_descriptor(), rekey_transaction_descriptor(),
            rekey_checkpoint_chunk_descriptor(),
        ]
        while let next = queue.popLast() {
            guard !found.contains(next) else { continue }
            found.append(next)
            queue += next.fields.compactMap(\.messageDescriptor)
        }
        return found
    }

    @Test("random bytes of every message come back from JSON as protobuf-c would pack them")
    func roundTrip() throws {
        let descriptors = Self.descriptors
        #expect(descriptors.count >= 50)
        for (index, descriptor) in descriptors.enumerated() {
            for seed in 0..<40 {
                var maker = MessageMaker(seed: UInt64(index * 1000 + seed))
                let bytes = try #require(repacked(maker.message(descriptor), descriptor))
                let json = try bytes.withUnsafeBytes {
                    try JSONFromWire.protobuf.value($0, as: descriptor)
                }
                let read = try #require(JSONValue(parsing: Array(json.text.utf8)), "\(json.text)")
                let again = try WireFromJSON.bytes(read, as: descriptor)
                try #require(
                    again == bytes, "\(String(cString: descriptor.pointee.name)) \(json.text)")
            }
        }
    }

    /// What protobuf-c makes of the bytes when it unpacks and packs them.
    private func repacked(_ bytes: [UInt8], _ descriptor: MessageDescriptor) -> [UInt8]? {
        guard let message = protobuf_c_message_unpack(descriptor, nil, bytes.count, bytes)
        else { return nil }
        defer { protobuf_c_message_free_unpacked(message, nil) }
        return [UInt8](unsafeUninitializedCapacity: protobuf_c_message_get_packed_size(message)) {
            $1 = protobuf_c_message_pack(message, $0.baseAddress)
        }
    }

    private func wire(_ text: String, _ method: String) throws -> [UInt8] {
        let json = try #require(JSONValue(parsing: Array(text.utf8)))
        return try WireFromJSON.bytes(
            json, as: try #require(MethodDescriptor(named: method)).input)
    }

    @Test("names as in the .proto or in lowerCamelCase, numbers or strings, any base64")
    func lenient() throws {
        let expected = try wire(
            #"{"identifier":"a","expectedVersion":"18446744073709551615"}"#,
            "UpdateAccount")
        #expect(
            try wire(
                #"{"identifier":"a","expected_version":18446744073709551615}"#, "UpdateAccount")
                == expected)
        #expect(
            try wire(#"{"link":"-_-_","origin":null}"#, "ValidateLink")
                == wire(#"{"link":"+/+/"}"#, "Rekey/ValidateLink"))
        #expect(
            try wire(#"{"link":"_w"}"#, "ValidateLink")
                == wire(#"{"link":"/w=="}"#, "rekey.v1.Rekey/ValidateLink"))
        #expect(
            try wire(#"{"language":1}"#, "CreateAccount")
                == wire(#"{"language":"LANGUAGE_FRENCH"}"#, "CreateAccount"))
    }

    @Test(
        "what does not fit is refused by its place, and is not repeated",
        arguments: [
            (#"{"identifier":5}"#, "identifier: must be a string"),
            (#"{"identifer":"s3cret"}"#, "identifer: there is no such field"),
            (#"{"expectedVersion":-1}"#, "expectedVersion: must be a whole number from 0 to"),
            (#"{"expectedVersion":"s3cret"}"#, "expectedVersion: must be a whole number"),
            (#"{"expectedVersion":18446744073709551616}"#, "expectedVersion: must be a whole"),
            (#"{"expectedVersion":true}"#, "expectedVersion: must be a whole number"),
            (#"{"expectedVersion":1.5}"#, "expectedVersion: must be a whole number"),
            (#"{"expectedVersion":1,"expected_version":1}"#, "expectedVersion: stands twice"),
            (#"{"fieldMask":["name",7]}"#, "fieldMask[1]: must be a string"),
            (#"{"fieldMask":"name"}"#, "fieldMask: must be a list"),
            (#"{"language":"FRENCH"}"#, "language: must be one of LANGUAGE_UNSPECIFIED, "),
            (#"{"name":"a\u0000b"}"#, "name: must be a string without NUL"),
            (#"[]"#, "must be an object"),
        ])
    func refused(_ text: String, _ message: String) {
        let fault = #expect(throws: JSONFault.self) { try wire(text, "UpdateAccount") }
        #expect(fault?.description.hasPrefix(message) == true, "\(fault?.description ?? "")")
        #expect(fault?.description.contains("s3cret") == false)
    }

    @Test("names the place within a submessage, and refuses what is no base64")
    func nested() {
        var fault = #expect(throws: JSONFault.self) {
            try wire(#"{"origin":{"agent":[]}}"#, "Login")
        }
        #expect(fault?.description == "origin.agent: must be a string")
        fault = #expect(throws: JSONFault.self) { try wire(#"{"password":"s3cret!"}"#, "Login") }
        #expect(fault?.description == "password: must be a string of base64")
    }

    @Test("R71: JSON for a terminal holds no control or direction character")
    func hostile() {
        let text = JSONValue.string("a\u{1B}[31m\u{202E}\u{2028}\u{7F}\"\\\n").text
        #expect(text.isASCIIPrintable)
        #expect(text == #""a\u001b[31m\u202e\u2028\u007f\"\\\n""#)
    }

    @Test("a method is found by its short, its service's or its full name, and by no other")
    func methods() {
        for name in ["Login", "Rekey/Login", "rekey.v1.Rekey/Login"] {
            #expect(MethodDescriptor(named: name)?.fullName == "rekey.v1.Rekey/Login")
        }
        for name in ["login", "Operator/Login", "ogin", "", "/Login", "v1.Rekey/Login/"] {
            #expect(MethodDescriptor(named: name) == nil, "\(name)")
        }
    }
}

extension String {
    fileprivate var isASCIIPrintable: Bool { utf8.allSatisfy { (0x20...0x7E).contains($0) } }
}
