import type { Change, PathChange } from '../../model/change.ts';
import type { Finding } from '../../model/finding.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { HIDDEN, HIDDEN_CHANGED } from '../../model/redacted.ts';

type Mask = (text: string) => string;

/**
 * Changes as they may be kept and shown: each text of a value went through the gate. A value of which only hidden parts change says
 * so. What identifies an object stays.
 */
export function maskChanges(changes: readonly Change[], mask: Mask): readonly Change[] {
  return changes.map((change) =>
    change.paths.length === 0 ? change : { ...change, paths: change.paths.map((path) => maskPath(path, mask)) },
  );
}

/** Findings in the same way, before anything shortens them: half a value is found by nobody. */
export function maskFindings(findings: readonly Finding[], mask: Mask): readonly Finding[] {
  return findings.map((finding) => ({
    ...finding,
    message: maskSentence(finding.message, mask),
    fix: finding.fix === null ? null : maskSentence(finding.fix, mask),
  }));
}

/**
 * What somebody said. Writers of YAML break long texts at blanks (YAML 1.2.2, 7.3.1): where a value shows once lines are put
 * together again, they stay so.
 */
export function maskSentence(text: string, mask: Mask): string {
  const unfolded = text.replaceAll(/\n[ \t]+\\?/g, ' ');
  const masked = unfolded === text ? text : mask(unfolded);
  return masked === unfolded ? mask(text) : masked;
}

function maskPath(change: PathChange, mask: Mask): PathChange {
  const before = maskValue(change.before, mask);
  const after = maskValue(change.after, mask);
  const isUntouched = before === change.before && after === change.after;
  if (isUntouched) return change;
  // Both sides hold something hidden and are equal without it.
  const isHidden = before !== null && JSON.stringify(before, digits) === JSON.stringify(after, digits);
  return { ...change, before, after: isHidden ? tellChange(after) : after };
}

function maskValue(value: Json, mask: Mask): Json {
  if (typeof value === 'string') return mask(value);
  if (isJsonList(value)) return value.map((item) => maskValue(item, mask));
  return isJsonObject(value)
    ? mapObject(
        value,
        (text) => mask(text),
        (item) => maskValue(item, mask),
      )
    : value;
}

function tellChange(value: Json): Json {
  if (typeof value === 'string') return value.replaceAll(HIDDEN, HIDDEN_CHANGED);
  if (isJsonList(value)) return value.map(tellChange);
  return isJsonObject(value) ? mapObject(value, (key) => key, tellChange) : value;
}

function mapObject(object: JsonObject, key: Mask, value: (item: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, item]) => [key(name), value(item)]));
}

function digits(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
