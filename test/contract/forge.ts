import { afterAll, beforeAll, describe } from '@jest/globals';
import { describeBranches } from './forge-branches.ts';
import { describeChecks } from './forge-checks.ts';
import { describeComments } from './forge-comments.ts';
import { describeDeployments } from './forge-deployments.ts';
import { describeEvents } from './forge-events.ts';
import { describeFaults } from './forge-faults.ts';
import { describeIssues } from './forge-issues.ts';
import { describeLostAnswers } from './forge-lost-answers.ts';
import { describeMissed } from './forge-missed.ts';
import { describePeople } from './forge-people.ts';
import { describeProposals } from './forge-proposals.ts';
import { describePulls } from './forge-pulls.ts';
import type { ForgeStage } from './forge-stage.ts';
import { createSuite } from './forge-suite.ts';
import { describeThreads } from './forge-threads.ts';

// Rules are hidden for good in the last of them.
const parts = [
  describePulls,
  describeComments,
  describeThreads,
  describeChecks,
  describePeople,
  describeBranches,
  describeProposals,
  describeIssues,
  describeDeployments,
  describeEvents,
  describeMissed,
  describeLostAnswers,
  describeFaults,
];

/** What every forge adapter does alike. Run it over the real thing or its double. */
export function describeForge(name: string, open: () => Promise<ForgeStage>): void {
  describe(`${name} as a forge`, () => {
    let stage: ForgeStage;
    beforeAll(async () => {
      stage = await open();
    });
    afterAll(() => stage.stop());

    const suite = createSuite(() => stage);
    for (const part of parts) part(suite);
  });
}
