/** What an Application's source may refer to as `$ARGOCD_APP_…`, by name. */
export type BuildEnvironment = ReadonlyMap<string, string>;

/** What the variables are made of. */
export interface EnvironmentFacts {
  /** As Argo CD names it: `namespace_name` outside the controller's own namespace. */
  readonly instanceName: string;
  /** The destination's. */
  readonly namespace: string;
  readonly project: string;
  /** What the source's revision is resolved to, a commit id with Git. */
  readonly revision: string;
  readonly repoURL: string;
  readonly path: string;
  readonly targetRevision: string;
}

/** The variables of a source (Argo CD 3.5, reposerver/repository `newEnv`). */
export function buildEnvironment(facts: EnvironmentFacts): BuildEnvironment {
  return new Map([
    ['ARGOCD_APP_NAME', facts.instanceName],
    ['ARGOCD_APP_NAMESPACE', facts.namespace],
    ['ARGOCD_APP_PROJECT_NAME', facts.project],
    ['ARGOCD_APP_REVISION', facts.revision],
    ['ARGOCD_APP_REVISION_SHORT', facts.revision.slice(0, 7)],
    ['ARGOCD_APP_REVISION_SHORT_8', facts.revision.slice(0, 8)],
    ['ARGOCD_APP_SOURCE_REPO_URL', facts.repoURL],
    ['ARGOCD_APP_SOURCE_PATH', facts.path],
    ['ARGOCD_APP_SOURCE_TARGET_REVISION', facts.targetRevision],
  ]);
}

/**
 * Puts variables into a text by the rules of Go's `os.Expand`: `$NAME`, `${NAME}`, an unknown one is empty, `$$` is a dollar
 * sign, and `${` that is never closed vanishes.
 */
export function substitute(text: string, environment: BuildEnvironment): string {
  return text.replace(reference, (whole, braced?: string, open?: string, plain?: string) => {
    if (open !== undefined || braced === '') return '';
    const name = braced ?? plain ?? '';
    if (name === '') return whole;
    return name === '$' ? '$' : (environment.get(name) ?? '');
  });
}

// A name within braces is bounded, so that braces that never close cost little.
const reference = /\$(?:\{([^}]{0,500})\}|(\{)|([*#$@!?0-9-]|[A-Za-z_][A-Za-z0-9_]*)?)/g;
