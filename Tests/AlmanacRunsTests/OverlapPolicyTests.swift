import AlmanacModel
import AlmanacRuns
import Testing

@Suite("The overlap policy decides what becomes of a run that is due")
struct OverlapPolicyTests {
    struct Row: CustomTestStringConvertible {
        var policy: OverlapPolicy
        var active: Int
        var maxConcurrent = 1
        var waiting = 0
        var queueMax = 2
        var stopping = 0
        var admission: Admission

        var testDescription: String {
            "\(policy): \(active) of \(maxConcurrent) active, \(waiting) of \(queueMax) waiting: \(admission)"
        }
    }

    @Test(arguments: [
        Row(policy: .queue, active: 0, admission: .start),
        Row(policy: .skip, active: 0, admission: .start),
        Row(policy: .queue, active: 1, admission: .wait),
        Row(policy: .skip, active: 1, admission: .turnAway(.skipped)),
        Row(policy: .queue, active: 1, waiting: 1, admission: .wait),
        Row(policy: .queue, active: 1, waiting: 2, admission: .turnAway(.queueFull)),
        Row(policy: .queue, active: 1, queueMax: 0, admission: .turnAway(.queueFull)),
        Row(policy: .queue, active: 0, queueMax: 0, admission: .start),
        Row(policy: .queue, active: 1, maxConcurrent: 2, admission: .start),
        Row(policy: .queue, active: 2, maxConcurrent: 2, admission: .wait),
        // A free place belongs to the one that waits for it.
        Row(policy: .queue, active: 0, waiting: 1, admission: .wait),
        // The limit was lowered under what is active.
        Row(policy: .queue, active: 3, maxConcurrent: 2, admission: .wait),
        Row(policy: .skip, active: 3, maxConcurrent: 2, admission: .turnAway(.skipped)),
        Row(policy: .terminate, active: 0, admission: .start),
        Row(policy: .terminate, active: 1, admission: .replaceOldest),
        Row(policy: .terminate, active: 1, maxConcurrent: 2, admission: .start),
        // The one that is active is on its way out already.
        Row(policy: .terminate, active: 1, stopping: 1, admission: .wait),
        Row(policy: .terminate, active: 1, waiting: 1, stopping: 1, admission: .replaceOldest),
    ])
    func decision(_ row: Row) {
        #expect(
            row.policy.admission(
                active: row.active,
                maxConcurrent: row.maxConcurrent,
                waiting: row.waiting,
                queueMax: row.queueMax,
                stopping: row.stopping
            ) == row.admission
        )
    }
}
