import AlmanacCalendar
import AlmanacZoneinfo
import Foundation

/// The zones of this machine, and other programs' word about them.
enum MachineZones {
    static let database = ZoneinfoDatabase()

    /// One name for each different file, with all the names that have its content.
    static let distinct: [String] = {
        var seen: Set<[UInt8]> = []
        return database.names().filter { name in
            guard let data = FileManager.default.contents(atPath: database.directory + "/" + name) else { return false }
            return seen.insert([UInt8](data)).inserted
        }
    }()

    /// The path of a program, or nil where it is not installed.
    static func program(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// What a program writes on its standard output; throws where it does not end with status 0.
    static func output(of program: String, _ arguments: [String], environment: [String: String] = [:]) throws -> String
    {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw Failure(description: "\(program) ended with \(process.terminationStatus)")
        }
        return String(decoding: data, as: UTF8.self)
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }
}
