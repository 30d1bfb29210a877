import { namedValues } from '../../formats/redaction/named-values.ts';
import { secretValues } from '../../formats/redaction/secret-values.ts';
import { isJsonList, type Json, pick } from '../../model/json.ts';
import { type LeakFile, maxLeakText } from './find-leaks.ts';
import { documentsIn } from './generator-literals.ts';
import { manifestsIn } from './plaintext-secret.ts';

/**
 * The secret values that a file holds in clear, before a change and after it: of Secrets and of Secrets that kustomize generates, and
 * what its name calls a secret, such as in values of a chart. They are known then even where nothing can be rendered, and whoever
 * fails quotes them. Never told, only hidden.
 */
export function secretsInFile({ path, text, before }: LeakFile): readonly string[] {
  return [...new Set([text, before ?? ''].flatMap((one) => secretsIn(path, one)))];
}

function secretsIn(path: string, text: string): readonly string[] {
  if (text.length > maxLeakText || !/\.(?:ya?ml|json|tpl)$/i.test(path) || !mayHold.test(text)) return [];
  const documents = documentsIn(path, text).map(({ value }) => value);
  const secrets = manifestsIn(path, text).flatMap(({ object }) => secretValues(object));
  return [
    ...secrets.filter((value) => typeof value === 'string'),
    ...documents.flatMap(namedValues),
    ...documents.flatMap(generated),
  ];
}

/** A cheap look before anything is parsed. */
const mayHold = /secret|password|passwd|pwd|passphrase|token|key|credential/i;

/** Values of `secretGenerator`, written as `key=value`. */
function generated(document: Json): readonly string[] {
  return listOf(pick(document, 'secretGenerator')).flatMap((generator) =>
    listOf(pick(generator, 'literals')).flatMap((literal) => {
      const [, value] = typeof literal === 'string' ? (/^[^=]+=(.*)$/s.exec(literal) ?? []) : [];
      return value === undefined ? [] : [value, value.replaceAll(/^(["'])(.*)\1$/gs, '$2')];
    }),
  );
}

function listOf(value: Json | undefined): readonly Json[] {
  return isJsonList(value) ? value : [];
}
