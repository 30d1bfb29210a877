import type { Declare, TreeOrigin } from '../../model/declare.ts';
import type { Declaration } from '../../model/declared.ts';
import type { Finding } from '../../model/finding.ts';
import { type Lending, lentBy } from '../../model/lent.ts';
import type { Settings } from '../../model/settings.ts';
import { someOf } from '../../model/some-of.ts';
import type { Application } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import { type Discovery, discover, type Reason } from './discover.ts';
import { followerFindings } from './followers.ts';
import { type ApplicationPair, pairApplications } from './pair-applications.ts';

/** Two trees, and what differs between them. */
export interface AffectedQuestion {
  readonly base: Tree;
  readonly head: Tree;
  readonly changedFiles: readonly string[];
  readonly settings: Settings;
  /** Where both come from. */
  readonly origin: TreeOrigin;
  /** A change of another repository, whose changed files these are then; both trees are one. Left out: the trees' own change. */
  readonly lending?: Lending | undefined;
}

/** Why an application is reviewed. */
export type PairReason =
  | Reason
  /** The objects that declare it say something else. */
  | 'declaration'
  /** Only one side has it. */
  | 'added'
  | 'removed';

/** An application on either side, and why it is reviewed: never for nothing. */
export interface AffectedPair extends ApplicationPair {
  readonly reasons: readonly PairReason[];
}

/** What changed files have to do with the applications of two trees. */
export interface AffectedPairs {
  /** Every environment of either side, sorted. */
  readonly environments: readonly string[];
  /** Applications that the changed files reach on either side, whose declaration changes, and those that only one side has. */
  readonly pairs: readonly AffectedPair[];
  /** Every application of the head, whether it is reached or not. */
  readonly applications: readonly Application[];
  /** Folders of the repository that lends its files which are deployed from here, on either side; left out: none does. */
  readonly lentFolders?: readonly string[];
  /** Changed files that look like manifests and that no application of either side reads. */
  readonly unownedFiles: readonly string[];
  /** What is wrong with objects that declare applications, as far as this change has to do with it. */
  readonly findings: readonly Finding[];
  /** Why applications may be reached that are not told of; null when all are. */
  readonly incomplete: string | null;
}

/** Discovers both trees and selects what the changed files reach. */
export async function affectedBy(
  { base, head, changedFiles, settings, origin, lending }: AffectedQuestion,
  signal: AbortSignal,
  declare?: Declare,
): Promise<AffectedPairs> {
  const options = { under: '', settings, ...(declare === undefined ? {} : { declare }) };
  const at = (side: 'base' | 'head') =>
    lending === undefined ? { ...options, origin } : { ...options, origin: { ...origin, lent: lentBy(lending, side) } };
  // While one waits for its templates the other goes on.
  const reading = discover(base, at('base'), signal);
  const clusterSecrets = async () => (await reading).declarations.clusterSecrets;
  const [before, after] = await Promise.all([
    reading,
    discover(head, { ...at('head'), before: clusterSecrets }, signal),
  ]);
  const reasons = reasonsOf([before, after], changedFiles);
  const pairs = withoutUnknown(pairApplications(before.applications, after.applications), after.declarations.unknown)
    .filter(({ environment }) => isDeployed(environment, { settings, origin, lending }))
    .map((pair) => ({ ...pair, reasons: [...structural(pair), ...reached(pair, reasons)] }))
    .filter((pair) => pair.reasons.length > 0);
  const unowned = new Set(before.unowned(changedFiles));
  const unownedFiles = after.unowned(lending?.unowned ?? changedFiles).filter((file) => unowned.has(file));
  return {
    environments: [...new Set([...before.environments, ...after.environments])].sort(),
    pairs,
    applications: after.applications,
    ...(lending === undefined ? {} : { lentFolders: [...before.lentFolders, ...after.lentFolders] }),
    unownedFiles,
    findings: [
      ...followerFindings(after.applications, lending?.own ?? origin.own),
      ...findingsOf({ before, after, pairs, changedFiles: lending === undefined ? changedFiles : [] }),
    ],
    incomplete: incompleteReason({ before, after, unownedFiles }),
  };
}

function isDeployed(
  environment: string | null,
  { settings, origin, lending }: Pick<AffectedQuestion, 'settings' | 'origin' | 'lending'>,
): boolean {
  if (lending === undefined) return deploysFrom(environment, settings, origin);
  const { own } = origin;
  const branch = settings.environments.get(environment ?? '')?.branch ?? own.defaultBranch;
  return lending.isEveryBranch || branch === own.branch;
}

/** On the branch of one environment those of other branches get nothing of the change. On a branch of none it is on its way to any. */
function deploysFrom(environment: string | null, { environments }: Settings, { own }: TreeOrigin): boolean {
  if (environment === null || ![...environments.values()].some(({ branch }) => branch === own.branch)) return true;
  return (environments.get(environment)?.branch ?? own.defaultBranch) === own.branch;
}

type Reasons = ReadonlyMap<Application, readonly Reason[]>;

function reasonsOf(sides: readonly Discovery[], changedFiles: readonly string[]): Reasons {
  return new Map(
    sides.flatMap((side) =>
      side.affected(changedFiles).map(({ application, reasons }) => [application, reasons] as const),
    ),
  );
}

function structural({ base, head }: ApplicationPair): readonly PairReason[] {
  if (base === null) return ['added'];
  if (head === null) return ['removed'];
  return keyOf(base.declared) === keyOf(head.declared) ? [] : ['declaration'];
}

/** A file that both sides read is told once. */
function reached({ base, head }: ApplicationPair, reasons: Reasons): readonly Reason[] {
  const all = [base, head].flatMap((side) => (side === null ? [] : (reasons.get(side) ?? [])));
  return [...new Map(all.map((reason) => [reason.file, reason])).values()];
}

/** What a render depends on of a declaration. Where it stands does not count, nor what else the object of Argo CD says. */
function keyOf(declaration: Declaration | undefined): string | null {
  if (declaration === undefined) return null;
  const { application, ...rest } = declaration;
  const { declaredAt: _at, via: _via, hints: _hints, object, ...says } = application;
  const isArgo = application.kind === 'argocd-application';
  return JSON.stringify({ ...rest, ...says, object: isArgo ? null : object }, exact);
}

/** Numbers beyond 2^53 are kept apart. */
function exact(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

/**
 * Without the applications that are missing only because what declares them cannot be told, and without the bare folders that are
 * found in their place.
 */
function withoutUnknown(pairs: readonly ApplicationPair[], titles: readonly string[]): readonly ApplicationPair[] {
  const unknown = new Set(titles);
  const missing = pairs.filter(({ base, head }) => head === null && isUnknown(base, unknown));
  const roots = new Set(missing.flatMap(({ base }) => base?.root ?? []));
  const isBare = ({ base, head }: ApplicationPair) =>
    base === null && head?.declared === undefined && roots.has(head?.root ?? '');
  return pairs.filter((pair) => !missing.includes(pair) && !isBare(pair));
}

/** Whether an application is missing only because what declares it cannot be told: its controller leaves it as it is. */
function isUnknown(base: Application | null, unknown: ReadonlySet<string>): boolean {
  const declared = base?.declared?.application;
  if (declared === undefined) return false;
  return [...declared.via, `Application ${declared.name}`].some((title) => unknown.has(title));
}

/** What both sides have is nothing of this change, unless it touches the file or an application that the file declares. */
function findingsOf({
  before,
  after,
  pairs,
  changedFiles,
}: {
  readonly before: Discovery;
  readonly after: Discovery;
  readonly pairs: readonly ApplicationPair[];
  readonly changedFiles: readonly string[];
}): readonly Finding[] {
  const titleOf = ({ rule, file, message }: Finding) => `${rule} ${file ?? ''} ${message}`;
  const known = new Set(before.declarations.findings.map(titleOf));
  const touched = new Set([
    ...changedFiles,
    ...pairs.flatMap(({ head }) => head?.declared?.application.declaredAt.file ?? []),
  ]);
  const told = after.declarations.findings.filter(
    (finding) => !known.has(titleOf(finding)) || (finding.file !== null && touched.has(finding.file)),
  );
  return [...new Map(told.map((finding) => [titleOf(finding), finding])).values()];
}

/** Objects that tell of no application matter where they are new, or where a changed file is nobody's: it may be theirs. */
function incompleteReason({
  before,
  after,
  unownedFiles,
}: {
  readonly before: Discovery;
  readonly after: Discovery;
  readonly unownedFiles: readonly string[];
}): string | null {
  const known = new Set(before.declarations.unknown);
  const { unknown } = after.declarations;
  const matter = unownedFiles.length > 0 ? unknown : unknown.filter((title) => !known.has(title));
  if (matter.length === 0) return null;
  const names = [...new Set(matter)];
  return `what ${someOf(names, 3)} deploys cannot be told`;
}
