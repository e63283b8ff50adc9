extension ReloadAnswer {
    package static var members: [String: WireMember] {
        [
            "added": "The names of tasks that are new, sorted",
            "removed": "The names of tasks that are gone, sorted",
            "changed": "The tasks that are others now",
            "needing_restart": "Settings that are different and take effect with the next start of the daemon",
            "warnings": "What is wrong with crontabs, a line each",
        ]
    }
}

extension ReloadAnswer.Change {
    package static var members: [String: WireMember] {
        ["name": "The name of the task", "reasons": "The keys that are different"]
    }
}
