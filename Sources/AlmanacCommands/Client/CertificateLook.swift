import AlmanacCalendar
import AlmanacModel
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// A second look at a server whose certificate did not hold, for the client to say why: TLS itself only says that it did not.
enum CertificateLook {
    /// Connects once more, looks at the certificate and goes, without a byte of a request.
    static func at(_ address: NetworkAddress) async -> NetworkFault {
        let promise = NIOSingletons.posixEventLoopGroup.any().makePromise(of: (from: time_t, until: time_t)?.self)
        do {
            let channel = try await ClientBootstrap(group: NIOSingletons.posixEventLoopGroup)
                .connectTimeout(.seconds(5))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = try NIOSSLClientHandler(
                            context: NIOSSLContext(configuration: address.tls),
                            serverHostname: address.url.isNumeric ? nil : address.url.host,
                            customVerificationCallback: {
                                (certificates: [NIOSSLCertificate], verdict: EventLoopPromise<NIOSSLVerificationResult>)
                                in
                                promise.succeed(certificates.first.map { ($0.notValidBefore, $0.notValidAfter) })
                                verdict.succeed(NIOSSLVerificationResult.failed)
                            }
                        )
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                }
                .connect(host: address.url.host, port: address.url.effectivePort)
                .get()
            // With the connection, or at the latest after five seconds, the look is over.
            channel.closeFuture.whenComplete { _ in promise.succeed(nil) }
            channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
        } catch {
            promise.succeed(nil)
        }
        guard let validity = try? await promise.futureResult.get() else { return .untrusted }
        let now = Machine.currentTime().timestamp.secondsSinceEpoch
        if now > Int64(validity.until) {
            return .expired("\(Timestamp(secondsSinceEpoch: Int64(validity.until)))")
        }
        if now < Int64(validity.from) {
            return .notYetValid("\(Timestamp(secondsSinceEpoch: Int64(validity.from)))")
        }
        return .untrusted
    }
}
