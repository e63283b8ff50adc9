#include "CExecutor.h"

// swift/Runtime/Concurrency.h: SWIFT_CC(swift) void (*)(Job *job, swift_task_enqueueGlobal_original original)
typedef __attribute__((swiftcall)) void (*original)(void *job);
extern __attribute__((swiftcall)) void (*swift_task_enqueueGlobal_hook)(void *job, original original);

static void (*taker)(void *job);

static __attribute__((swiftcall)) void take(void *job, original original) {
    (void)original;
    taker(job);
}

void cexecutor_take_global_jobs(void (*enqueue)(void *job)) {
    taker = enqueue;
    swift_task_enqueueGlobal_hook = take;
}
