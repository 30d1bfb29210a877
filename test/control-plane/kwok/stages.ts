import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';

const run = promisify(execFile);
const kwokModule = 'sigs.k8s.io/kwok';

/** The stages that come with kwok: the node is ready, pods turn ready at once, pods of jobs complete, deleted pods go. */
const stockStages = ['node/fast/node-initialize', 'pod/fast/pod-ready', 'pod/fast/pod-complete', 'pod/fast/pod-delete'];

/** A pod that fails on purpose stays in phase Pending, where these would match it after all. */
const notForFailing = new Set(['pod-ready', 'pod-complete']);
const isNotFailing = { key: '.metadata.annotations["kwok.fail"]', operator: 'DoesNotExist' };

interface Stage {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly selector: { matchExpressions: readonly object[] } };
}

/** kwok's configuration: its own fast stages, out of the pinned module, and ours that makes pods fail. */
export async function kwokStages(): Promise<string> {
  const folder = join(await moduleFolder(), 'kustomize', 'stage');
  const stock = await Promise.all(stockStages.map((name) => readFile(join(folder, `${name}.yaml`), 'utf8')));
  const failing = await readFile(join(import.meta.dirname, 'failing-pod.yaml'), 'utf8');
  return [...stock.map(unlessFailing), failing].join('\n---\n');
}

function unlessFailing(text: string): string {
  const stage: Stage = parse(text);
  if (!notForFailing.has(stage.metadata.name)) return text;
  const { selector } = stage.spec;
  selector.matchExpressions = [...selector.matchExpressions, isNotFailing];
  return stringify(stage);
}

/** Where Go keeps the module's files; downloads them when the module cache lost them. */
async function moduleFolder(): Promise<string> {
  const { stdout } = await run('go', ['mod', 'download', '-json', kwokModule], { cwd: import.meta.dirname });
  const { Dir: folder }: { Dir?: string } = JSON.parse(stdout);
  if (folder === undefined) throw new Error(`go mod download names no folder for ${kwokModule}: ${stdout}`);
  return folder;
}
