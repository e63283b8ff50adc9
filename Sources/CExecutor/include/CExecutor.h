// Where Swift's concurrency runtime asks which executor runs tasks that belong to no actor.
#pragma once

/// Has `enqueue` called with every such job, in the place of the runtime's own pool of threads.
///
/// To be called once, before the first task. The runtime's variable for it, `swift_task_enqueueGlobal_hook`, is linked here and not looked
/// up by name at run time, since a program with a static standard library does not export it.
void cexecutor_take_global_jobs(void (*enqueue)(void *job));
