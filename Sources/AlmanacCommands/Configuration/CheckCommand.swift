import AlmanacConfig
import ArgumentParser
import Glibc

/// `almanac check`: whether a configuration file is right.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration file; every fault is listed, and the exit code is 1 if there is one."
    )

    @OptionGroup var configuration: ConfigurationOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let machine = Machine.current()
        let path = configuration.path(on: machine)
        let result = Result { () throws(ConfigurationFaults) in try ConfigurationReader(machine).read(path: path) }
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        if json {
            output.append { CheckReport(path: path, result: result).appendJSON(to: &$0) }
            output.appendLine()
        } else if case .success(let configuration) = result {
            let count = configuration.tasks.count
            output.appendLine("\(path): \(count) \(count == 1 ? "task" : "tasks"), no faults")
        }
        try output.flush()
        if case .failure(let faults) = result {
            if !json { tell(faults.description) }
            throw CommandFailure.silent(status: ExitStatus.failure)
        }
    }
}

/// The answer of a check as JSON.
struct CheckReport {
    let path: String
    let result: Result<Configuration, ConfigurationFaults>

    /// Appends `{"path":...,"ok":true,"tasks":3,"faults":[]}`, without an end of line. `tasks` is left out where there are faults,
    /// and a fault's members where they have no value.
    func appendJSON(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: #"{"path":"#.utf8)
        JSONText.append(path, to: &bytes)
        switch result {
        case .success(let configuration):
            bytes.append(contentsOf: #","ok":true,"tasks":\#(configuration.tasks.count),"faults":[]}"#.utf8)
        case .failure(let faults):
            bytes.append(contentsOf: #","ok":false,"faults":["#.utf8)
            for (index, fault) in faults.faults.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.append(fault, to: &bytes)
            }
            bytes.append(contentsOf: "]}".utf8)
        }
    }

    private static func append(_ fault: ConfigurationFault, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        if let line = fault.line { bytes.append(contentsOf: #""line":\#(line),"#.utf8) }
        if let column = fault.column { bytes.append(contentsOf: #""column":\#(column),"#.utf8) }
        for (name, text) in [("table", fault.table), ("key", fault.key)] {
            guard let text else { continue }
            bytes.append(contentsOf: #""\#(name)":"#.utf8)
            JSONText.append(text, to: &bytes)
            bytes.append(UInt8(ascii: ","))
        }
        bytes.append(contentsOf: #""message":"#.utf8)
        JSONText.append(fault.message, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }
}
