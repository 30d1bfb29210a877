import { Ajv } from 'ajv';

const text = { type: 'string' } as const;
const textOrNull = { type: ['string', 'null'] } as const;
const list = (items: object): object => ({ type: 'array', items });

/** An object with exactly these keys; of the others those that are there. */
function exactly(properties: Readonly<Record<string, object>>, others: Readonly<Record<string, object>> = {}): object {
  const required = Object.keys(properties);
  return { type: 'object', properties: { ...properties, ...others }, required, additionalProperties: false };
}

const resource = exactly({ group: text, version: text, kind: text, namespace: textOrNull, name: text });
const nullable = (schema: object): object => ({ anyOf: [schema, { type: 'null' }] });
const verdicts = ['blocked', 'incomplete', 'caution', 'routine', 'ready', 'no-change'];
const segment = { anyOf: [text, { type: 'integer', minimum: 0 }, { type: 'object', minProperties: 1 }] };

const review = exactly({
  schemaVersion: { const: 1 },
  verdict: { enum: verdicts },
  base: { type: 'string', pattern: '^[0-9a-f]{40}$' },
  head: { type: 'string', pattern: '^[0-9a-f]{40}$' },
  targets: list(
    exactly({
      id: text,
      application: text,
      environment: textOrNull,
      cluster: textOrNull,
      digest: { type: ['string', 'null'], pattern: '^[0-9a-f]{64}$' },
      error: textOrNull,
    }),
  ),
  changes: list(
    exactly(
      {
        target: text,
        part: { enum: ['pull', 'already'] },
        resource,
        action: { enum: ['create', 'update', 'recreate', 'delete', 'adopt', 'none'] },
        paths: list(
          exactly({
            path: { type: 'array', minItems: 1, items: segment },
            before: {},
            after: {},
            cause: { enum: ['git', 'admission', 'takeover'] },
          }),
        ),
      },
      {
        offline: text,
        stays: list(exactly({ path: { type: 'array', minItems: 1, items: segment }, owners: list(text) })),
        adopts: exactly({ owner: textOrNull, fields: { type: 'integer', minimum: 0 } }),
        takes: list(text),
      },
    ),
  ),
  findings: list(
    exactly(
      {
        rule: { type: 'string', pattern: '^[a-z0-9-]+$' },
        severity: { enum: ['block', 'caution', 'note'] },
        target: textOrNull,
        resource: nullable(resource),
        file: textOrNull,
        line: { type: ['integer', 'null'], minimum: 1 },
        message: text,
        fix: textOrNull,
      },
      { repository: text },
    ),
  ),
  coverage: exactly(
    {
      applications: { type: 'integer', minimum: 0 },
      rendered: { type: 'integer', minimum: 0 },
      unownedFiles: list(text),
    },
    { usedBy: list(exactly({ repository: text, applications: { type: 'integer', minimum: 0 } })) },
  ),
  helm: list({ enum: ['v3', 'v4'] }),
});

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(review);

/** What the JSON of a review says, as the tests read it. */
export interface ReviewJson {
  readonly verdict: string;
  readonly base: string;
  readonly head: string;
  readonly targets: readonly {
    readonly id: string;
    readonly application: string;
    readonly environment: string | null;
    readonly digest: string | null;
    readonly error: string | null;
  }[];
  readonly changes: readonly {
    readonly target: string;
    readonly action: string;
    readonly resource: { readonly kind: string; readonly name: string };
    readonly paths: readonly { readonly path: readonly unknown[]; readonly before: unknown; readonly after: unknown }[];
  }[];
  readonly findings: readonly {
    readonly rule: string;
    readonly severity: string;
    readonly file: string | null;
    readonly repository?: string;
    readonly line: number | null;
    readonly message: string;
    readonly fix: string | null;
  }[];
  readonly coverage: {
    readonly applications: number;
    readonly rendered: number;
    readonly unownedFiles: readonly string[];
    readonly usedBy?: readonly { readonly repository: string; readonly applications: number }[];
  };
}

/** Reads the output of `--format json` and holds it against docs/review-json.md, key by key. Throws what differs. */
export function readReview(output: string): ReviewJson {
  const found: unknown = JSON.parse(output);
  if (!validate(found)) throw new Error(`not the documented JSON: ${JSON.stringify(validate.errors)}`);
  return found as ReviewJson; // The schema just said so.
}
