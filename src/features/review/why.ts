import type { AffectedPair, AffectedPairs, PairReason } from '../../gitops/discover/affected.ts';
import { FairleadError } from '../../model/error.ts';
import type { Application } from '../../model/target.ts';
import type { ReviewRequest, ReviewTools, UnreadUser } from './request.ts';
import { type ReachedUser, reachAll } from './users.ts';

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
  const found = [...foundIn(own.affected, name), ...users.flatMap((user) => foundInUser(user, name))];
  if (found.length > 0) return found;
  const theirs = users.flatMap((user) => (user.kind === 'reached' ? user.affected.applications : []));
  throw unknownName(name, [...own.affected.applications, ...theirs]);
}

function foundIn(affected: AffectedPairs, name: string): readonly Why[] {
  const reached = affected.pairs.filter((pair) => isMeant(pair, name));
  const others = affected.applications.filter(
    (application) => isMeant(application, name) && !reached.some(({ head }) => head === application),
  );
  return [...reached.map(whyReached), ...others.map((application) => whyOf(application, []))];
}

/** The same of a repository that uses this one. Throws why it cannot be read. */
function foundInUser(user: ReachedUser | UnreadUser, name: string): readonly Why[] {
  if (user.kind === 'unread') throw unread(user);
  const prefix = `${user.lender}:`;
  const place = (file: string): string =>
    file.startsWith(prefix) ? file.slice(prefix.length) : `${user.name}:${file}`;
  return foundIn(user.affected, name).map((why) => ({
    ...why,
    application: `${user.name}: ${why.application}`,
    declaredBy: why.declaredBy.map((step, index, all) => (index === all.length - 1 ? place(step) : step)),
    inputs: why.inputs.map(place),
  }));
}

/** `web` is every web, `web@prod` the one. */
function isMeant({ name, environment }: Pick<Application, 'name' | 'environment'>, asked: string): boolean {
  return asked === name || asked === `${name}@${environment}`;
}

function whyReached({ name, environment, base, head, reasons }: AffectedPair): Why {
  const sides = [base, head].filter((side) => side !== null);
  const inputs = [...new Set(sides.flatMap((side) => side.inputs))].sort();
  const [one] = sides.toReversed();
  return { ...whyOf(one ?? { name, environment, inputs }, reasons), inputs };
}

function whyOf(
  { name, environment, inputs, declared }: Pick<Application, 'name' | 'environment' | 'inputs' | 'declared'>,
  reasons: readonly PairReason[],
): Why {
  return { application: name, environment, declaredBy: chainOf(declared), reasons, inputs };
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
