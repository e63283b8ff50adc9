/// A file of a run's folder that is written once, whole.
package protocol RunFile: Hashable, Sendable {
    /// The word on the file's first line.
    static var format: String { get }
    /// The version on the file's first line; a reader refuses any other.
    static var version: Int { get }

    static func path(in folder: RunFolder) -> String

    /// The file's bytes.
    func encoded() -> [UInt8]

    /// Reads the file's bytes; throws for another format or version, a damaged file, a field that is missing or impossible.
    init(decoding bytes: [UInt8]) throws(RunFormatError)
}

extension RunFile {
    package static var version: Int { 1 }

    /// Writes the file, mode 0600, in the place of any that is there.
    package func write(in folder: RunFolder, durability: Durability = .durable) throws(RunFileError) {
        try DurableFile.write(encoded(), to: Self.path(in: folder), durability: durability)
    }

    /// The folder's file of this kind; nil where there is none.
    package static func read(in folder: RunFolder) throws(RunFileError) -> Self? {
        let path = path(in: folder)
        guard let bytes = try DurableFile.read(path) else { return nil }
        do {
            return try Self(decoding: bytes)
        } catch {
            throw RunFileError(path: path, cause: .format(error))
        }
    }
}
