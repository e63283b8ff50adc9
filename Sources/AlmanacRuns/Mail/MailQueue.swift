import AlmanacLinux
import AlmanacModel
import DequeModule

/// Where the mails of runs are on their way, as far as this daemon knows: the dispatcher's bookkeeping.
struct MailQueue {
    enum Stage {
        /// The run has not ended.
        case expected
        /// The message is being made.
        case making
        /// The message could not be made, and is tried again with the next one.
        case stuck
        /// Sendmail is to be started.
        case waiting
        /// Sendmail runs.
        case sending
    }

    /// How many sendmails run at a time.
    static let limit = 4
    /// How often sendmail is started for one message by one daemon, where its supervisor goes without a result.
    static let attemptLimit = 3

    var stages: [RunID: Stage] = [:]
    var waiting = Deque<RunID>()
    /// The supervisors that this daemon has started, by process id.
    var supervisors: [Int32: RunID] = [:]
    /// Those that an earlier daemon has started.
    var adopted: [RunID: ProcessHandle] = [:]
    var attempts: [RunID: Int] = [:]
    /// The runs whose command has ended while they go on, so that their mail is on its way or has been sent.
    var commandsEnded: Set<RunID> = []
    /// Notices the ends of commands; nil where there is nothing to notice yet, or no way to.
    var commandEnds: FolderWatch?
    /// Whether it has been said that there is no sendmail.
    var isWithoutSendmail = false

    var hasRoom: Bool { supervisors.count + adopted.count < Self.limit }

    var stuck: [RunID] { stages.filter { $0.value == .stuck }.map(\.key).sorted() }

    mutating func forget(_ id: RunID) {
        stages[id] = nil
        attempts[id] = nil
        adopted[id] = nil
    }
}
