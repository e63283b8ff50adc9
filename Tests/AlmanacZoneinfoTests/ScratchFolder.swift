import Foundation

/// A folder for one test, removed at its end.
final class ScratchFolder {
    let path: String

    init() throws {
        let template = NSTemporaryDirectory() + "almanac-zoneinfo-XXXXXX"
        var bytes = Array(template.utf8CString)
        let made = unsafe mkdtemp(&bytes) != nil
        guard made else { throw MachineZones.Failure(description: "mkdtemp failed") }
        path = String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file below the folder, making the folders on the way. The file is a new one, as a package manager's is.
    func write(_ bytes: [UInt8], to name: String) throws {
        let target = path + "/" + name
        let folder = target.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: target), options: .atomic)
    }

    func link(_ name: String, to target: String) throws {
        let link = path + "/" + name
        let folder = link.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    }
}

/// The bytes of a file in `tzdata-fixtures`.
func fixture(_ name: String) throws -> [UInt8] {
    let package = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    return [UInt8](try Data(contentsOf: URL(filePath: package + "/tzdata-fixtures/" + name)))
}
