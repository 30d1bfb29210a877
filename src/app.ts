import { randomBytes } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import type { ServiceOptions } from './cli/context.ts';
import type { PathRun, PostRun, RenderRun, ReviewRun, RunningServer, ServeRun, Services } from './cli/services.ts';
import { engines } from './engines/index.ts';
import { createGitEngine } from './features/review/git-engine.ts';
import { diffPath, type PathRequest, renderPath, validatePath } from './features/review/path.ts';
import { pathRequest, valuesFile } from './features/review/path-request.ts';
import { commentKey } from './features/review/pull.ts';
import { requestForRange } from './features/review/range.ts';
import type { ReviewTools, ValidationContext } from './features/review/request.ts';
import { review } from './features/review/review.ts';
import type { OpenApiBundle } from './formats/openapi/bundle.ts';
import { loadBundle } from './formats/openapi/bundle-cache.ts';
import { createSchemas } from './formats/openapi/schemas.ts';
import { createRedactor, type Redactor } from './formats/redaction/redactor.ts';
import { locateModule } from './formats/wasm/locate-module.ts';
import { affectedBy } from './gitops/discover/affected.ts';
import { createRenderers } from './gitops/render/index.ts';
import { readTimePattern, reviewComment } from './gitops/report/comment.ts';
import { createValidator, type ResourceValidator } from './gitops/validate/validate-resources.ts';
import { contextsOf, parseClusterMap } from './model/cluster-map.ts';
import type { Cluster } from './world/cluster/cluster.ts';
import {
  defaultKubeconfigPaths,
  type KubeconfigSource,
  readKubeconfig,
} from './world/cluster/kubernetes/kubeconfig.ts';
import { openCluster } from './world/cluster/kubernetes/open-cluster.ts';
import { gitHubLimits } from './world/forge/github/github.ts';
import { createMirrors } from './world/git/mirrors.ts';
import { overlayTree } from './world/git/overlay.ts';
import { openRepository } from './world/git/repository.ts';
import { installationKey, ownKey } from './world/store/installation-key.ts';

/** Milliseconds one render may take. */
const renderDeadline = 2_600;

/** MiB one renderer may use. */
const renderMemory = 512;

/** Milliseconds one check may take on one target. */
const checkDeadline = 20_000;

const sourceRoot = resolve(import.meta.dirname, '..');

/** Builds what the commands work with. Nothing is contacted, loaded or started before it is needed. */
export async function createServices(options: ServiceOptions): Promise<Services> {
  const redactor = createRedactor({ key: randomBytes(32) });
  const parts = createParts(options);
  const tools = await createTools(options, parts, redactor);
  const request = (run: PathRun): Promise<PathRequest> =>
    pathRequest({ ...run, environment: options.childEnvironment });
  return {
    review: (run) => reviewRange(run, options, tools),
    render: async (run) => renderAt(run, await request(run), tools),
    validate: async (run) => validatePath(await request(run), tools, run.signal),
    diff: async (run) => diffPath(await request(run), run.cluster, tools, run.signal),
    discover: async (run) => (await request(run)).applications,
    post: (run) => post(run, redactor),
    serve: (run) => startServing(run, options, { tools, redactor }),
    comment: (result) => redactor.text(reviewComment(result, { limit: gitHubLimits.comment, fileUrl: null })),
    redact: redactor.text,
    close: parts.close,
  };
}

interface Parts {
  readonly bundle: () => Promise<OpenApiBundle>;
  readonly renderers: ReturnType<typeof createRenderers>;
  readonly validator: ResourceValidator;
  readonly clusters: Map<string, Promise<Cluster>>;
  readonly close: () => Promise<void>;
}

function createParts(options: ServiceOptions): Parts {
  const renderers = createRenderers({
    modules: (name, signal) => locateModule(name, moduleOptions(options), signal),
    workers: { kustomize: 1, helm: 1 },
    deadlineMs: renderDeadline,
    maxMemoryMb: renderMemory,
  });
  const validator = createValidator({ size: 1, deadlineMs: checkDeadline });
  const clusters = new Map<string, Promise<Cluster>>();
  let bundle: Promise<OpenApiBundle> | undefined;
  return {
    bundle: () => (bundle ??= loadBundle({ cacheDir: options.cacheDir })),
    renderers,
    validator,
    clusters,
    close: async () => {
      const opened = await Promise.allSettled(clusters.values());
      const closing = opened.map((result) => (result.status === 'fulfilled' ? result.value.close() : undefined));
      await Promise.all([renderers.close(), validator.close(), ...closing]);
    },
  };
}

async function createTools(options: ServiceOptions, parts: Parts, redactor: Redactor): Promise<ReviewTools> {
  const key = await installationKey(options.key);
  const bundle = await parts.bundle();
  const offline = createSchemas((groupVersion) => bundle.document(groupVersion));
  return {
    affected: affectedBy,
    rendererFor: (name) => parts.renderers.renderer(name),
    warm: parts.renderers.warm,
    validate: (resources, context, signal) => validate(parts.validator, bundle, { resources, context, signal }),
    openCluster: (context) => openHandle(context, options, { parts, redactor }),
    engineFor: (cluster) => applyEngine(cluster, redactor),
    gitEngine: createGitEngine({ schemas: async () => offline, maskObject: redactor.maskObject }),
    learnSecret: redactor.learnSecret,
    offlineApiVersions: apiVersionsOf(bundle),
    key,
    now: () => new Date(),
    progress: options.progress,
  };
}

function validate(
  validator: ResourceValidator,
  bundle: OpenApiBundle,
  {
    resources,
    context,
    signal,
  }: { resources: Parameters<ReviewTools['validate']>[0]; context: ValidationContext; signal: AbortSignal },
): ReturnType<ReviewTools['validate']> {
  const { read } = context;
  const documents = read === null ? bundle.document : read.openapi.document;
  const kinds = { served: read?.discovery.resources ?? null, builtIn: bundle.kinds };
  return validator.validate({ target: context.target, resources, documents, kinds }, signal);
}

async function openHandle(
  context: string,
  options: ServiceOptions,
  { parts, redactor }: { readonly parts: Parts; readonly redactor: Redactor },
): ReturnType<ReviewTools['openCluster']> {
  const kubeconfig = kubeconfigSource(options);
  const { contexts } = await readKubeconfig(kubeconfig);
  const opened = parts.clusters.get(context) ?? openCluster({ kubeconfig, context, redactor });
  parts.clusters.set(context, opened);
  return { cluster: await opened, namespace: contexts.find(({ name }) => name === context)?.namespace ?? 'default' };
}

function kubeconfigSource(options: ServiceOptions): KubeconfigSource {
  return { paths: defaultKubeconfigPaths({ KUBECONFIG: options.kubeconfig ?? undefined, HOME: options.home }) };
}

async function applyEngine(cluster: Cluster, redactor: Redactor): ReturnType<ReviewTools['engineFor']> {
  const descriptor = engines.find(({ name }) => name === 'apply');
  if (descriptor === undefined) throw new Error('the engine apply is registered');
  const create = await descriptor.load();
  const openapi = await cluster.openapi(AbortSignal.timeout(30_000));
  return create({ cluster, schemas: createSchemas(openapi.document), redactor, manager: 'fairlead', concurrency: 32 });
}

/** What a cluster of the bundled version would say: Helm's `.Capabilities.APIVersions` without a cluster. */
function apiVersionsOf(bundle: OpenApiBundle): readonly string[] {
  const groupVersions = bundle.kinds.map(({ group, version }) => (group === '' ? version : `${group}/${version}`));
  const kinds = bundle.kinds.map(({ kind }, index) => `${groupVersions[index] ?? ''}/${kind}`);
  return [...new Set([...groupVersions, ...kinds])].sort();
}

async function reviewRange(
  run: ReviewRun,
  options: ServiceOptions,
  tools: ReviewTools,
): ReturnType<Services['review']> {
  const repository = await openRepository({ path: run.cwd, signal: run.signal, environment: options.childEnvironment });
  try {
    const clusters = parseClusterMap(run.clusters);
    const request = await requestForRange(
      { range: run.range, clusters, environment: run.environment },
      repository,
      run.signal,
    );
    return await review(request, tools, run.signal);
  } finally {
    await repository.close();
  }
}

async function renderAt(run: RenderRun, request: PathRequest, tools: ReviewTools): ReturnType<Services['render']> {
  const files = new Map<string, Uint8Array>();
  for (const [index, name] of run.values.entries())
    files.set(`.fairlead-values/${index}-${basename(name)}`, await valuesFile(resolve(run.cwd, name), name));
  const choices = {
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
      limit: gitHubLimits.comment,
      fileUrl: (file, line) => port.fileUrl(run.review.head, file, line),
    }),
  );
  return port.ensureComment(run.pull, commentKey, body, readTimePattern);
}

async function startServing(
  run: ServeRun,
  options: ServiceOptions,
  { tools, redactor }: { readonly tools: ReviewTools; readonly redactor: Redactor },
): Promise<RunningServer> {
  const [{ startBot }, { createGitHub }, { pino }] = await Promise.all([
    import('./server/bot.ts'),
    import('./world/forge/github/github.ts'),
    import('pino'),
  ]);
  const { github } = run;
  for (const secret of [github.privateKey, ...github.webhookSecrets]) redactor.learn(secret);
  const logger = pino({ level: options.logLevel }, pino.destination({ dest: 1, sync: true }));
  const now = (): Date => new Date();
  const forge = createGitHub({
    appId: Number(github.appId),
    privateKey: github.privateKey,
    webhookSecrets: github.webhookSecrets,
    ...(github.baseUrl === null ? {} : { baseUrl: github.baseUrl }),
    logger,
    now,
    redact: redactor.text,
  });
  const mirrors = createMirrors(join(run.dataDir, 'mirrors'), { environment: options.childEnvironment });
  const key = tools.key ?? (await ownKey(run.dataDir));
  const clusters = parseClusterMap(run.clusters);
  // A misspelt context is told at the start, not in the comment of the first pull.
  await Promise.all(contextsOf(clusters).map(tools.openCluster));
  const bot = await startBot({
    host: run.host,
    port: run.port,
    logger,
    pulls: {
      forge,
      mirror: (repo) => mirrors.open(`${forge.name}-${repo.id}`),
      review: { ...tools, key, progress: (line) => logger.debug(line) },
      clusters,
      environment: run.environment,
      mode: 'observe',
      redact: redactor.text,
    },
  });
  return {
    url: bot.url,
    stop: async () => {
      await bot.close();
      await mirrors.close();
    },
  };
}

function moduleOptions(options: ServiceOptions): Parameters<typeof locateModule>[1] {
  return {
    cacheDir: options.cacheDir,
    builtDir: options.builtDir,
    sourceDir: join(sourceRoot, 'wasm'),
    onProgress: options.notice,
    env: options.childEnvironment,
  };
}
