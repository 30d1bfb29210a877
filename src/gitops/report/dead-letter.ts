import { fence } from '../../formats/markdown.ts';
import type { JobKind, JobPayloads } from '../../model/jobs.ts';

type Dead = Pick<JobPayloads['dead'], 'of' | 'why' | 'tries' | 'at'>;

interface Words {
  /** What could not be done, as in `The review could not be made`. */
  readonly title: string;
  /** What people can do. */
  readonly next: string;
}

const again = 'Push again, or write `/fairlead check`, to have it tried again.';

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

/** What people are told of work that was given up: what, why, how often and until when it was tried, and what to do. */
export function deadLetterText(dead: Dead): string {
  const { title, next } = words[dead.of] ?? other;
  const tries = dead.tries === 1 ? 'It was tried once' : `It was tried ${dead.tries} times`;
  const until = dead.at.slice(0, 16).replace('T', ' ');
  return `### ⚠️ ${title}\n\n${tries}, the last time on ${until} UTC, and is not tried again by itself. ${next}\n\n${fence(dead.why, 'text')}\n`;
}
