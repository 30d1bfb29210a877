import type { AffectedPair, PairReason } from '../../gitops/discover/affected.ts';
import { otherRevisions } from '../../gitops/discover/followers.ts';
import { FairleadError } from '../../model/error.ts';
import type { OwnRepository } from '../../model/repo.ts';
import type { Application } from '../../model/target.ts';
import type { ReviewRequest, ReviewTools, UnreadUser } from './request.ts';
import { type Reached, type ReachedUser, reachAll } from './users.ts';

/** One application of a name, and what a change has to do with it. */
export interface Why {
  readonly application: string;
  readonly environment: string | null;
  /** Objects that declare it, the outermost first, and where the last of them stands; empty for what is found by its files. */
  readonly declaredBy: readonly string[];
  /** Empty where the change does not reach it. */
  readonly reasons: readonly PairReason[];
  /** Files and folders it reads. */
  readonly inputs: readonly string[];
  /** Branches and tags of the repository that it takes, where none is the branch the change goes to; else empty. */
  readonly follows: readonly string[];
}

/**
 * Explains why a change reviews the applications of a name, or why it does not. Throws `FairleadError` `usage` for a name that no
 * application has, for a change in conflict, and for a repository that uses this one and cannot be read.
 */
export async function explain(
  name: string,
  request: ReviewRequest,
  tools: Pick<ReviewTools, 'affected'>,
  signal: AbortSignal,
): Promise<readonly Why[]> {
  if (request.merged.kind === 'conflict') throw conflict(request.merged.files);
  const { own, users } = await reachAll(request, tools, signal);
  const repository = request.origin.own;
  const found = [own, ...users].flatMap((one) => foundIn(one, { name, repository }));
  if (found.length > 0) return found;
  const theirs = users.flatMap((user) => (user.kind === 'reached' ? user.affected.applications : []));
  throw unknownName(name, [...own.affected.applications, ...theirs]);
}

interface Wanted {
  readonly name: string;
  /** The one that changes. */
  readonly repository: OwnRepository;
}

/** Applications of one repository. Throws why it cannot be read. */
function foundIn(found: Reached | ReachedUser | UnreadUser, wanted: Wanted): readonly Why[] {
  if (!('affected' in found)) throw unread(found);
  const { pairs, applications } = found.affected;
  const reached = pairs.filter((pair) => isMeant(pair, wanted.name));
  const others = applications.filter(
    (application) => isMeant(application, wanted.name) && !reached.some(({ head }) => head === application),
  );
  const all = [
    ...reached.map((pair) => whyReached(pair, wanted)),
    ...others.map((application) => whyOf(application, [], wanted)),
  ];
  return 'name' in found ? all.map((why) => elsewhere(why, found)) : all;
}

/** As it reads in the repository that changes. */
function elsewhere(why: Why, { name, lender }: Pick<ReachedUser, 'name' | 'lender'>): Why {
  const prefix = `${lender}:`;
  const place = (file: string): string => (file.startsWith(prefix) ? file.slice(prefix.length) : `${name}:${file}`);
  return {
    ...why,
    application: `${name}: ${why.application}`,
    declaredBy: why.declaredBy.map((step, index, all) => (index === all.length - 1 ? place(step) : step)),
    inputs: why.inputs.map(place),
  };
}

/** `web` is every web, `web@prod` the one. */
function isMeant({ name, environment }: Pick<Application, 'name' | 'environment'>, asked: string): boolean {
  return asked === name || asked === `${name}@${environment}`;
}

function whyReached({ name, environment, base, head, reasons }: AffectedPair, wanted: Wanted): Why {
  const sides = [base, head].filter((side) => side !== null);
  const inputs = [...new Set(sides.flatMap((side) => side.inputs))].sort();
  const [one] = sides.toReversed();
  return { ...whyOf(one ?? { name, environment, inputs }, reasons, wanted), inputs };
}

function whyOf(
  { name, environment, inputs, declared }: Pick<Application, 'name' | 'environment' | 'inputs' | 'declared'>,
  reasons: readonly PairReason[],
  { repository }: Wanted,
): Why {
  const follows = declared === undefined ? [] : otherRevisions({ declared }, repository);
  return { application: name, environment, declaredBy: chainOf(declared), reasons, inputs, follows };
}

function chainOf(declared: Application['declared']): readonly string[] {
  if (declared === undefined) return [];
  const { via, declaredAt } = declared.application;
  return [...via, `${declaredAt.file}:${declaredAt.line}`];
}

function unknownName(name: string, applications: readonly Application[]): FairleadError {
  const names = [...new Set(applications.map((one) => one.name))];
  const near = names.filter((one) => one.includes(name) || name.includes(one)).slice(0, 5);
  return new FairleadError({
    code: 'usage',
    subject: name,
    message: `no application is called ${name}`,
    remedy: near.length === 0 ? '`fairlead discover` lists what there is.' : `Is it ${near.join(', ')}?`,
  });
}

function unread({ name, reason, remedy }: UnreadUser): FairleadError {
  return new FairleadError({
    code: 'usage',
    subject: name,
    message: `what ${name} takes from this repository cannot be told: ${reason}`,
    remedy,
  });
}

function conflict(files: readonly string[]): FairleadError {
  return new FairleadError({
    code: 'usage',
    subject: files.join(', '),
    message: 'the change conflicts with its base, so what it reaches cannot be told',
    remedy: 'Merge or rebase onto the base first.',
  });
}
