import AlmanacAPI
import AlmanacDaemon
import ArgumentParser
import Glibc

/// `almanac openapi`: prints what `GET /openapi.json` answers; no daemon is asked.
struct OpenAPICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi",
        abstract: "Print the OpenAPI document of the daemon's API."
    )

    @Flag(help: "Print JSON, as it does anyway.")
    var json = false

    func run() throws {
        let document = OpenAPIDocument(version: AlmanacVersion.current)
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        output.appendLine(String(decoding: try WireCoding.encode(document.value), as: UTF8.self))
        try output.flush()
    }
}
