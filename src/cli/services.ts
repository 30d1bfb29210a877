import type { Why } from '../features/review/why.ts';
import type { FairleadError } from '../model/error.ts';
import type { Finding } from '../model/finding.ts';
import type { Redacted } from '../model/redacted.ts';
import type { Resource } from '../model/resource.ts';
import type { Review } from '../model/review.ts';
import type { GitHubCredentials, GitLabCredentials, NamedForge, ServerLimits } from '../model/server-settings.ts';
import type { Application } from '../model/target.ts';

/** What every command works with; made by the composition root when a command needs it. */
export interface Services {
  /** Reviews a range of commits of the repository at `cwd`. */
  readonly review: (run: ReviewRun) => Promise<Review>;
  /** Renders the application at a path. */
  readonly render: (run: RenderRun) => Promise<RenderOutcome>;
  /** Renders and validates everything at a path, without a cluster. */
  readonly validate: (run: PathRun) => Promise<ValidateOutcome>;
  /** What applying the files at a path would change in a cluster. */
  readonly diff: (run: PathRun & { readonly cluster: string }) => Promise<Review>;
  /** The applications of the repository at `cwd`. */
  readonly discover: (run: PathRun) => Promise<readonly Application[]>;
  /** Why a range of commits reviews the applications of a name, or why it does not. */
  readonly why: (run: WhyRun) => Promise<readonly Why[]>;
  /** Posts a review on the pull of a GitHub Actions job. Throws `BorderError`. */
  readonly post: (run: PostRun) => Promise<{ readonly url: string; readonly did: string }>;
  /** Starts the bot; resolves when it listens. */
  readonly serve: (run: ServeRun) => Promise<RunningServer>;
  /** The review as a comment for a forge. */
  readonly comment: (review: Review) => Redacted;
  /** Masks every secret value seen so far. */
  readonly redact: (text: string) => Redacted;
  readonly close: () => Promise<void>;
}

export interface ReviewRun {
  readonly cwd: string;
  /** `BASE..HEAD`, a single revision, or null for the default branch..HEAD. */
  readonly range: string | null;
  readonly clusters: readonly string[];
  readonly environment: string | null;
  /** Folders of clones whose applications take files of this repository; left out: none. */
  readonly usedBy?: readonly string[];
  readonly signal: AbortSignal;
}

export interface WhyRun extends Pick<ReviewRun, 'cwd' | 'range' | 'usedBy' | 'signal'> {
  /** A name, or `NAME@ENVIRONMENT`. */
  readonly app: string;
}

export interface PathRun {
  readonly cwd: string;
  /** Absolute, or relative to `cwd`. */
  readonly path: string;
  readonly kubeVersion: string | null;
  readonly signal: AbortSignal;
}

export interface RenderRun extends PathRun {
  /** Name of an application of the repository at the path, in place of what stands there; null: none. */
  readonly app: string | null;
  readonly releaseName: string | null;
  readonly namespace: string | null;
  readonly values: readonly string[];
  readonly set: readonly string[];
}

export interface RenderOutcome {
  readonly resources: readonly Resource[];
  readonly hooks: readonly Resource[];
  readonly findings: readonly Finding[];
}

export interface ValidateOutcome {
  readonly applications: number;
  readonly resources: number;
  readonly findings: readonly Finding[];
  /** Applications that could not be rendered, by name. */
  readonly failed: readonly string[];
}

export interface PostRun {
  readonly review: Review;
  readonly token: string;
  readonly apiUrl: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly pull: number;
}

export interface ServeRun {
  readonly clusters: readonly string[];
  readonly environment: string | null;
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** A PostgreSQL database, or null for SQLite in the data folder. */
  readonly databaseUrl?: string | null;
  /** Default `all`. */
  readonly role?: 'all' | 'web' | 'worker';
  /** Port of its own for `/metrics`; left out: the main one. */
  readonly metricsPort?: number | undefined;
  /** Milliseconds a server that stops still takes webhooks in while it says that it is not ready; left out: 0. */
  readonly linger?: number | undefined;
  /** What callers of the API show; left out or null: a token of the run's own, kept in the data folder. */
  readonly apiToken?: string | null;
  /** The GitHub App, or null. */
  readonly github: GitHubCredentials | null;
  /** The GitLab server, or null. */
  readonly gitlab: GitLabCredentials | null;
  /** More forges, by name. */
  readonly others?: readonly NamedForge[];
  /** Clusters it may reach that belong to no environment. */
  readonly told?: readonly string[];
  /** What repositories are restricted to; left out: nothing. */
  readonly limits?: ServerLimits;
  /** Which repositories use which, as `ServerSettings.usedBy`; left out: none. */
  readonly usedBy?: ReadonlyMap<string, readonly string[]>;
  /** How long things may take, in milliseconds; left out in production. */
  readonly pace?: Partial<
    Readonly<Record<'soak' | 'healthDeadline' | 'look' | 'driftEvery' | 'poll' | 'forgeWrites' | 'pushes', number>>
  >;
}

export interface RunningServer {
  readonly url: string;
  /** Fulfilled, with why, when the server can do nothing any more and is to be stopped. */
  readonly broken: Promise<FairleadError>;
  /** Stops intake, finishes or hands back running work, closes everything. */
  readonly stop: () => Promise<void>;
}
