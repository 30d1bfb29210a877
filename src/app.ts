import { randomBytes } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { argocdApi } from './cli/argocd-api.ts';
import { isRead } from './cli/argocd-home.ts';
import type { ServiceOptions } from './cli/context.ts';
import type { PathRun, PostRun, RenderRun, RunningServer, ServeRun, Services } from './cli/services.ts';
import { createSources } from './cli/sources.ts';
import { toldClusters } from './cli/told-clusters.ts';
import { type EngineDescriptor, engines } from './engines/index.ts';
import { createGitEngine } from './features/review/git-engine.ts';
import { withRange } from './features/review/open-range.ts';
import { diffPath, type PathRequest, renderPath, validatePath } from './features/review/path.ts';
import { pathRequest, valuesFile } from './features/review/path-request.ts';
import { commentKey } from './features/review/pull-tools.ts';
import type { ReviewTools, ValidationContext } from './features/review/request.ts';
import { review } from './features/review/review.ts';
import { explain } from './features/review/why.ts';
import { apiVersionsOf } from './formats/openapi/api-versions.ts';
import type { OpenApiBundle } from './formats/openapi/bundle.ts';
import { loadBundle } from './formats/openapi/bundle-cache.ts';
import { createSchemas, type Schemas } from './formats/openapi/schemas.ts';
import { createRedactor, type Redactor } from './formats/redaction/redactor.ts';
import { locateModule } from './formats/wasm/locate-module.ts';
import { createDeclaredTools, type DeclaredTools } from './gitops/declare/index.ts';
import { createOfflineMerger, type OfflineMerger } from './gitops/diff/merge-offline.ts';
import { affectedBy } from './gitops/discover/affected.ts';
import { createRenderers } from './gitops/render/index.ts';
import { offlineInputs } from './gitops/render/inputs.ts';
import { readTimePattern, reviewComment } from './gitops/report/comment.ts';
import { moduleWarmUps } from './gitops/validate/module-warm-ups.ts';
import { readPolicyFolder } from './gitops/validate/read-policies.ts';
import { createValidator, type ResourceValidator } from './gitops/validate/validate-resources.ts';
import { checkWarmer } from './gitops/validate/warm-checks.ts';
import { FairleadError } from './model/error.ts';
import type { JsonObject } from './model/json.ts';
import type { Settings } from './model/settings.ts';
import type { Tree } from './model/tree.ts';
import { createKnowledge } from './world/argocd/knowledge.ts';
import type { Cluster } from './world/cluster/cluster.ts';
import { type Clusters, createClusters } from './world/cluster/kubernetes/access/clusters.ts';
import { defaultKubeconfigPaths, type KubeconfigSource } from './world/cluster/kubernetes/kubeconfig.ts';
import { gitHubLimits } from './world/forge/github/limits.ts';
import { overlayTree } from './world/git/overlay.ts';
import type { SourceFetchers } from './world/sources/fetchers.ts';
import { installationKey } from './world/store/installation-key.ts';

/** Milliseconds one render may take. */
const renderDeadline = 6_000;

/** MiB one renderer may use. */
const renderMemory = 512;

/** Dry-runs of one review at a time. Beside webhooks more of them make a server slower to answer, and no sooner done (ADR 19). */
const dryRuns = { command: 32, server: 8 };

/** Milliseconds one check may take on one target. */
const checkDeadline = 20_000;

const sourceRoot = resolve(import.meta.dirname, '..');

/** Builds what the commands work with. Nothing is contacted, loaded or started before it is needed. */
export async function createServices(options: ServiceOptions): Promise<Services> {
  const redactor = createRedactor({ key: randomBytes(32) });
  const parts = createParts(options, redactor);
  const tools = await createTools(options, parts, redactor);
  const request = (run: PathRun): Promise<PathRequest> =>
    pathRequest({ ...run, environment: options.childEnvironment, settingsAt, declare: parts.declared.declare });
  const reading = { gitEnvironment: options.childEnvironment, settingsAt };
  return {
    review: (run) => {
      // Threads take as long to start as git takes to answer.
      for (const part of [parts.renderers, parts.validator]) part.start();
      return withRange({ ...run, ...reading }, (ranged) => review(ranged, tools, run.signal));
    },
    render: async (run) => renderAt(run, await request(run), tools),
    validate: async (run) => validatePath(await request(run), tools, run.signal),
    diff: async (run) => diffPath(await request(run), run.cluster, tools, run.signal),
    discover: async (run) => (await request(run)).applications,
    why: (run) =>
      withRange({ ...run, ...reading, clusters: [], environment: null }, (ranged) =>
        explain(run.app, ranged, tools, run.signal),
      ),
    post: (run) => post(run, redactor),
    serve: (run) => serve(run, options, { tools, redactor, parts }),
    comment: (result) =>
      redactor.text(reviewComment(result, { mask: redactor.text, limit: gitHubLimits.comment, fileUrl: null })),
    redact: redactor.text,
    close: parts.close,
  };
}

/** Names of the engines there are. */
export function engineNames(): readonly string[] {
  return engines.map(({ name }) => name);
}

interface Parts {
  readonly bundle: () => Promise<OpenApiBundle>;
  readonly renderers: ReturnType<typeof createRenderers>;
  readonly declared: DeclaredTools;
  readonly validator: ResourceValidator;
  /** The shipped ValidatingAdmissionPolicies and their bindings. */
  readonly policies: () => Promise<readonly JsonObject[]>;
  readonly clusters: Clusters;
  readonly merger: OfflineMerger;
  readonly close: () => Promise<void>;
}

function createParts(options: ServiceOptions, redactor: Redactor): Parts {
  const { cacheDir, clusters: entries = new Map(), routes } = options;
  const access = { kubeconfig: kubeconfigSource(options), entries, cacheDir, ...routes };
  const clusters = createClusters(access, redactor);
  const sources = createSources(options, { redactor, clusters });
  const fetchers: SourceFetchers = {
    fetchChart: async (wanted, signal) => (await sources.open()).chart(wanted, signal),
    fetchGit: async (wanted, signal) => (await sources.open()).git(wanted, signal),
    fetchFile: async (wanted, signal) => (await sources.open()).file(wanted, signal),
    fetchArtifact: async (wanted, signal) => (await sources.open()).artifact(wanted, signal),
  };
  const rendering = {
    modules: (name: Parameters<typeof locateModule>[0], signal: AbortSignal) =>
      locateModule(name, moduleOptions(options), signal),
    deadlineMs: renderDeadline,
    maxMemoryMb: renderMemory,
  };
  const renderers = createRenderers({ ...rendering, ...fetchers, workers: { kustomize: 1, helm: 1 } });
  const validator = createValidator({
    size: 1,
    deadlineMs: checkDeadline,
    policyModule: (signal) => locateModule('cel', moduleOptions(options), signal),
    learn: redactor.learn,
  });
  const merger = createOfflineMerger((signal) => rendering.modules('merge', signal));
  let loading: Promise<OpenApiBundle> | undefined;
  const bundle = () => (loading ??= loadBundle({ cacheDir: options.cacheDir }));
  const declared = createDeclaredTools({
    ...{ ...rendering, fetchers, learnSecret: redactor.learnSecret },
    ...{ knowledge: knowledgeOf(options, clusters), argocd: argocdApi(options, redactor) },
    renderer: renderers.renderer,
    inputs: async () => offlineInputs(apiVersionsOf(await bundle())),
  });
  let policies: Promise<readonly JsonObject[]> | undefined;
  return {
    policies: () => (policies ??= readPolicyFolder(join(sourceRoot, 'policies'))),
    bundle,
    renderers,
    declared,
    validator,
    clusters,
    merger,
    close: async () => {
      const all = [declared, renderers, validator, clusters, sources, merger];
      await Promise.all(all.map((part) => part.close()));
    },
  };
}

async function createTools(options: ServiceOptions, parts: Parts, redactor: Redactor): Promise<ReviewTools> {
  const key = await installationKey(options.key);
  const { merger } = parts;
  const bundle = await parts.bundle();
  const warmChecks = checkWarmer(parts);
  const offline = createSchemas((groupVersion) => bundle.document(groupVersion));
  return {
    affected: (question, signal) => affectedBy(question, signal, parts.declared.declare),
    declare: parts.declared.declare,
    rendererFor: parts.declared.renderer,
    warm: (names, kinds) => {
      parts.renderers.warm(names);
      if (names.size > 0) warmChecks(kinds);
    },
    validate: (resources, context, signal) => validate(parts, bundle, { resources, context, signal }),
    admit: parts.validator.admit,
    findLeaks: parts.validator.findLeaks,
    openCluster: (context) => openHandle(context, parts),
    capabilitiesOf: (name) => engineNamed(name).capabilities,
    engineFor: (name, cluster) => predictorFor(name, cluster, { redactor, concurrency: dryRuns.command, merger }),
    gitEngine: createGitEngine({ schemas: async () => offline, maskObject: redactor.maskObject }),
    learnSecret: redactor.learnSecret,
    redact: redactor.text,
    within: redactor.within(key),
    offlineApiVersions: apiVersionsOf(bundle),
    key,
    now: () => new Date(),
    progress: options.progress,
  };
}

async function validate(
  { validator, policies }: Pick<Parts, 'validator' | 'policies'>,
  bundle: OpenApiBundle,
  {
    resources,
    context,
    signal,
  }: { resources: Parameters<ReviewTools['validate']>[0]; context: ValidationContext; signal: AbortSignal },
): ReturnType<ReviewTools['validate']> {
  const { read, base, target } = context;
  const documents = read === null ? bundle.document : read.openapi.document;
  const kinds = { served: read?.discovery.resources ?? null, builtIn: bundle.kinds };
  const minor = read === null ? null : Number(/^v\d+\.(\d+)/.exec(read.kubeVersion)?.[1] ?? Number.NaN);
  const known = { base, policies: await policies(), minor: Number.isNaN(minor) ? null : minor };
  return validator.validate({ target, resources, documents, kinds, ...known }, signal);
}

async function openHandle(name: string, { clusters }: Parts): ReturnType<ReviewTools['openCluster']> {
  const { plan, namespace } = await clusters.open(name);
  return { cluster: plan, namespace };
}

function kubeconfigSource(options: ServiceOptions): KubeconfigSource {
  return { paths: defaultKubeconfigPaths({ KUBECONFIG: options.kubeconfig ?? undefined, HOME: options.home }) };
}

/** Throws `FairleadError` `unknown-engine`. */
function engineNamed(name: string): EngineDescriptor {
  const found = engines.find((engine) => engine.name === name);
  if (found !== undefined) return found;
  throw new FairleadError({
    code: 'unknown-engine',
    subject: name,
    message: `There is no engine ${name}.`,
    remedy: `Name one of ${engineNames().join(', ')}.`,
  });
}

async function predictorFor(
  name: string,
  cluster: Cluster,
  how: { readonly redactor: Redactor; readonly concurrency: number; readonly merger: OfflineMerger },
): ReturnType<ReviewTools['engineFor']> {
  return engineNamed(name).predictor({ cluster, schemas: await schemasOf(cluster), ...how });
}

async function schemasOf(cluster: Cluster): Promise<Schemas> {
  return createSchemas((await cluster.openapi(AbortSignal.timeout(30_000))).document);
}

/** What the tree's own `.fairlead.yaml` says; a broken one is a usage error in the terminal. */
async function settingsAt(tree: Tree, signal: AbortSignal): Promise<Settings> {
  const { loadSettings } = await import('./world/config/load-settings.ts');
  const context = { engines: engineNames(), clusters: null };
  const loaded = await loadSettings({ tree, commit: tree.id, signal, ...context });
  if (loaded.settings !== null) return loaded.settings;
  const { problemText } = await import('./world/config/problem.ts');
  const [first] = loaded.problems;
  throw new FairleadError({
    code: 'usage',
    subject: '.fairlead.yaml',
    message: first === undefined ? '.fairlead.yaml is broken' : problemText(first),
    remedy: 'Correct it; `fairlead config check` lists all that is wrong with it.',
  });
}

async function renderAt(run: RenderRun, request: PathRequest, tools: ReviewTools): ReturnType<Services['render']> {
  const files = new Map<string, Uint8Array>();
  for (const [index, name] of run.values.entries())
    files.set(`.fairlead-values/${index}-${basename(name)}`, await valuesFile(resolve(run.cwd, name), name));
  const choices = {
    app: run.app,
    releaseName: run.releaseName,
    namespace: run.namespace,
    valuesFiles: [...files.keys()],
    set: run.set,
  };
  return renderPath({ ...request, tree: overlayTree(request.tree, files) }, choices, tools, run.signal);
}

async function post(run: PostRun, redactor: Redactor): ReturnType<Services['post']> {
  const { createGitHubWithToken } = await import('./world/forge/github/token.ts');
  redactor.learn(run.token);
  const port = await createGitHubWithToken({
    token: run.token,
    repository: run.repository,
    baseUrl: run.apiUrl,
    now: () => new Date(),
    redact: redactor.text,
  });
  const body = redactor.text(
    reviewComment(run.review, {
      mask: redactor.text,
      limit: gitHubLimits.comment,
      fileUrl: (file, line) => port.fileUrl(run.review.head, file, line),
    }),
  );
  return port.ensureComment(run.pull, commentKey, body, readTimePattern);
}

async function serve(
  run: ServeRun,
  options: ServiceOptions,
  { tools, redactor, parts }: { readonly tools: ReviewTools; readonly redactor: Redactor; readonly parts: Parts },
): Promise<RunningServer> {
  const { startServing } = await import('./server/start.ts');
  return startServing(run, {
    environment: options.childEnvironment,
    logLevel: options.logLevel,
    logFormat: options.logFormat,
    review: {
      ...tools,
      engineFor: (name, cluster) =>
        predictorFor(name, cluster, { redactor, concurrency: dryRuns.server, merger: parts.merger }),
    },
    redactor,
    engineNames: engineNames(),
    clusters: toldClusters(run),
    applier: async (context) => (await parts.clusters.open(context)).apply,
    engine: (name, context) => engineNamed(name).engine({ ...context, merger: parts.merger }),
    schemasOf,
  });
}

function knowledgeOf(
  { argocd, routes }: ServiceOptions,
  { secrets }: Clusters,
): ReturnType<typeof createKnowledge> | null {
  if (argocd === undefined || !isRead(argocd, routes)) return null;
  return createKnowledge({ home: argocd, store: secrets, now: () => new Date() });
}

function moduleOptions(options: ServiceOptions): Parameters<typeof locateModule>[1] {
  return {
    cacheDir: options.cacheDir,
    builtDir: options.builtDir,
    sourceDir: join(sourceRoot, 'wasm'),
    warmUps: moduleWarmUps(join(sourceRoot, 'policies')),
    onProgress: options.notice,
    env: options.childEnvironment,
  };
}
