import AlmanacTesting
import Glibc

/// A mail transfer agent of a test's own: a program that keeps each message that it is given, and how it was called.
///
/// Files in its folder change what it does: `hold` has it wait before it takes a message, `linger` after that, each for as long as the file is
/// there; `refuse` has it complain and exit with code 75.
final class StandInSendmail: Sendable {
    struct Message {
        /// Of the process: user, working folder, the number of sendmails that ran then, and the arguments.
        var userID: String
        var workingDirectory: String
        var running: Int
        var arguments: [String]
        var environment: [String]
        var bytes: [UInt8]

        var text: String { String(decoding: bytes, as: UTF8.self) }
        /// The lines above the first empty one.
        var header: [Substring] {
            text.split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }.map { $0 }
        }
        /// What is below it.
        var body: String {
            text.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false).last.map(String.init) ?? ""
        }
    }

    let folder = TemporaryFolder()
    var path: String { folder.file("sendmail") }

    init() {
        let box = folder.path
        folder.write(
            """
            #!/bin/sh
            umask 0
            touch \(box)/running/$$
            while [ -e \(box)/hold ]; do sleep 0.02; done
            if [ -e \(box)/refuse ]; then
                rm \(box)/running/$$
                echo "no route to host" >&2; printf 'it is lost\\033[1m' >&2; exit 75
            fi
            n=$(mktemp -d \(box)/new/XXXXXX)
            { id -u; pwd; ls \(box)/running | wc -l; } > $n/process
            printf '%s\\n' "$@" > $n/arguments
            env | sort > $n/environment
            cat > $n/message
            mv $n \(box)/box/
            while [ -e \(box)/linger ]; do sleep 0.02; done
            rm \(box)/running/$$
            """,
            to: "sendmail"
        )
        unsafe chmod(path, 0o755)
        unsafe chmod(folder.path, 0o755)
        for name in ["running", "new", "box"] {
            unsafe mkdir(folder.file(name), 0o777)
            unsafe chmod(folder.file(name), 0o777)
        }
    }

    func set(_ switchName: String) { folder.write("", to: switchName) }
    func clear(_ switchName: String) { unsafe unlink(folder.file(switchName)) }

    /// How many are at work.
    var runningCount: Int { names("running").count }

    /// What it has been given, in no order.
    var messages: [Message] {
        names("box").map { name in
            func lines(_ file: String) -> [String] {
                String(decoding: TemporaryFolder.read(folder.file("box/\(name)/\(file)")) ?? [], as: UTF8.self)
                    .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
            }
            let process = lines("process")
            return Message(
                userID: process[0],
                workingDirectory: process[1],
                running: Int(process[2].filter(\.isNumber)) ?? 0,
                arguments: lines("arguments"),
                environment: lines("environment"),
                bytes: TemporaryFolder.read(folder.file("box/\(name)/message")) ?? []
            )
        }
    }

    private func names(_ path: String) -> [String] { Self.names(folder.file(path)) }

    static func names(_ path: String) -> [String] {
        (ChildProcess.run(["ls", path])?.standardOutput ?? "").split(separator: "\n").map(String.init)
    }
}

extension DaemonProcess {
    /// Starts a daemon whose mails go to a stand-in.
    convenience init(
        _ configuration: String?,
        in folder: TemporaryFolder = TemporaryFolder(),
        mailing sendmail: StandInSendmail
    ) {
        self.init(configuration, in: folder, arguments: ["--sendmail", sendmail.path])
    }

    /// The runs that there is a mail of on its way.
    var mails: [String] { StandInSendmail.names("\(dataPath)/mail") }
}
