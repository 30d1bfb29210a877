import type { Json } from '../../model/json.ts';
import { formatPath, type Path } from '../../model/path.ts';
import { HIDDEN_TAG } from '../../model/redacted.ts';
import { NotWritable } from './adoption.ts';

/** Fields that hold a number or a name or percentage, as Kubernetes' IntOrString. */
const numberOrText = new Set(['maxSurge', 'maxUnavailable', 'minAvailable', 'port', 'targetPort']);

/**
 * The live value, kept as text, in the type that Git's value has. Throws `NotWritable` for hidden values, for lists and objects, and
 * where Git says nothing that would tell the type.
 */
export function convertLive(git: Json, live: string | null, path: Path): Json {
  const field = formatPath(path);
  if (live === null) return gone(git, field);
  if (live.includes('(hidden') || live.includes(HIDDEN_TAG))
    throw new NotWritable(`${field} holds a hidden value, and hidden values are never written to Git.`);
  const convert = converters[typeof git];
  if (convert !== undefined) return convert(git, live, path);
  throw new NotWritable(
    git === null
      ? `Git says nothing of ${field}, so the type of the live value is not known.`
      : `${field} is a list or object; Fairlead writes single values only.`,
  );
}

const converters: Readonly<Partial<Record<string, (git: Json, live: string, path: Path) => Json>>> = {
  string: (git, live, path) =>
    numberOrText.has(String(path.at(-1))) && !isNumber(String(git)) && isWhole(live) ? numberOf(live) : live,
  // A quantity such as 1100m, or a percentage, is text.
  number: (_, live) => (isNumber(live) ? numberOf(live) : live),
  bigint: (_, live) => (isNumber(live) ? numberOf(live) : live),
  boolean: (_, live, path) => {
    if (live === 'true' || live === 'false') return live === 'true';
    throw new NotWritable(`${formatPath(path)} is true or false in Git, and its live value is neither.`);
  },
};

function gone(git: Json, field: string): Json {
  if (git === null) throw new NotWritable(`${field} is neither in Git nor live.`);
  return null;
}

function isNumber(text: string): boolean {
  return /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?$/i.test(text);
}

/** The numbers an IntOrString can hold, as a server writes them; all else in it is text. */
function isWhole(text: string): boolean {
  return /^(?:0|-?[1-9][0-9]*)$/.test(text);
}

function numberOf(text: string): number | bigint {
  const number = Number(text);
  return Number.isInteger(number) && !Number.isSafeInteger(number) && /^-?[0-9]+$/.test(text) ? BigInt(text) : number;
}
