import AlmanacAPI
import AlmanacModel
import AlmanacServer
import Testing

@Suite("A trigger that waits is answered at the run's own end")
struct TriggerWaitTests {
    @Test("With how it ended")
    func ended() async throws {
        let fixture = Fixture()
        let client = try MemoryClient(fixture)
        async let answer = client.post("/api/tasks/hello/run?wait=true")
        await fixture.ledger.waitForWaiters(1)
        let id = try #require(await fixture.ledger.onlyRun?.id)
        await fixture.ledger.end(id, .failed, exitCode: 3)
        let run = try await answer.decode(RunResource.self)
        #expect(run.status == "ended")
        #expect(run.endReason == "failed")
        #expect(run.exitCode == 3)
        #expect(try await answer.status == 201)
    }

    @Test("Or, when the time is over, with the run as it stands")
    func timeout() async throws {
        let fixture = Fixture()
        let run = try await MemoryClient(fixture)
            .post("/api/tasks/hello/run?wait=true&wait_timeout=1").decode(RunResource.self)
        #expect(run.status == "pending")
        #expect(run.endReason == nil)
        #expect(await fixture.ledger.waiterCount == 0)
        #expect(await fixture.ledger.stopped.isEmpty)
    }

    @Test("A client that hangs up leaves nothing behind, and the run alone", arguments: [true, false])
    func hangUp(usesTCP: Bool) async throws {
        try await RunningServer.run { server async throws in
            let ledger = server.fixture.ledger
            let client = usesTCP ? server.tcpClient : server.unixClient
            let request = client.text(of: TestRequest(method: "POST", path: "/api/tasks/hello/run?wait=true"))
            try await RawConnection.open(client.address) { connection async throws in
                try await connection.send(request)
                await ledger.waitForWaiters(1)
                try await connection.hangUp()
            }
            await ledger.waitForWaiters(0)
            #expect(await ledger.onlyRun?.state == .pending)
            #expect(await ledger.stopped.isEmpty)
        }
    }

    @Test("A client that has only nothing more to say gets its answer, as things stand")
    func halfClosed() async throws {
        try await RunningServer.run { server async throws in
            let client = server.tcpClient
            let request = client.text(of: TestRequest(method: "POST", path: "/api/tasks/hello/run?wait=true"))
            let answer = try await RawConnection.open(client.address) { connection async throws in
                try await connection.send(request)
                connection.closeOutput()
                return try await connection.answer()
            }
            #expect(try answer?.decode(RunResource.self).status == "pending")
        }
    }

    @Test(
        "A daemon that goes down answers who waits with the run as it stands, and takes nobody else",
        arguments: [true, false]
    )
    func shutDown(usesTCP: Bool) async throws {
        try await RunningServer.run { server async throws in
            let ledger = server.fixture.ledger
            let client = usesTCP ? server.tcpClient : server.unixClient
            let request = client.text(of: TestRequest(method: "POST", path: "/api/tasks/hello/run?wait=true"))
            try await RawConnection.open(client.address) { connection async throws in
                try await connection.send(request)
                await ledger.waitForWaiters(1)
                await server.shutDown()
                let answer = try #require(try await connection.answer())
                #expect(answer.status == 201)
                #expect(try answer.decode(RunResource.self).status == "pending")
                #expect(answer.headers["connection"] == "close")
                #expect(try await connection.isClosed())
            }
            await ledger.waitForWaiters(0)
        }
    }
}
