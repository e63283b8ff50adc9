// The header is all there is; SwiftPM asks a C target for one source file, and compiling it here checks that the header stands alone.
#include "CLinux.h"
