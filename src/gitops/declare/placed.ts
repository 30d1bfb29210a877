import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import { type LentTree, lentFile } from '../../model/lent.ts';
import type { Rendered } from '../../model/renderer.ts';
import type { Resource, Source } from '../../model/resource.ts';
import type { OpenedSource } from './declared-sources.ts';

/** Where the files of a `ref` are laid beside the chart. */
export const refFolder = '.fetched/refs';

/** A source that is rendered, and what stands beside it. */
export interface PlacedSource {
  readonly opened: Pick<OpenedSource, 'isHere' | 'lent'>;
  readonly declaredAt: Source;
  /** Sources by `ref`; left out: none. */
  readonly refs?: Refs;
}

type Refs = ReadonlyMap<string, Pick<OpenedSource, 'isHere' | 'lent'>>;

/**
 * Renders a source, and tells of everything where people find it: in the repository, in the one that lends it, else where the source is
 * declared. So are faults: nobody can open the files of somewhere else.
 */
export async function renderPlaced(
  { opened, declaredAt, refs = new Map() }: PlacedSource,
  render: () => Promise<Rendered>,
): Promise<Rendered> {
  const placing = placingOf(opened, declaredAt);
  try {
    const { resources, hooks, findings } = await render();
    return {
      resources: resources.map(placing.resource),
      hooks: hooks.map(placing.resource),
      findings: findings.map(placing.finding),
    };
  } catch (fault) {
    if (!(fault instanceof FairleadError)) throw fault;
    const subject = inRefs(fault.subject, refs) ?? placing.subject(fault.subject);
    const message = withoutRefs(fault.message, refs);
    if (subject === fault.subject && message === fault.message) throw fault;
    const { code, remedy } = fault;
    throw new FairleadError({ code, message, remedy, subject, cause: fault });
  }
}

/** Says where what was rendered is found. */
interface Placing {
  readonly resource: (resource: Resource) => Resource;
  readonly finding: (finding: Finding) => Finding;
  readonly subject: (subject: string) => string;
}

const here: Placing = { resource: (one) => one, finding: (one) => one, subject: (one) => one };

function placingOf({ isHere, lent }: PlacedSource['opened'], declaredAt: Source): Placing {
  if (isHere) return here;
  return lent === undefined ? placedAt(declaredAt) : placedIn(lent, declaredAt);
}

function placedAt({ file, line }: Source): Placing {
  return {
    resource: (one) => (one.source === null ? one : { ...one, source: { file, line }, lines: new Map() }),
    finding: (finding) => ({ ...finding, file, line }),
    subject: () => `${file}:${line}`,
  };
}

/** What was told of the declaration itself stays there. */
function placedIn(lent: LentTree, declaredAt: Source): Placing {
  const declaration = `${declaredAt.file}:${declaredAt.line}`;
  return {
    resource: (one) =>
      one.source === null ? one : { ...one, source: { ...one.source, file: lentFile(lent, one.source.file) } },
    finding: (finding) => {
      const isOfLent = finding.file !== null && `${finding.file}:${finding.line}` !== declaration;
      return isOfLent ? { ...finding, file: lentFile(lent, finding.file ?? '') } : finding;
    },
    // What was fetched from an address nobody can open either.
    subject: (subject) =>
      subject === '' || subject === declaration || subject.startsWith('.fetched/')
        ? declaration
        : lentFile(lent, subject),
  };
}

/** The place of a file that a `ref` laid beside the chart, where people find it; null for another. */
function inRefs(subject: string, refs: Refs): string | null {
  const [, name = '', path = ''] = /^\.fetched\/refs\/([^/]+)\/(.*)$/.exec(subject) ?? [];
  const { isHere = false, lent } = refs.get(name) ?? {};
  if (lent !== undefined) return lentFile(lent, path);
  return isHere ? path : null;
}

function withoutRefs(message: string, refs: Refs): string {
  return message.replace(/\.fetched\/refs\/[^/\s]+\/[^\s:]*/g, (file) => inRefs(file, refs) ?? file);
}
