import Foundation
import RekeyCore
import Testing

@testable import RekeyService

@Suite struct FolderCourierTests {
    private let files = FileManager.default

    @Test("a mail lands in the Maildir's new with LF line ends, and nothing stays in tmp")
    func mail() async throws {
        try await Scratch.with { root in
            let courier = try FolderCourier(root: root + "/letters", outside: root + "/data")
            let mail = try Samples.mail(Samples.contents()[0])
            try await courier.deliver(.mail(mail), id: Samples.id)
            let name = "001563290947000.00112233445566778899aabbccddeeff"
            #expect(try names(root + "/letters/mail/new") == [name])
            #expect(try names(root + "/letters/mail/tmp").isEmpty)
            let bytes = try read(root + "/letters/mail/new/" + name)
            #expect(!bytes.contains(13))
            let crlf = Array(bytes.flatMap { $0 == 10 ? [13, 10] : [$0] })
            #expect(crlf == MailMessage(mail, id: Samples.id).bytes)
        }
    }

    @Test("an SMS is a file with its number and its text")
    func sms() async throws {
        try await Scratch.with { root in
            let courier = try FolderCourier(root: root + "/letters", outside: root + "/data")
            try await courier.deliver(Samples.write(Samples.contents()[1]), id: Samples.id)
            let name = "001563290947000.00112233445566778899aabbccddeeff"
            #expect(try names(root + "/letters/sms") == [name])
            #expect(
                try String(decoding: read(root + "/letters/sms/" + name), as: UTF8.self)
                    == "To: +33612345678\n\n\(Guide.sms)\n")
        }
    }

    @Test("a letter delivered twice is there once, also by another courier on the same folder")
    func twice() async throws {
        try await Scratch.with { root in
            for _ in 0..<2 {
                let courier = try FolderCourier(root: root + "/letters", outside: root + "/data")
                for content in Samples.contents().prefix(2) {
                    for _ in 0..<2 {
                        try await courier.deliver(Samples.write(content), id: Samples.id)
                    }
                }
            }
            #expect(try names(root + "/letters/mail/new").count == 1)
            #expect(try names(root + "/letters/sms").count == 1)
        }
    }

    @Test("a draft that a crash left behind is written over, not appended to")
    func leftover() async throws {
        try await Scratch.with { root in
            let courier = try FolderCourier(root: root + "/letters", outside: root + "/data")
            let name = "001563290947000.00112233445566778899aabbccddeeff"
            let draft = root + "/letters/mail/tmp/" + name
            try Data(repeating: 0x78, count: 9_000).write(to: URL(fileURLWithPath: draft))
            try await courier.deliver(Samples.write(Samples.contents()[1]), id: Samples.id)
            #expect(try read(root + "/letters/sms/" + name).starts(with: Array("To: ".utf8)))
            #expect(try read(root + "/letters/sms/" + name).count < 200)
            #expect(!files.fileExists(atPath: draft))
        }
    }

    @Test("a hundred letters at once all arrive")
    func many() async throws {
        try await Scratch.with { root in
            let courier = try FolderCourier(root: root + "/letters", outside: root + "/data")
            let contents = Samples.contents()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        try await courier.deliver(
                            Samples.write(contents[number % 2]),
                            id: LetterID(rawValue: UInt128(number)))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try names(root + "/letters/mail/new").count == 50)
            #expect(try names(root + "/letters/sms").count == 50)
        }
    }

    @Test("R49: the folders are the owner's alone, and so are the letters")
    func permissions() async throws {
        try await Scratch.with { root in
            let courier = try FolderCourier(root: root + "/letters", outside: root + "/data")
            for content in Samples.contents().prefix(2) {
                try await courier.deliver(Samples.write(content), id: Samples.id)
            }
            for folder in ["", "/mail", "/mail/tmp", "/mail/new", "/mail/cur", "/sms"] {
                #expect(try mode(root + "/letters" + folder) == 0o700)
            }
            for folder in ["/letters/mail/new/", "/letters/sms/"] {
                let name = try #require(names(root + folder).first)
                #expect(try mode(root + folder + name) == 0o600)
            }
        }
    }

    @Test("a root that group or others may enter is refused", arguments: [0o750, 0o704, 0o701])
    func openRoot(mode: Int) async throws {
        try await Scratch.with { root in
            let letters = root + "/letters"
            try files.createDirectory(atPath: letters, withIntermediateDirectories: false)
            try files.setAttributes([.posixPermissions: mode], ofItemAtPath: letters)
            try expectRefusal("must belong to the service's user alone") {
                try FolderCourier(root: letters, outside: root + "/data")
            }
            #expect(try names(letters).isEmpty)
        }
    }

    @Test("R13: a root inside the data directory is refused, by any road, and nothing is made")
    func insideData() async throws {
        try await Scratch.with { root in
            let data = root + "/data"
            try files.createDirectory(atPath: data + "/deep", withIntermediateDirectories: true)
            try files.createSymbolicLink(atPath: root + "/road", withDestinationPath: data)
            let roads = [
                data, data + "/letters", data + "/deep/letters", root + "/road/letters",
                root + "/road", root + "/x/../data/deep/letters", data + "//deep/../letters/",
            ]
            try files.createDirectory(atPath: root + "/x", withIntermediateDirectories: false)
            for road in roads {
                try expectRefusal("inside the data directory") {
                    try FolderCourier(root: road, outside: data)
                }
                try expectRefusal("inside the data directory") {
                    try FolderCourier(root: road, outside: root + "/road/")
                }
            }
            #expect(try names(data) == ["deep"] && names(data + "/deep").isEmpty)
        }
    }

    @Test("a root beside the data directory whose name begins alike is welcome")
    func besideData() async throws {
        try await Scratch.with { root in
            try files.createDirectory(atPath: root + "/data", withIntermediateDirectories: false)
            _ = try FolderCourier(root: root + "/data-letters", outside: root + "/data")
            #expect(try names(root + "/data-letters") == ["mail", "sms"])
        }
    }

    @Test("a relative root is refused", arguments: ["letters", "", "/", "./letters"])
    func relativeRoot(path: String) throws {
        try expectRefusal("must be an absolute path") {
            try FolderCourier(root: path, outside: "/nowhere")
        }
    }

    @Test("a delivery that the disk refuses is worth another attempt and leaves no draft")
    func failure() async throws {
        try await Scratch.with { root in
            let courier = try FolderCourier(root: root + "/letters", outside: root + "/data")
            // A folder in the letter's place: the rename fails, for root too.
            let blocked = root + "/letters/sms/001563290947000.\(Samples.id)"
            try files.createDirectory(atPath: blocked, withIntermediateDirectories: false)
            let missive = try Samples.write(Samples.contents(code: "q7KfZ")[1])
            let error = await #expect(throws: CourierError.self) {
                try await courier.deliver(missive, id: Samples.id)
            }
            #expect(error?.isWorthRetrying == true)
            #expect(error?.message.contains("could not rename a letter") == true)
            #expect(error?.message.contains("q7KfZ") == false)
            #expect(try names(root + "/letters/mail/tmp").isEmpty)
            try files.removeItem(atPath: blocked)
            try await courier.deliver(missive, id: Samples.id)
            #expect(try read(blocked).starts(with: Array("To: ".utf8)))
        }
    }

    private func expectRefusal(_ words: String, _ body: () throws -> FolderCourier) throws {
        let error = #expect(throws: CourierError.self) { try body() }
        #expect(error?.isWorthRetrying == false)
        #expect(error?.message.contains(words) == true)
    }

    private func names(_ path: String) throws -> [String] {
        try files.contentsOfDirectory(atPath: path).sorted()
    }

    private func read(_ path: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func mode(_ path: String) throws -> Int? {
        try files.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}
