import AlmanacAPI
import AlmanacConfig

/// What a check has found.
struct CheckReport {
    let path: String
    let result: Result<Configuration, ConfigurationFaults>
    /// Those that the configuration names.
    let crontabs: CrontabReading
    /// Where a daemon was looked for.
    let socket: String
    let preview: ReloadPreview

    var faults: [ConfigurationFault] {
        if case .failure(let faults) = result { faults.faults } else { [] }
    }

    var warnings: [ConfigurationFault] {
        ((try? result.get().warnings) ?? []) + crontabs.remarks
    }

    /// Whether the file is not right, be it for the daemon alone.
    var hasFaults: Bool {
        if case .refusal = preview { return true }
        return !faults.isEmpty
    }

    // MARK: Text

    /// What goes to standard error, a line each: the faults, else the warnings; then the faults that only the daemon finds.
    var complaints: [String] {
        var lines = faults.map(\.description) + warnings.map { "warning: \($0)" }
        if case .refusal(let faults) = preview, self.faults.isEmpty {
            // It has another environment, another user, another moment.
            lines.append("the daemon on \(socket) would refuse the file:")
            lines += faults
        }
        return lines
    }

    /// Writes what goes to standard output.
    func write(to output: inout OutputBuffer) {
        if case .success(let configuration) = result {
            let count = configuration.tasks.count
            let crontabs = crontabs.files.isEmpty ? "" : ", \(self.crontabs.tasks.count) of crontabs"
            output.appendLine("\(path.printable): \(count) \(count == 1 ? "task" : "tasks")\(crontabs), no faults")
        }
        switch preview {
        case .noDaemon:
            if faults.isEmpty {
                output.appendLine(
                    "No daemon answers on \(socket.printable): there is nothing to compare the file with."
                )
            }
        case .unknown(let reason):
            output.appendLine("The daemon on \(socket.printable) does not say what a reload would change: \(reason)")
        case .otherFile(let path):
            output.appendLine(
                "The daemon on \(socket.printable) reads another file, \(path.printable): a reload would not read this one."
            )
        case .changes(let answer):
            let except = faults.isEmpty ? "" : ", whose environment and user are others, would take the file, and"
            output.appendLine("The daemon on \(socket.printable)\(except) would change on a reload:")
            answer.value.write(to: &output, whenNothing: "nothing")
        case .refusal:
            break
        }
    }

    // MARK: JSON

    /// Appends one object and an end of line:
    ///
    /// `{"path":...,"ok":true,"tasks":3,"faults":[],"warnings":[],"daemon":{"socket":...,"state":"changes","reload":{...}}}`
    ///
    /// `crontab_tasks` is there where crontabs are, and a warning about one has a `path`. `tasks` is left out where there are faults, and a fault's members where they have no value. The daemon's `state` is
    /// `none`, `unknown` with a `message`, `other_file` with its `config_path`, `changes` with the answer that a reload would
    /// give as `reload`, or `refusal` with the `faults` that it would find, as texts.
    func appendJSON(to output: inout OutputBuffer) {
        output.append { bytes in
            bytes.append(contentsOf: #"{"path":"#.utf8)
            JSONText.append(path, to: &bytes)
            bytes.append(contentsOf: #","ok":\#(!hasFaults)"#.utf8)
            if case .success(let configuration) = result {
                bytes.append(contentsOf: #","tasks":\#(configuration.tasks.count)"#.utf8)
                if !crontabs.files.isEmpty {
                    bytes.append(contentsOf: #","crontab_tasks":\#(crontabs.tasks.count)"#.utf8)
                }
            }
            bytes.append(contentsOf: #","faults":"#.utf8)
            Self.appendList(faults, to: &bytes, append)
            bytes.append(contentsOf: #","warnings":"#.utf8)
            Self.appendList(warnings, to: &bytes, append)
            bytes.append(contentsOf: #","daemon":{"socket":"#.utf8)
            JSONText.append(socket, to: &bytes)
            appendPreview(to: &bytes)
            bytes.append(contentsOf: "}}\n".utf8)
        }
    }

    private func appendPreview(to bytes: inout [UInt8]) {
        switch preview {
        case .noDaemon:
            bytes.append(contentsOf: #","state":"none""#.utf8)
        case .unknown(let reason):
            bytes.append(contentsOf: #","state":"unknown","message":"#.utf8)
            JSONText.append(reason, to: &bytes)
        case .otherFile(let path):
            bytes.append(contentsOf: #","state":"other_file","config_path":"#.utf8)
            JSONText.append(path, to: &bytes)
        case .changes(let answer):
            bytes.append(contentsOf: #","state":"changes","reload":"#.utf8)
            bytes.append(contentsOf: answer.json)
        case .refusal(let faults):
            bytes.append(contentsOf: #","state":"refusal","faults":"#.utf8)
            Self.appendList(faults, to: &bytes) { JSONText.append($0, to: &$1) }
        }
    }

    private static func appendList<Element>(
        _ elements: [Element],
        to bytes: inout [UInt8],
        _ body: (Element, inout [UInt8]) -> Void
    ) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            body(element, &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private func append(_ fault: ConfigurationFault, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        if fault.path != path {
            bytes.append(contentsOf: #""path":"#.utf8)
            JSONText.append(fault.path, to: &bytes)
            bytes.append(UInt8(ascii: ","))
        }
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
