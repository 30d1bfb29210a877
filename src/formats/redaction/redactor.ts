import { AsyncLocalStorage } from 'node:async_hooks';
import { createHmac } from 'node:crypto';
import type { JsonObject } from '../../model/json.ts';
import { HIDDEN, HIDDEN_TAG, type Redacted } from '../../model/redacted.ts';
import { formsOf, isLongEnough } from './forms.ts';
import { KnownValues } from './known-values.ts';
import { maskObject } from './mask.ts';
import { namedValues } from './named-values.ts';
import { maskPatterns } from './patterns.ts';
import { secretValues } from './secret-values.ts';
import { tagKey, type Within } from './tag-key.ts';

/** Hides secret values in objects and texts. The only maker of `Redacted`. */
export interface Redactor {
  /**
   * A copy in which the values of every Secret (also inside a List) and every last-applied annotation are replaced by
   * `HIDDEN_TAG` and a keyed tag: equal values have equal tags, whether they stood in `data` or `stringData`. The clear
   * values are learned. Whether an object is a Secret is read from its own `kind`.
   */
  maskObject(object: JsonObject): JsonObject;
  /** Remembers a clear value, so that `text` hides it from now on. */
  learn(value: string | Uint8Array): void;
  /**
   * Remembers every value of a Secret (or of a list of them), and of any object what its name calls a secret, such as the `value` of
   * an environment variable `DB_PASSWORD`.
   */
  learnSecret(object: JsonObject): void;
  /** The text with every learned value, and everything that looks like a credential, replaced by `(hidden)`. */
  text(text: string): Redacted;
  /**
   * Like `text`, for what a server says about an object that was sent to it: the values of a Secret are hidden however
   * short they are.
   */
  textAbout(object: JsonObject, text: string): Redacted;
  /**
   * Does work in which tags are keyed for its scope alone: tags made in it are equal to none made outside, so nothing can be learned
   * by comparing two pulls, or two heads of one. Without an installation key they are keyed as outside.
   */
  within(installationKey: Uint8Array | null): Within;
}

/** What a redactor keeps. */
export interface RedactorOptions {
  /** Keys the tags made in no scope, so that a value cannot be guessed from its tag; at least 16 bytes. */
  readonly key: Uint8Array;
  /**
   * How many characters of learned values are kept at most (a value is kept in about twenty spellings). When it is full,
   * the value that was learned longest ago is forgotten: a Secret is learned again whenever it is read, so what a run
   * can print is always newer. Default 32 million.
   */
  readonly maxCharacters?: number;
}

/**
 * Makes a redactor. What it learns: values of 8 bytes and more, in any spelling of spellings.ts. Shorter ones are hidden
 * in objects like all others, but are no search terms: `true`, `5432` or `admin` would blank out every text.
 */
export function createRedactor(options: RedactorOptions): Redactor {
  if (options.key.length < 16) throw new RangeError('the key of a redactor has at least 16 bytes');
  const known = new KnownValues(options.maxCharacters ?? 32_000_000);
  const learn = (value: string | Uint8Array): void => {
    for (const form of formsOf(value)) known.add(form);
  };
  // The one place where the brand is given: everything known was just replaced.
  const text = (clear: string): Redacted => hideTags(maskPatterns(known.mask(clear, HIDDEN))) as Redacted;
  const scoped = new AsyncLocalStorage<Uint8Array>();
  const tag = (value: Uint8Array): string => tagOf(value, scoped.getStore() ?? options.key);
  return {
    learn,
    learnSecret: (object) => knownOf(object).forEach(learn),
    maskObject: (object) => {
      knownOf(object).forEach(learn);
      return maskObject(object, tag);
    },
    text,
    textAbout: (object, said) => {
      const values = secretValues(object);
      values.forEach(learn);
      return text(hideShort(said, values));
    },
    within: (installationKey) => (scope, work) =>
      scoped.run(installationKey === null ? options.key : tagKey(installationKey, scope), work),
  };
}

/** Of an object that is learned of at every step of a review. */
function knownOf(object: JsonObject): readonly (string | Uint8Array)[] {
  const known = found.get(object) ?? valuesToHide(object);
  found.set(object, known);
  return known;
}

const found = new WeakMap<JsonObject, readonly (string | Uint8Array)[]>();

/** A masked copy has nothing left to learn. */
function valuesToHide(object: JsonObject): readonly (string | Uint8Array)[] {
  const named = namedValues(object).filter((value) => !value.startsWith(HIDDEN_TAG) && !value.startsWith('(hidden'));
  return [...secretValues(object), ...named];
}

function tagOf(value: Uint8Array, key: Uint8Array): string {
  return HIDDEN_TAG + createHmac('sha256', key).update(value).digest('hex').slice(0, 32);
}

/** Values too short to be learned, wherever they stand as a word of their own. */
function hideShort(text: string, values: readonly (string | Uint8Array)[]): string {
  const texts = values.filter((value) => typeof value === 'string');
  const short = new Set(texts.filter((value) => value.trim() !== '' && !isLongEnough(value)));
  return [...short].reduce((masked, value) => {
    const word = new RegExp(`(?<![A-Za-z0-9])${escapeRegExp(value)}(?![A-Za-z0-9])`, 'g');
    return masked.replaceAll(word, HIDDEN);
  }, text);
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function hideTags(text: string): string {
  return text.includes(HIDDEN_TAG) ? text.replaceAll(/hidden:hmac:[0-9a-f]*/g, HIDDEN) : text;
}
