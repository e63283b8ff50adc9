/// The kinds of event that the daemon's log tells of. The raw values name them in the metadata of log messages.
///
/// Each has an id of its own, MESSAGE_ID in the journal: `contrib/systemd/almanac.catalog` says what it means. An id never
/// changes, and none is used again for something else.
package enum LoggedEvent: String, Sendable, CaseIterable, CustomStringConvertible {
    // What becomes of a run.
    case runMade = "run_made"
    case runStarted = "run_started"
    case runSucceeded = "run_succeeded"
    case runFailed = "run_failed"
    case runTimedOut = "run_timed_out"
    case runStopped = "run_stopped"
    case runCrashed = "run_crashed"
    case runOverflowedLog = "run_overflowed_log"
    case runStartFailed = "run_start_failed"
    case runSkipped = "run_skipped"
    case runQueueFull = "run_queue_full"
    case runDSTSkipped = "run_dst_skipped"
    case runMissed = "run_missed"
    case runDaemonStopped = "run_daemon_stopped"
    case retryPlanned = "retry_planned"
    case runsTakenOver = "runs_taken_over"
    case runTakenOver = "run_taken_over"
    case supervisorLost = "supervisor_lost"
    case stopNotSent = "stop_not_sent"
    case runsRemoved = "runs_removed"
    case removalFailed = "removal_failed"
    case processesKilled = "processes_killed"
    case processesLeft = "processes_left"
    case limitNotKept = "limit_not_kept"
    case supervisorWatchedAgain = "supervisor_watched_again"
    case mailSent = "mail_sent"
    case mailFailed = "mail_failed"

    // The plan.
    case taskPaused = "task_paused"
    case taskResumed = "task_resumed"
    case firingsMissed = "firings_missed"

    // Clocks and zones.
    case machineSuspended = "machine_suspended"
    case clockStepped = "clock_stepped"
    case clockBehind = "clock_behind"
    case zoneDataChanged = "zone_data_changed"
    case zoneDataRefused = "zone_data_refused"
    case zoneFolderUnwatched = "zone_folder_unwatched"

    // The configuration.
    case configurationReloaded = "configuration_reloaded"
    case configurationRefused = "configuration_refused"
    case configurationWarning = "configuration_warning"

    // The crontabs.
    case crontabChanged = "crontab_changed"
    case crontabRefused = "crontab_refused"
    case crontabLineRefused = "crontab_line_refused"
    case crontabWarning = "crontab_warning"
    case crontabUnwatched = "crontab_unwatched"
    case crontabsHeld = "crontabs_held"
    case crontabsReleased = "crontabs_released"
    case rebootLinesRun = "reboot_lines_run"

    // The daemon.
    case daemonReady = "daemon_ready"
    case daemonStopping = "daemon_stopping"
    case daemonStopped = "daemon_stopped"
    case daemonFailed = "daemon_failed"
    case recordingFailed = "recording_failed"
    case recordingResumed = "recording_resumed"
    case apiServing = "api_serving"
    case apiFailed = "api_failed"
    case requestFailed = "request_failed"
    case connectionsHeldBack = "connections_held_back"
    case messagesLost = "messages_lost"

    // Who may call.
    case tokenMade = "token_made"
    case tokenRevoked = "token_revoked"
    case callerRefused = "caller_refused"
    case certificateLoaded = "certificate_loaded"
    case certificateRefused = "certificate_refused"
    case apiUnencrypted = "api_unencrypted"

    // The service manager.
    case partHangs = "part_hangs"
    case partsAnswerAgain = "parts_answer_again"
    case socketsTakenOver = "sockets_taken_over"
    case socketsRefused = "sockets_refused"
    case serviceManagerAway = "service_manager_away"

    package var description: String { rawValue }

    /// 32 hexadecimal digits.
    package var messageID: String {
        switch self {
        case .runMade: "9b3391c461fb46d688d25e15b223e617"
        case .runStarted: "5e3ba3acae424dac8be1169e701664c7"
        case .runSucceeded: "06bd76d102924dadb96b7bfa518b369a"
        case .runFailed: "561f05ec4d38417ca8bc3097aae4d873"
        case .runTimedOut: "544c24021b6d4e4a83a75c693523f693"
        case .runStopped: "044e1060916c44d5a38239a82ddc82d3"
        case .runCrashed: "a72a4ab06718449c9e1f4337c4b184b1"
        case .runOverflowedLog: "e26f9323466c4d27bc64073933a92e17"
        case .runStartFailed: "4a515f147bdc47ff95b1c9b330ac2ac0"
        case .runSkipped: "f13fea2905724bd290fa05ea067f6fda"
        case .runQueueFull: "1e12bb8b5cbc45e4b2c0b81618b6bcdf"
        case .runDSTSkipped: "a4a3250f72ec4f38aa1513b0a66715b4"
        case .runMissed: "44be9648244645f3a212e2ba8ff30bd4"
        case .runDaemonStopped: "a4fa97307c2646a58d94eeb8e05ba7db"
        case .retryPlanned: "95f2b7758c244587aa3980c968f073d0"
        case .runsTakenOver: "051441605b4e4f9295b54ca515324be9"
        case .runTakenOver: "c6d3c92ca32e4a60b3745587fd1d7c13"
        case .supervisorLost: "ff1a4f25026147abb21db7b3879e4f9d"
        case .stopNotSent: "8c4d6cf6bd714ccd8fee6e6783c3a2db"
        case .runsRemoved: "14ac536d23fa49e4b71ca9fa0fad1fcf"
        case .removalFailed: "c05e7840f721421ab230860ebbc3f693"
        case .processesKilled: "dd56a28bbe1845cb887f7a1a97956173"
        case .processesLeft: "2dd9cb8b560947de987d327de4358255"
        case .limitNotKept: "e7bc01a6ca614ad6ae93b6819fb415d7"
        case .supervisorWatchedAgain: "c9a0a8387e3d4d90a42941be62a1ac4d"
        case .mailSent: "916734005fea49d59047d065f734622f"
        case .mailFailed: "081a0b847d0b46fb9804511f86c994bf"
        case .taskPaused: "445ae7eba2fd497f90cbf1ba6befff68"
        case .taskResumed: "8bfaa6fad7014b8387092218f4ed98c7"
        case .firingsMissed: "8e9280bf56c6495bb59cd871518d773d"
        case .machineSuspended: "1b15c3a88270417e93c04bc8c9a3832f"
        case .clockStepped: "dd104e1baea542599b076a45617593e9"
        case .clockBehind: "c624f5cca8db4a319562861101f6fcc0"
        case .zoneDataChanged: "b2aa9f6126544b4c8c5b385cc1367ffa"
        case .zoneDataRefused: "2424b51342324bf08277dee179f6d38f"
        case .zoneFolderUnwatched: "7385303ac565414890b872a7a4be8412"
        case .configurationReloaded: "aaa355c44e9d49de99cf1e7aee523636"
        case .configurationRefused: "e6c9513af72e46d3aa252d6f46319e6e"
        case .configurationWarning: "91d0728ccdc24b24a30696d6bbca9d75"
        case .crontabChanged: "cb525a63ea14403ea55dd9f658c2819b"
        case .crontabRefused: "5874417ce44e4454853fa5970c9ad7f3"
        case .crontabLineRefused: "4b41c094650240ada204a34c962060d4"
        case .crontabWarning: "65e97f46031b4b4790996947f7fd4b2e"
        case .crontabUnwatched: "f6f575827784470896096a428c0bf2c4"
        case .crontabsHeld: "e788395df0c04ccab83021f6c7245a55"
        case .crontabsReleased: "f11b5c6a19064bf1bd00db038b39245c"
        case .rebootLinesRun: "7f36fe6a8915411b80b377aec64cf9b2"
        case .daemonReady: "8550b638ba2b4c2a9f2ae62e4c538da7"
        case .daemonStopping: "3725133431f04b2aae8e41d310c1581a"
        case .daemonStopped: "39f17cef16fa4c4f92d18aa18b5aa08d"
        case .daemonFailed: "a84d2b8fd7fe4254b8cb469ba5da1cd1"
        case .recordingFailed: "a842c3b82a9f40aba0824ea2d8bd3122"
        case .recordingResumed: "44a4067a220640b0802005914d03d234"
        case .apiServing: "21b3909d87104ac3bce657b818087eb7"
        case .apiFailed: "cef11715c4d44c598b8b0bbcb0953a03"
        case .requestFailed: "96ab814559fb45489e00af0b5dd84fe6"
        case .connectionsHeldBack: "7b4d747de8884b8aa35b35c01ce3109d"
        case .messagesLost: "567ae52214864c1e82e87504568e0851"
        case .partHangs: "c29d026c8794409ea734db1cb70908ed"
        case .partsAnswerAgain: "253662390b6845449a0b4e2117c73125"
        case .socketsTakenOver: "d5e438fc2af14deca916af631d858bc4"
        case .socketsRefused: "ef1031e82fab42a0bf1caf69fadc509a"
        case .serviceManagerAway: "e92d6a4bcae6464991717bf6a2f25d9d"
        case .tokenMade: "ac5302c4953f6364a4dfb6bbbb3017a8"
        case .tokenRevoked: "04ee7fddfec261c62b5f025f634b9d1b"
        case .callerRefused: "1a628f68907e3f77eb56991959feab36"
        case .certificateLoaded: "cd78259690d96df90c646211215ff9b9"
        case .certificateRefused: "7f0110dc71a4c29c12858e100eb63f40"
        case .apiUnencrypted: "0c81d70e71621e6aa383c571093806cc"
        }
    }

    /// The ids of all events by their names.
    package static var messageIDs: [String: String] {
        Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.messageID) })
    }
}

extension EndReason {
    /// The event that a run's end for this reason is.
    package var event: LoggedEvent {
        switch self {
        case .success: .runSucceeded
        case .failed: .runFailed
        case .stopped: .runStopped
        case .timeout: .runTimedOut
        case .crashed: .runCrashed
        case .skipped: .runSkipped
        case .logOverflow: .runOverflowedLog
        case .queueFull: .runQueueFull
        case .dstSkipped: .runDSTSkipped
        case .daemonStopped: .runDaemonStopped
        case .missed: .runMissed
        case .startFailed: .runStartFailed
        }
    }
}
