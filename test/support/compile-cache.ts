import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Variables that let Fairlead's own processes start with what one before them compiled. Node writes it down when a process ends by
 * itself: one that is to be killed calls `flushCompileCache` when it has started.
 */
export const compileCache = { NODE_COMPILE_CACHE: join(tmpdir(), 'fairlead-test-compile-cache') };
