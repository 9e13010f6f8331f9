import Foundation
import RekeyCore
import RekeyTestSupport
import Testing

@testable import RekeySecrets

@Suite struct TokenMinterTests {
    // Computed by another HMAC implementation (Python's hmac) from the layout in TokenMinter.swift.
    static let link =
        "AQAAAAcAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eH6Z92qTP_OvDc15xEY1DJHQ"
    static let session =
        "AQAAAAcAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eH74OhkVd61L2sICvSvhk5Gs"

    @Test("a link and a session token are the bytes that the layout says")
    func knownAnswers() {
        let session = SessionID(rawValue: knownReset.rawValue)
        #expect(LinkMinter(knownRing()).mint(knownSubject, knownReset).text == Self.link)
        #expect(SessionMinter(knownRing()).mint(knownSubject, session).text == Self.session)
    }

    @Test("R12: a link is URL-safe and says the same in any mailbox: 71 letters, digits, - and _")
    func urlSafe() {
        let minter = LinkMinter(knownRing())
        let source = SeededRandomness(seed: 12)
        for _ in 0..<200 {
            let text = minter.mint(knownSubject, source.resetID()).text
            #expect(text.wholeMatch(of: /[A-Za-z0-9_-]{71}/) != nil)
        }
    }

    @Test("what was minted opens to the ids that it was minted from")
    func roundTrip() throws {
        let links = LinkMinter(knownRing())
        let sessions = SessionMinter(knownRing())
        let source = SeededRandomness(seed: 58)
        for _ in 0..<200 {
            let subject = SubjectID(rawValue: source.letterID().rawValue)
            let (reset, session) = (source.resetID(), source.sessionID())
            #expect(try #require(links.open(links.mint(subject, reset))) == (subject, reset))
            #expect(
                try #require(sessions.open(sessions.mint(subject, session))) == (subject, session))
        }
    }

    @Test("R21: a link with any one bit flipped is forged")
    func flippedBits() {
        let minter = LinkMinter(knownRing())
        let good = Array(Self.link.utf8)
        #expect(minter.open(Secret(good)) != nil)
        for index in good.indices {
            for bit in 0..<8 {
                var bad = good
                bad[index] ^= 1 << bit
                #expect(minter.open(Secret(bad)) == nil, "byte \(index), bit \(bit)")
            }
        }
    }

    @Test("only the one spelling of a link opens: unused bits, padding, other alphabet, more, less")
    func spelling() {
        let minter = LinkMinter(knownRing())
        let good = Self.link
        // 53 bytes leave four bits of meaning in the last character; the other two are zero.
        let alphabet = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let last = alphabet.firstIndex(of: good.last!)!
        #expect(last % 4 == 0)
        for unused in 1..<4 {
            #expect(minter.open(Secret(String(good.dropLast() + [alphabet[last + unused]]))) == nil)
        }
        for bad in [
            good + "=", good + "A", good + "\n", " " + good, String(good.dropLast()),
            String(good.dropFirst()), "", good + good, good.lowercased(),
            good.replacingOccurrences(of: "-", with: "+"),
        ] where bad != good {
            #expect(minter.open(Secret(bad)) == nil, "\(bad)")
        }
        for length in 0..<good.utf8.count {
            #expect(minter.open(Secret(String(good.prefix(length)))) == nil)
        }
    }

    @Test("R13: a link of another key, of another number or of another purpose is forged")
    func otherKeys() {
        let otherKey = LinkMinter(knownRing(replacing: [.link: [knownKey(7, 99)]]))
        let otherNumber = LinkMinter(knownRing(replacing: [.link: [knownKey(8, 1)]]))
        let sameKeyAsSession = LinkMinter(knownRing(replacing: [.link: [knownKey(7, 3)]]))
        #expect(otherKey.open(Secret(Self.link)) == nil)
        #expect(otherNumber.open(Secret(Self.link)) == nil)
        #expect(LinkMinter(knownRing()).open(Secret(Self.session)) == nil)
        #expect(sameKeyAsSession.open(Secret(Self.session)) == nil)
        #expect(SessionMinter(knownRing()).open(Secret(Self.link)) == nil)
    }

    @Test("after a rotation new links use the new key and old ones open until their key is retired")
    func rotation() {
        let old = LinkMinter(knownRing())
        let both = LinkMinter(
            knownRing(replacing: [.link: [knownKey(7, 1), knownKey(8, 50)]]))
        let new = LinkMinter(knownRing(replacing: [.link: [knownKey(8, 50)]]))
        let (before, after) = (
            old.mint(knownSubject, knownReset), both.mint(knownSubject, knownReset)
        )
        #expect(both.open(before) != nil && both.open(after) != nil)
        #expect(new.open(before) == nil && new.open(after) != nil)
        #expect(old.open(after) == nil)
    }

    @Test("R21: no random or mutated text of a link's length opens")
    func fuzz() {
        let minter = LinkMinter(knownRing())
        let source = SeededRandomness(seed: 21)
        for _ in 0..<2_000 {
            #expect(minter.open(Secret(source.bytes(71))) == nil)
            let forged = Secret(source.bytes(53)).withBase64(.url) { Secret($0) }
            #expect(minter.open(forged) == nil)
        }
    }
}
