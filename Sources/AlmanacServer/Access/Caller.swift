import AlmanacAPI
import AlmanacModel

/// Somebody who has been let in.
struct Caller: Sendable {
    enum Identity: Sendable {
        /// Known by the kernel, over the Unix socket.
        case peer(PeerCredentials)
        /// The holder of a token.
        case token(TokenRegister.Entry)
        /// Nobody in particular, over an open TCP port.
        case anonymous
    }

    var identity: Identity
    /// Where from: an IP address, or `unix`.
    var address: String

    /// What they may do; nil for everything.
    private var scopes: [TokenScope]? {
        switch identity {
        case .peer, .anonymous: nil
        case .token(let entry): entry.token.scopes
        }
    }

    /// Whether they may ask for an operation.
    ///
    /// - Parameter task: the name that the path has; it need not be a task's. Nil where it has none that a task can have.
    func may(_ access: APIOperation.Access, task: String?) -> Bool {
        guard let scopes else { return true }
        return scopes.contains { scope in
            switch (access, scope) {
            case (.everyone, _), (_, .admin): true
            case (.read, .read), (.readOfTask, .read): true
            case (.readOfTask, .trigger), (.trigger, .trigger), (.triggerEveryTask, .trigger): true
            case (.readOfTask, .triggerTask(let name)), (.trigger, .triggerTask(let name)): name == task
            case (.read, .trigger), (.read, .triggerTask), (.trigger, .read), (.triggerEveryTask, .read): false
            case (.triggerEveryTask, .triggerTask), (.admin, .read), (.admin, .trigger), (.admin, .triggerTask): false
            }
        }
    }

    /// How the audit names them.
    var auditCaller: AuditEntry.Caller {
        switch identity {
        case .peer(let peer): .user(id: peer.userID, processID: peer.processID)
        case .token(let entry): .token(entry.token.name)
        case .anonymous: .anonymous
        }
    }
}

extension ProblemError {
    /// The refusal of a caller whose token is for other things. It is the same whether or not there is such a task.
    static var outOfScope: ProblemError {
        .forbidden("The scopes of this token do not cover that.")
    }
}
