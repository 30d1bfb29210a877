import type { Finding } from '../../model/finding.ts';
import { generatorLiterals } from './generator-literals.ts';
import { type OpenValue, secretFindings, secretRule } from './open-values.ts';
import { plaintextSecrets } from './plaintext-secret.ts';
import { type TokenPlace, tokensIn } from './token-shapes.ts';

/** A changed file of a pull, as text. */
export interface LeakFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  /** The same file before the change; null when there was none, or when it could not be read. */
  readonly before: string | null;
}

/** Rule ids of what is found here. */
export const leakRules = { token: 'leaked-token', secret: secretRule, unread: 'leak-unchecked' } as const;

/** Longer texts are read up to here, and a finding says so. Characters, which are bytes in nearly all manifests. */
export const maxLeakText = 1024 * 1024;

/** Tokens on one file beyond this are counted only. */
const maxTokensPerFile = 20;

/**
 * Secrets in clear and tokens of well-known shapes in the changed files of a pull, whether or not they are manifests. A value
 * that the same file held before is worth a note: it is in the history already, and this pull is not to blame. No finding
 * holds any part of a value. Takes time in proportion to the texts: every pattern is linear.
 */
export function findLeaks(files: readonly LeakFile[]): readonly Finding[] {
  return files.flatMap((file) => [
    ...found(file, secretsIn, secretFindings),
    ...found(file, (_path, text) => tokensIn(start(text)), tokenFindings),
    ...(isLong(file.text) ? [unread(file)] : []),
  ]);
}

/** What a search finds in a file, what was there before told apart from what is new by the values themselves. */
function found<T extends { readonly value: string }>(
  { path, text, before }: LeakFile,
  search: (path: string, text: string) => readonly T[],
  tell: (path: string, places: readonly T[]) => readonly Finding[],
): readonly Finding[] {
  const places = search(path, text);
  if (places.length === 0) return [];
  const values = new Set(before === null ? [] : search(path, before).map(({ value }) => value));
  const fresh = places.filter(({ value }) => !values.has(value));
  const known = places.filter(({ value }) => values.has(value));
  return [...tell(path, fresh), ...tell(path, known).map(asNote)];
}

function asNote(finding: Finding): Finding {
  return { ...finding, severity: 'note', message: `${finding.message} (so before this change)` };
}

function isLong(text: string): boolean {
  return text.length > maxLeakText;
}

function start(text: string): string {
  return isLong(text) ? text.slice(0, maxLeakText) : text;
}

/** A cut document would be read as a broken one. */
function secretsIn(path: string, text: string): readonly OpenValue[] {
  return isLong(text) ? [] : [...plaintextSecrets(path, text), ...generatorLiterals(path, text)];
}

function tokenFindings(path: string, places: readonly TokenPlace[]): readonly Finding[] {
  const shown = places.slice(0, maxTokensPerFile).map((place) => tokenFinding(path, place));
  const rest = places.length - shown.length;
  if (rest === 0) return shown;
  const message = `${rest} more tokens in this file are not listed.`;
  return [...shown, finding(path, { rule: leakRules.token, severity: 'block', line: null, message, fix: rotate })];
}

function tokenFinding(path: string, { kind, line }: TokenPlace): Finding {
  const message = `${path} holds what looks like ${kind}.`;
  return finding(path, { rule: leakRules.token, severity: 'block', line, message, fix: rotate });
}

const rotate =
  'Revoke it where it was issued, since it stays in the history of the branch; then keep it in a secret store.';

function unread({ path }: LeakFile): Finding {
  return unsearched(path, `${path} was searched for secrets only in its first ${maxLeakText / 1024} KiB.`);
}

/** Says that a file was not searched, or not to its end. */
export function unsearched(path: string | null, message: string): Finding {
  const fix = 'Look through it yourself, or make it smaller.';
  return finding(path, { rule: leakRules.unread, severity: 'caution', line: null, message, fix });
}

function finding(file: string | null, rest: Pick<Finding, 'rule' | 'severity' | 'line' | 'message' | 'fix'>): Finding {
  return { ...rest, target: null, resource: null, file };
}
