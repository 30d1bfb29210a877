import { join } from 'node:path';
import { locateModule } from '../../../src/formats/wasm/locate-module.ts';
import { createDeclaredTools, type DeclaredTools } from '../../../src/gitops/declare/index.ts';
import { type AffectedPairs, affectedBy } from '../../../src/gitops/discover/affected.ts';
import { createRenderers } from '../../../src/gitops/render/index.ts';
import type { ArgoCdApi } from '../../../src/model/argocd-api.ts';
import type { ArgoCdKnowledge } from '../../../src/model/argocd-knowledge.ts';
import type { TreeOrigin } from '../../../src/model/declare.ts';
import { FairleadError } from '../../../src/model/error.ts';
import type { Rendered, RenderInputs } from '../../../src/model/renderer.ts';
import { defaultSettings, type Settings } from '../../../src/model/settings.ts';
import type { Application } from '../../../src/model/target.ts';
import type { WantedChart, WantedFile } from '../../../src/world/sources/sources.ts';
import { cacheDir } from '../../control-plane/go-program.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { calm, testDependencies, testInputs } from '../render/support.ts';

export type Files = Readonly<Record<string, string>>;

/** The repository of the tests, as its objects call it. */
export const ownUrl = 'https://git.example.com/acme/fleet.git';
export const ownOrigin: TreeOrigin = { own: { urls: [ownUrl], branch: 'main', defaultBranch: 'main' } };

/** A chart that prints its values, as a registry holds it in these versions. */
const chartVersions = ['1.0.0', '1.1.0'];

/** Renderers of all kinds over the real modules, a registry with one chart, and what was asked of it. */
export interface DeclaredWorld {
  readonly tools: DeclaredTools;
  readonly asked: readonly WantedChart[];
  /** Addresses of files that were asked for. */
  readonly askedFiles: readonly string[];
  close(): Promise<void>;
}

/** `knowledge`: of the Argo CD that deploys what is declared; `argocd`: its API. */
export function openDeclaredWorld(
  knowledge: (() => Promise<ArgoCdKnowledge>) | null = null,
  argocd: ArgoCdApi | null = null,
): DeclaredWorld {
  const asked: WantedChart[] = [];
  const askedFiles: string[] = [];
  const fetchers = {
    fetchGit: null,
    fetchFile: async ({ url }: WantedFile) => {
      askedFiles.push(url);
      return fetchFile(url);
    },
    fetchArtifact: null,
    fetchChart: async (wanted: WantedChart) => {
      asked.push(wanted);
      return fetchChart(wanted);
    },
  };
  const renderers = createRenderers(testDependencies(fetchers));
  const options = {
    ...{ cacheDir: cacheDir(), builtDir: null, sourceDir: join(import.meta.dirname, '../../../wasm') },
    ...{ onProgress: (line: string) => void process.stderr.write(`${line}\n`), env: process.env },
  };
  const tools = createDeclaredTools({
    ...{ renderer: renderers.renderer, fetchers, deadlineMs: 50_000, maxMemoryMb: 512 },
    modules: (name, signal) => locateModule(name, options, signal),
    ...{ inputs: async () => testInputs, learnSecret: () => undefined, knowledge, argocd },
  });
  return {
    tools,
    ...{ asked, askedFiles },
    close: async () => {
      await Promise.all([tools.close(), renderers.close()]);
    },
  };
}

/** The colour an address ends with. */
async function fetchFile(url: string) {
  const color = /\/([a-z]+)\.yaml/.exec(url)?.[1];
  if (color === undefined) {
    throw new FairleadError({ code: 'source-missing', message: 'there is none.', subject: url, remedy: 'Look.' });
  }
  const tree = memoryTree({ 'remote.yaml': `color: ${color}\n` });
  return { tree, resolved: `sha256:${color}`, isPinned: url.includes('0123456789') };
}

async function fetchChart({ name, version }: WantedChart) {
  if (name !== 'web') {
    throw new FairleadError({ code: 'source-missing', message: 'there is none.', subject: name, remedy: 'Look.' });
  }
  const resolved = chartVersions.includes(version) ? version : '1.1.0';
  const tree = memoryTree({
    'Chart.yaml': `apiVersion: v2\nname: web\nversion: ${resolved}\n`,
    'values.yaml': 'color: red\n',
    'templates/cm.yaml': configMap('{{ .Release.Name }}', '{color: {{ .Values.color | quote }}}'),
  });
  return { tree, resolved, isPinned: resolved === version };
}

/** Trees, settings and origin of a review. */
export interface Sides {
  readonly base: Files;
  readonly head: Files;
  readonly origin?: TreeOrigin;
  readonly settings?: Settings;
}

export async function affectedOf(
  { base, head, origin = ownOrigin, settings = defaultSettings }: Sides,
  { tools }: DeclaredWorld,
): Promise<AffectedPairs> {
  const paths = [...new Set([...Object.keys(base), ...Object.keys(head)])];
  const changedFiles = paths.filter((path) => base[path] !== head[path]);
  const trees = { base: memoryTree(base), head: memoryTree(head) };
  return affectedBy({ ...trees, changedFiles, settings, origin }, calm, tools.declare);
}

/** `web@prod: own a.yaml`, one line per application. */
export function linesOf({ pairs }: AffectedPairs): readonly string[] {
  return pairs.map(({ name, environment, reasons }) => {
    const said = reasons.map((reason) => (typeof reason === 'string' ? reason : `${reason.relation} ${reason.file}`));
    return `${name}@${environment}: ${said.join(', ')}`;
  });
}

/** What an application of a tree renders. */
export async function renderedOf(
  files: Files,
  name: string,
  { tools }: DeclaredWorld,
  changes: Partial<RenderInputs> = {},
): Promise<Rendered> {
  const world = { base: {}, head: files };
  const { applications } = await affectedOf(world, { tools, asked: [], askedFiles: [], close: async () => undefined });
  const application = applications.find((one) => `${one.name}@${one.environment}` === name || one.name === name);
  if (application === undefined) throw new Error(`no ${name} among ${applications.map((one) => one.name).join(', ')}`);
  return render(application, files, tools, changes);
}

function render(application: Application, files: Files, tools: DeclaredTools, changes: Partial<RenderInputs>) {
  const inputs = { ...testInputs, ...changes };
  return tools.renderer(application.renderer).render(application, memoryTree(files), inputs, calm);
}

export function configMap(name: string, data = '{a: b}', more = ''): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "${name}"${more}}\ndata: ${data}\n`;
}

export function argoApp(name: string, source: string, more = ''): string {
  return `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: ${name}, namespace: argocd}\nspec:\n  project: default\n  destination: {server: "https://kubernetes.default.svc", namespace: shop}\n  ${source}\n${more}`;
}

export function sourceOf(path: string, more = ''): string {
  return `source: {repoURL: "${ownUrl}", targetRevision: HEAD, path: ${path}${more}}`;
}

export function kustomization(name: string, path: string, more = ''): string {
  return `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: ${name}, namespace: flux-system}\nspec:\n  path: ${path}\n  interval: 1h\n  prune: true\n  sourceRef: {kind: GitRepository, name: flux-system}\n${more}`;
}
