import { relative } from 'node:path';
import Sequencer from '@jest/test-sequencer';

/** Suites that start whole processes take longest: when they come last, one worker ends long before the other. */
const first = [
  'test/scenario/',
  'test/cli/',
  'test/dockerfile',
  'test/gitops/declare/argocd-manifests',
  'test/engines/',
  'test/world/store/',
  'test/features/',
];

/** Runs long suites first, by where they are; jest itself knows no more than their sizes on a fresh checkout. */
export default class LongFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path, context }) => {
      const name = relative(context.config.rootDir, path);
      const found = first.findIndex((start) => name.startsWith(start));
      return found === -1 ? first.length : found;
    };
    // Stable: within a rank the order stays jest's own.
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
