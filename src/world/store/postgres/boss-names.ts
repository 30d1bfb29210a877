/** Where jobs wait and run. One queue for all kinds: its policy is what keeps two of a key from running at once, whatever kind. */
export const jobsQueue = 'fairlead-jobs';

/** Where jobs lie that are not tried again. Nothing works on it. */
export const deadQueue = 'fairlead-dead';

/** Schema of pg-boss, beside Fairlead's own tables. It keeps its version and changes it under a lock of its own. */
export const bossSchema = 'pgboss';
