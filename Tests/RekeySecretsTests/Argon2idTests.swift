import RekeyCore
import Testing

@testable import RekeySecrets

@Suite struct Argon2idTests {
    private func tag(
        _ input: [UInt8], salt: [UInt8], _ cost: HashCost, count: Int = Argon2id.tagByteCount
    ) -> String {
        withScratch(count) { tag in
            #expect(
                input.withUnsafeBytes { Argon2id.derive(tag, from: $0, salt: salt, cost: cost) })
            return hex(tag)
        }
    }

    // libsodium, test/default/pwhash_argon2id.c, tv3, the string with t=19: salt and tag are what
    // its base64 decodes to.
    @Test("R43: argon2id gives the published tag of 32 bytes")
    func publishedTag() {
        let password = "^T5H$JYt39n%K*j:W]!1s?vg!:jGi]Ax?..l7[p0v:1jHTpla9;]bUN;?bWyCbtqg "
        #expect(
            tag(
                Array(password.utf8), salt: Array(">A 16-bytes salt".utf8),
                HashCost(memoryKiB: 4096, passes: 19))
                == "96d07fb9ed643ed04c0467eccac3293e2804ea188d10a67dbecf2f2cd5434060")
    }

    // libsodium, test/default/pwhash_argon2id.c and .exp, tv, seventh vector: 1,631,659 bytes of
    // memory are 1,593 KiB.
    @Test("R43: argon2id gives the published tag of 231 bytes")
    func publishedLongTag() {
        #expect(
            tag(
                bytes(
                    hex: "b540beb016a5366524d4605156493f9874514a5aa58818cd0c6dfffaa9e90205f17b"),
                salt: bytes(hex: "44071f6d181561670bda728d43fb79b4"),
                HashCost(memoryKiB: 1593, passes: 1), count: 231)
                    == """
                    7fb72409b0987f8190c3729710e98c3f80c5a8727d425fdcde7f3644d467fe973f5b5fee\
                    683bd3fce812cb9ae5e9921a2d06c2f1905e4e839692f2b934b682f11a2fe2b90482ea5d\
                    d234863516dba6f52dc0702d324ec77d860c2e181f84472bd7104fedce071ffa93c53094\
                    94ad51623d214447a7b2b1462dc7d5d55a1f6fd5b54ce024118d86f0c6489d16545aaa87\
                    b6689dad9f2fb47fda9894f8e12b87d978b483ccd4cc5fd9595cdc7a818452f915ce2f7d\
                    f95ec12b1c72e3788d473441d884f9748eb14703c21b45d82fd667b85f5b2d98c13303b3\
                    fe76285531a826b6fc0fe8e3dddecf
                    """)
    }
}
