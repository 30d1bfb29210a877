import type { AffectedPair, AffectedPairs, PairReason } from '../../gitops/discover/affected.ts';
import { FairleadError } from '../../model/error.ts';
import type { Application } from '../../model/target.ts';
import type { ReviewRequest, ReviewTools } from './request.ts';

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
 * application has, and for a change in conflict.
 */
export async function explain(
  name: string,
  request: ReviewRequest,
  tools: Pick<ReviewTools, 'affected'>,
  signal: AbortSignal,
): Promise<readonly Why[]> {
  const { merged, changedFiles, settings, origin, baseTree } = request;
  if (merged.kind === 'conflict') throw conflict(merged.files);
  const question = { base: baseTree, head: merged.tree, changedFiles, settings, origin };
  const affected = await tools.affected(question, signal);
  const reached = affected.pairs.filter((pair) => isMeant(pair, name));
  const others = affected.applications.filter(
    (application) => isMeant(application, name) && !reached.some(({ head }) => head === application),
  );
  if (reached.length + others.length === 0) throw unknownName(name, affected);
  return [...reached.map(whyReached), ...others.map((application) => whyOf(application, []))];
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

function unknownName(name: string, { applications }: AffectedPairs): FairleadError {
  const names = [...new Set(applications.map((one) => one.name))];
  const near = names.filter((one) => one.includes(name) || name.includes(one)).slice(0, 5);
  return new FairleadError({
    code: 'usage',
    subject: name,
    message: `no application is called ${name}`,
    remedy: near.length === 0 ? '`fairlead discover` lists what there is.' : `Is it ${near.join(', ')}?`,
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
