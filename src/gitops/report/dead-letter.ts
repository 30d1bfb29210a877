import { fence } from '../../formats/markdown.ts';
import type { JobKind, JobPayloads } from '../../model/jobs.ts';

type Dead = Pick<JobPayloads['dead'], 'of' | 'why' | 'tries' | 'since' | 'at'>;

interface Words {
  /** What could not be done, as in `The review could not be made`. */
  readonly title: string;
  /** What people can do. */
  readonly next: string;
}

const again = 'Push again, or write `/fairlead check`, to have it tried again.';

const queueAgain = 'It is not let through unseen: put the pulls into the merge queue again to have it tried again.';

const words: Readonly<Partial<Record<JobKind, Words>>> = {
  review: { title: 'The review could not be made', next: again },
  begin: { title: 'The review could not be made', next: again },
  command: { title: 'The command could not be carried out', next: 'Write the command again to have it tried again.' },
  merged: {
    title: 'What this merge deploys could not be worked out',
    next: '`/fairlead deploy` asks for it, and the next merge into the branch brings it along.',
  },
  deploy: {
    title: 'A deployment could not be carried on',
    next: '`/fairlead status` says where it stands, `/fairlead retry` goes on.',
  },
  redeploy: { title: 'The deployment that was asked for could not be begun', next: 'Write the command again.' },
  revert: { title: 'Whether a revert helps could not be worked out', next: '`/fairlead revert` asks for it again.' },
  group: { title: 'The merge group could not be reviewed', next: queueAgain },
  'group-review': { title: 'The merge group could not be reviewed', next: queueAgain },
  tell: { title: 'The state of the deployments could not be told', next: '`/fairlead status` tells it.' },
  ended: {
    title: 'The end of this pull could not be taken note of',
    next: '`/fairlead status` says where its deployments stand.',
  },
};

const other: Words = { title: 'Work for this pull could not be done', next: again };

/** What could not be done, as a heading. */
export function deadLetterTitle({ of }: Pick<Dead, 'of'>): string {
  return (words[of] ?? other).title;
}

/** What people are told of work that was given up: what, why, how often, since when and until when it was tried, and what to do. */
export function deadLetterText(dead: Dead): string {
  const { title, next } = words[dead.of] ?? other;
  return `### ⚠️ ${title}\n\n${tried(dead)}, and is not tried again by itself. ${next}\n\n${fence(dead.why, 'text')}\n`;
}

function tried({ tries, since, at }: Dead): string {
  if (tries === 1) return `It was tried once, on ${minute(at)} UTC`;
  const first = since === undefined ? '' : ` since ${minute(since)} UTC`;
  return `It was tried ${tries} times${first}, the last time on ${minute(at)} UTC`;
}

function minute(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
