import type { Finding } from '../../model/finding.ts';
import type { ResourceId } from '../../model/resource.ts';
import { someOf } from '../../model/some-of.ts';

/** What holds values in clear. */
export interface Holder {
  /** Such as `Secret shop/db`. */
  readonly subject: string;
  readonly resource: ResourceId | null;
  readonly file: string;
}

/** A secret value that anybody can read who reads the file. */
export interface OpenValue {
  readonly holder: Holder;
  /** Such as `data.password`. */
  readonly name: string;
  /** 1-based. */
  readonly line: number | null;
  /** Holder, key and value, to tell it from others; it never leaves the search. */
  readonly value: string;
}

/** Rule id of secrets in clear. */
export const secretRule = 'plaintext-secret';

/** Whether a text is no secret: nothing, encrypted, filled in later, a placeholder, or a public certificate. */
export function isHarmless(text: string): boolean {
  return harmless.some((pattern) => pattern.test(text));
}

/** What stands for the part of a text that a template fills in. */
export const filledIn = '$(…)';

const harmless: readonly RegExp[] = [
  /^$/,
  // SOPS
  /^ENC\[[A-Z0-9_]+,data:[^\]]*\]$/,
  // filled in later: shell, Helm, argocd-vault-plugin, Flux substitution
  /^\$\{[^}]*\}$|^\$\([^)]*\)$|^\{\{[^}]*\}\}$|^<[^<>\n]{1,200}>$/,
  // filled in by the template it stands in, whole or in part
  /\$\(…\)/,
  /^(?:change[-_ ]?me|replace[-_ ]?me|placeholder|redacted|todo|tbd|x{3,}|\*{3,})$/i,
  // only public certificates
  /^(?:-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\s*)+$/,
];

const maxNames = 8;

/** One finding for each holder: names are told, values never. */
export function secretFindings(_path: string, values: readonly OpenValue[]): readonly Finding[] {
  return [...Map.groupBy(values, ({ holder }) => holder)].map(([{ subject, resource, file }, open]) => {
    const names = open.map(({ name }) => name);
    const shown = someOf(names, maxNames);
    return {
      rule: secretRule,
      severity: 'block',
      target: null,
      resource,
      file,
      line: open[0]?.line ?? null,
      message: `${subject}: ${shown} can be read by everybody who can read this file; base64 hides nothing.`,
      fix: 'Change the secret where it is used, since it stays in the history of the branch; then write it as an ExternalSecret, a SealedSecret or with SOPS.',
    };
  });
}
