import { loadBundle } from '../src/formats/openapi/bundle-cache.ts';
import { decodeManifests } from '../src/formats/yaml/decode.ts';
import { createDecoder } from '../src/formats/yaml/decoder.ts';
import { toYaml } from '../src/formats/yaml/write.ts';
import { checks } from '../src/gitops/validate/index.ts';
import { type PackedDocument, packDocument } from '../src/gitops/validate/packed-document.ts';
import { runCheck } from '../src/gitops/validate/run-check.ts';
import { createValidator, type ValidateInput } from '../src/gitops/validate/validate-resources.ts';
import type { Finding } from '../src/model/finding.ts';
import { apiVersionOf, type Resource } from '../src/model/resource.ts';
import { cacheDir } from '../test/control-plane/go-program.ts';
import type { Bench, Lab, Row } from './bench.ts';
import { manyObjects } from './objects.ts';
import { atLeastGoal, figure, rateText } from './rows.ts';
import { interleave, median, timed } from './timing.ts';

/** Strict validation against the bundled schemas, warm, of valid ConfigMaps, Deployments and Services (about 35 lines each). */
export const validateBench: Bench = {
  name: 'validate',
  text: 'objects validated a second, one thread, schemas compiled',
  rival: null,
  run: async (lab) => {
    const signal = lab.signal;
    const bundle = await loadBundle({ cacheDir: cacheDir() });
    const files = manifestFiles(lab.sizes.objects);
    const resources = files.flatMap((file) => decodeManifests(file).resources);
    const input = {
      target: null,
      resources,
      documents: bundle.document,
      kinds: { served: null, builtIn: bundle.kinds },
    };
    const documents = await packDocuments(input, signal);
    const run = (names: readonly string[], given: readonly Resource[]): readonly Finding[] =>
      names.flatMap((check) => runCheck(checks, { ...input, resources: given, check, documents }));
    const all = checks.map(({ name }) => name);
    checkSound(files, (given) => run(all, given));
    const measure = (what: string, work: () => Promise<unknown>, goal: number | null) =>
      rate(what, { work, goal, count: resources.length, lab });
    return [
      await measure('schema check of decoded objects', async () => run(['schema'], resources), 100_000),
      await measure('every check of decoded objects', async () => run(all, resources), null),
      await measure('decoding with line numbers', async () => files.map((file) => decodeManifests(file)), null),
      await measure(
        'from YAML to findings with line numbers',
        async () =>
          run(
            all,
            files.flatMap((file) => decodeManifests(file).resources),
          ),
        10_000,
      ),
      await throughWorkers(files, input, lab),
    ];
  },
};

type File = Parameters<typeof decodeManifests>[0];

/** As people keep them: one object a file. */
function manifestFiles(count: number): readonly File[] {
  return manyObjects(count, 'shop').map((object, index) => ({
    file: `apps/${index}.yaml`,
    bytes: new TextEncoder().encode(toYaml(object)),
  }));
}

async function packDocuments(input: ValidateInput, signal: AbortSignal): Promise<readonly PackedDocument[]> {
  const versions = [...new Set(input.resources.map(({ id }) => apiVersionOf(id)))];
  const documents = await Promise.all(versions.map((version) => input.documents(version, signal)));
  return documents.flatMap((document, index) =>
    document === null ? [] : [packDocument(versions[index] ?? '', document)],
  );
}

/** Good objects give no finding, and a bad one gives its own with the right line: else speed says nothing. */
function checkSound(files: readonly File[], run: (resources: readonly Resource[]) => readonly Finding[]): void {
  const good = run(files.flatMap((file) => decodeManifests(file).resources));
  const bad = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: bad\ndatas: {}\n';
  const found = run(decodeManifests({ file: 'bad.yaml', bytes: new TextEncoder().encode(bad) }).resources);
  const isFound = found.some(({ rule, line }) => rule === 'schema-unknown-field' && line === 5);
  if (good.length > 0 || !isFound) throw new Error('validation is not what it should be; its speed was not measured');
}

interface Measure {
  readonly work: () => Promise<unknown>;
  /** Objects a second. */
  readonly goal: number | null;
  readonly count: number;
  readonly lab: Lab;
}

async function rate(what: string, { work, goal, count, lab }: Measure): Promise<Row> {
  lab.say(`validate: ${what}`);
  const warm = Math.ceil(lab.sizes.validations / 4);
  const [times = []] = await interleave([() => timed(work)], { rounds: lab.sizes.validations, warm });
  const time = median(times);
  return figure(what, rateText(count, time), goal === null ? null : atLeastGoal((count / time) * 1000, goal, '/s'));
}

/** What `fairlead validate` and reviews do: the decoder's thread, then the validator's, objects copied between them. */
async function throughWorkers(files: readonly File[], input: ValidateInput, lab: Lab): Promise<Row> {
  const decoder = createDecoder({ workers: 1 });
  const validator = createValidator({ size: 1, deadlineMs: 60_000 });
  try {
    const work = async (): Promise<void> => {
      const outcomes = await decoder.decode(files, lab.signal);
      const resources = outcomes.flatMap((outcome) => (outcome.kind === 'decoded' ? outcome.decoded.resources : []));
      await validator.validate({ ...input, resources }, lab.signal);
    };
    const what = 'from YAML to findings, through the worker threads';
    return await rate(what, { work, goal: null, count: files.length, lab });
  } finally {
    await Promise.all([decoder.close(), validator.close()]);
  }
}
