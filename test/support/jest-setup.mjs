import { randomBytes } from 'node:crypto';

/** Names the run, so that all its workers share one folder of running parts (see test/control-plane). */
export default function setup() {
  process.env.FAIRLEAD_TEST_RUN = randomBytes(6).toString('hex');
  process.env.FAIRLEAD_TEST_OWNER = String(process.pid);
}
