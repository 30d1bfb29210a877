import { isJsonList, type Json, type JsonObject, pickText } from '../../model/json.ts';

/** Levels of nesting that are looked through; manifests and values have a few. */
const maxDepth = 64;

/**
 * Texts that their name calls a secret: `password: ...` and `apiToken: ...` of any object or values file, `{name: DB_PASSWORD, value: ...}`,
 * `--token=...`, and everything under a plural such as `credentials`. What only refers to a secret, such as a name, a path or a
 * placeholder, is none.
 */
export function namedValues(value: Json): readonly string[] {
  const found: string[] = [];
  collect(value, { isNamed: false, depth: 0 }, found);
  return found;
}

interface Place {
  /** Whether a name above calls all of this secret. */
  readonly isNamed: boolean;
  readonly depth: number;
}

function collect(value: Json, place: Place, found: string[]): void {
  if (typeof value === 'string') collectText(value, place, found);
  else if (typeof value === 'object' && value !== null && place.depth <= maxDepth) collectMembers(value, place, found);
}

function collectText(text: string, { isNamed }: Place, found: string[]): void {
  if (isNamed && isSecretText(text)) found.push(text);
  else if (text.includes('=')) collectArgument(text, found);
}

function collectMembers(value: JsonObject | readonly Json[], { isNamed, depth }: Place, found: string[]): void {
  if (isJsonList(value)) {
    const place = { isNamed, depth: depth + 1 };
    for (const item of value) collect(item, place, found);
    return;
  }
  collectPair(value, found);
  for (const [key, item] of Object.entries(value)) {
    // Names above that hold for a whole map or list are plurals; a single one speaks of one text.
    const isOwn = typeof item === 'string' ? isSecretName(key, item) : plural.test(key);
    collect(item, { isNamed: isNamed || isOwn, depth: depth + 1 }, found);
  }
}

/** `{name, value}`, as environments and headers are written. */
function collectPair(object: JsonObject, found: string[]): void {
  const [name, value] = [pickText(object, 'name'), pickText(object, 'value')];
  if (name === undefined || value === undefined || !isSecretName(name, value)) return;
  if (isSecretText(value)) found.push(value);
}

/** `--password=...` and `PASSWORD=...`. */
function collectArgument(text: string, found: string[]): void {
  const [, name, value] = /^-{0,2}([A-Za-z][\w.-]{0,80})=([^\n]{1,4000})$/.exec(text) ?? [];
  if (name === undefined || value === undefined || !isSecretName(name, value)) return;
  if (isSecretText(value)) found.push(value);
}

const password = /(?:pass(?:word|wd|phrase)|pwd)\d{0,3}$/i;
const other =
  /(?:secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key|secret[-_.]?key|auth[-_.]?key|encryption[-_.]?key|signing[-_.]?key|credential)\d{0,3}$/i;
const plural = /(?:passwords|credentials|tokens|apikeys)$/i;
/** `existingSecret: db-login`, `imagePullSecret`: names of Secrets. */
const reference = /(?:existing|pull|image|tls|cert|ref|name)[-_.]?secret$/i;

function isSecretName(name: string, value: string): boolean {
  if (password.test(name)) return true;
  // Words alone name something; what was drawn by chance holds digits or capitals.
  return other.test(name) && !reference.test(name) && !/^[a-z][a-z./-]*$/.test(value);
}

/** Nothing that stands for a value to be filled in, a path, a switch or a plain address. */
const harmless: readonly RegExp[] = [
  /^\s*$/,
  /^ENC\[/,
  /^\$[{(]|\{\{[^{}]{0,500}\}\}|^<[^<>\n]{1,200}>$|^%\(|^(?:vault|ref\+|secret|arn|gcp|awssm):/i,
  /^\.{0,2}\/[\w./-]*$/,
  /^(?:true|false|yes|no|none|null|enabled|disabled)$/i,
  /^[\d.,:]+[a-z]{0,2}$/i,
  /^(?:change[-_ ]?me|replace[-_ ]?me|placeholder|redacted|todo|tbd|example|x{3,}|\*{3,})[\w-]{0,20}$/i,
  /^[a-z][a-z0-9+.-]*:\/\/[^\s:@]*$/i,
];

function isSecretText(value: string): boolean {
  return value.length <= 8192 && !harmless.some((pattern) => pattern.test(value.trim()));
}
