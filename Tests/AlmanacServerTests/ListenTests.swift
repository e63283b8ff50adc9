import AlmanacServer
import AlmanacTesting
import Glibc
import Testing

@Suite("An address to listen on says what it is")
struct ListenAddressTests {
    @Test(
        "It is read, and printed as it was read",
        arguments: [
            "127.0.0.1:9477", "0.0.0.0:0", "[::1]:9477", "[::]:65535", "unix:/run/almanac/almanac.sock", "unix:x",
        ]
    )
    func valid(text: String) throws {
        #expect("\(try ListenAddress(parsing: text))" == text)
    }

    @Test("localhost is 127.0.0.1")
    func localhost() throws {
        #expect(try ListenAddress(parsing: "localhost:80") == .tcp(host: .loopback, port: 80))
    }

    @Test(
        "Anything else is refused with a reason",
        arguments: [
            "", "9477", ":9477", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:-1", "127.0.0.1:+1",
            "127.0.0.1:65536", "127.1:80", "example.org:80", "*:80", "::1:80", "[::1]", "[127.0.0.1]:80", "[::1:80",
            "[fe80::1%eth0]:80", "unix:", "unix:\u{0}", "unix:\(String(repeating: "x", count: 108))",
        ]
    )
    func invalid(text: String) {
        #expect { try ListenAddress(parsing: text) } throws: { error in
            "\(error)".hasPrefix("\"\(text)\" is not an address to listen on: ")
        }
    }

    @Test("Loopback addresses and Unix sockets are local")
    func local() throws {
        for text in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "[::ffff:127.0.0.1]:1", "unix:/x"] {
            #expect(try ListenAddress(parsing: text).isLocal, "\(text)")
        }
        for text in ["0.0.0.0:1", "192.0.2.1:1", "[::]:1", "[2001:db8::1]:1", "[::ffff:192.0.2.1]:1"] {
            #expect(try !ListenAddress(parsing: text).isLocal, "\(text)")
        }
    }
}

@Suite("A listening socket takes its place and leaves it")
struct ListeningSocketTests {
    let folder = TemporaryFolder()

    @Test("The port that the kernel chose is told, and nobody else gets it")
    func port() throws {
        for host in ["127.0.0.1", "::1"] {
            guard let host = IPAddress(host),
                let first = try? ListeningSocket.open(.tcp(host: host, port: 0))
            else { continue }  // A machine without IP version 6.
            guard case .tcp(host, let port) = first.address else {
                Issue.record("\(first.address)")
                continue
            }
            #expect(port != 0)
            #expect(throws: ListenError.portInUse(first.address)) { try ListeningSocket.open(first.address) }
            withExtendedLifetime(first) {}
        }
    }

    @Test("An address that the machine does not have is refused")
    func foreignAddress() throws {
        let address = ListenAddress.tcp(host: try #require(IPAddress("192.0.2.1")), port: 0)
        #expect(throws: ListenError.system(address, call: "bind", errno: EADDRNOTAVAIL)) {
            try ListeningSocket.open(address)
        }
    }

    @Test("A Unix socket is for its owner and its group, whatever the umask says, and close-on-exec")
    func mode() throws {
        let path = folder.file("a.sock")
        let socket = try ListeningSocket.open(.unix(path: path))
        var status = stat()
        #expect(unsafe lstat(path, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o660)
        withExtendedLifetime(socket) {}
    }

    @Test("One who comes second on a Unix path is refused while the first is there, and takes over from a dead one")
    func stale() throws {
        let address = ListenAddress.unix(path: folder.file("b.sock"))
        var first: ListeningSocket? = try ListeningSocket.open(address)
        #expect(throws: ListenError.socketInUse(address)) { try ListeningSocket.open(address) }
        withExtendedLifetime(first) {}
        first = nil
        #expect(unsafe access(folder.file("b.sock"), F_OK) == -1)

        // A socket without a listener, as a killed daemon leaves it.
        try leaveDeadSocket(at: folder.file("b.sock"))
        let second = try ListeningSocket.open(address)
        #expect(throws: ListenError.socketInUse(address)) { try ListeningSocket.open(address) }
        withExtendedLifetime(second) {}
    }

    @Test("An address that is let go of a moment later is taken, a Unix path and a port")
    func lateRelease() throws {
        let path = folder.file("d.sock")
        // Another process, as one is that a killed daemon was about to start.
        let holder = ChildProcess([
            "python3", "-c",
            """
            import socket, time
            port, path = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)
            path.bind("\(path)")
            path.listen()
            print(port.getsockname()[1], flush=True)
            time.sleep(0.3)
            """,
        ])
        #expect(eventually { holder.standardOutput.hasSuffix("\n") || !holder.isRunning })
        let port = try #require(UInt16(holder.standardOutput.dropLast()))
        let host = try #require(IPAddress("127.0.0.1"))
        let onPath = try ListeningSocket.open(.unix(path: path))
        let onPort = try ListeningSocket.open(.tcp(host: host, port: port))
        withExtendedLifetime((onPath, onPort)) {}
    }

    @Test("A file that is no socket is left alone")
    func notASocket() throws {
        let path = folder.write("precious", to: "c.sock")
        #expect(throws: ListenError.notASocket(.unix(path: path))) { try ListeningSocket.open(.unix(path: path)) }
        #expect(TemporaryFolder.read(path) == Array("precious".utf8))
    }

    @Test("A folder that is not there is told plainly")
    func noFolder() throws {
        let address = ListenAddress.unix(path: folder.file("none/d.sock"))
        #expect { try ListeningSocket.open(address) } throws: { error in
            "\(error)" == "cannot listen on \(address): the folder does not exist (bind)"
        }
    }

    @Test("Somebody else's socket at the path is not removed")
    func replaced() throws {
        let path = folder.file("e.sock")
        var first: ListeningSocket? = try ListeningSocket.open(.unix(path: path))
        #expect(unsafe rename(path, folder.file("moved.sock")) == 0)
        let second = try ListeningSocket.open(.unix(path: path))
        withExtendedLifetime(first) {}
        first = nil
        #expect(unsafe access(path, F_OK) == 0)
        withExtendedLifetime(second) {}
    }

    @Test("A server removes its Unix socket when it goes down")
    func removed() async throws {
        var path = ""
        try await RunningServer.run { server async throws in
            guard case .unix(let unixPath) = server.unix else { return }
            path = unixPath
            #expect(unsafe access(path, F_OK) == 0)
            await server.shutDown()
        }
        #expect(!path.isEmpty)
        #expect(unsafe access(path, F_OK) == -1)
    }

    private func leaveDeadSocket(at path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
    }
}
