// What reading the messages of descriptor.proto takes.

import RekeyWire

/// The messages of a repeated field.
func pointees<Message>(
    _ table: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ count: Int
) -> [Message] {
    UnsafeBufferPointer(start: table.map { UnsafePointer($0) }, count: count)
        .compactMap { $0?.pointee }
}

/// ".rekey.v1.Origin" without the dot that says that it is a full name.
func fullName(_ reference: UnsafeMutablePointer<CChar>?) -> String {
    String(reference.text.trimmingPrefix("."))
}
