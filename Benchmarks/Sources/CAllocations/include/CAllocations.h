#ifndef ALMANAC_ALLOCATIONS_H
#define ALMANAC_ALLOCATIONS_H

/// How many blocks of memory the process has been given since its start.
unsigned long almanac_allocations(void);

#endif
