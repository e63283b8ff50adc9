/// Gets the text of a configuration file, with a plain sentence for each way in which that fails.
enum ConfigurationFile {
    /// The largest file that is read, in bytes.
    static let maximumSize = 16 << 20

    /// Reads a whole file of at most `maximumSize` bytes of UTF-8.
    static func text(at path: String) throws(ConfigurationFaults) -> String {
        let bytes: [UInt8]
        do throws(FileContents.Failure) {
            bytes = try FileContents(path: path, upTo: maximumSize).bytes
        } catch {
            throw ConfigurationFaults([ConfigurationFault(path: path, message: error.message)])
        }
        do {
            return String(copying: try UTF8Span(validating: bytes.span))
        } catch {
            let faults = FaultCollector()
            faults.report("the text is not UTF-8; save the file in that encoding", at: error.byteOffsets.lowerBound)
            throw faults.refusal(path: path, bytes: bytes)
        }
    }
}
