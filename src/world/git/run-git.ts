import { FairleadError } from '../../model/error.ts';
import { type ProcessResult, type RunProcess, runProcess } from '../../tools/process.ts';

/** The variables of the caller's environment that git may see; the rest is left out. */
export type GitEnvironment = Readonly<Record<string, string | undefined>>;

/** One git command. */
export interface GitCall {
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
  readonly maxOutputBytes?: number;
  /** Protocols it may speak, as GIT_ALLOW_PROTOCOL spells them; none by default, so that nothing is ever fetched in passing. */
  readonly protocols?: string;
  /** Configuration that must not stand in an argument. */
  readonly secretConfig?: Readonly<Record<string, string>>;
}

/** Runs git in one repository with everything off that could run code or read configuration from elsewhere. */
export interface Git {
  /** Folder git runs in. */
  readonly folder: string;
  run(call: GitCall): Promise<ProcessResult>;
  /** Arguments and environment for a process that is kept. */
  command(args: readonly string[]): { readonly args: readonly string[]; readonly env: GitEnvironment };
}

/** What git is started with. */
export interface GitOptions {
  /** The caller's environment; git sees PATH, proxies and certificate files of it. */
  readonly environment?: GitEnvironment;
  /** What starts processes; by default we do ourselves. */
  readonly run?: RunProcess;
}

/** Git for a folder. The repository is found from there unless `gitDir` names it. */
export function gitIn(
  folder: string,
  { environment = {}, run = runProcess }: GitOptions,
  gitDir: string | null = null,
): Git {
  const base = { ...pickEnvironment(environment), ...pinned, ...(gitDir === null ? {} : { GIT_DIR: gitDir }) };
  const command = (args: readonly string[]) => ({ args: [...overrides, ...args], env: base });
  return {
    folder,
    command,
    run: (call) =>
      run({
        command: 'git',
        args: command(call.args).args,
        cwd: folder,
        env: { ...base, ...configEnvironment(call.secretConfig ?? {}), GIT_ALLOW_PROTOCOL: call.protocols ?? 'none' },
        signal: call.signal,
        deadlineMs: call.deadlineMs,
        maxOutputBytes: call.maxOutputBytes ?? 16 * 1024 * 1024,
        // What speaks to a server is a child of git: it would wait for that server after git itself was ended.
        ...(call.protocols === undefined ? {} : { leadsGroup: true }),
      }),
  };
}

/** A git command that failed for no reason we know. `stderr` must be free of secrets. */
export function gitFailed(what: string, subject: string, stderr: string): FairleadError {
  const reason = lastLines(stderr);
  return new FairleadError({
    code: 'git-failed',
    message: `${what} failed in ${subject}${reason === '' ? '.' : `: ${reason}`}`,
    subject,
    remedy: 'Run git fsck there; if the repository is sound, report this message.',
  });
}

/** The end of what git said, on one line. */
export function lastLines(stderr: string): string {
  return stderr.trim().split('\n').slice(-2).join(' ').slice(0, 400);
}

const passed = [
  ...['PATH', 'TMPDIR', 'SYSTEMROOT', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAINFO'],
];

function pickEnvironment(environment: GitEnvironment): GitEnvironment {
  const picked = passed.filter((name) => environment[name] !== undefined).map((name) => [name, environment[name]]);
  return { PATH: '/usr/local/bin:/usr/bin:/bin', ...Object.fromEntries(picked) };
}

/** No configuration but the repository's own, no prompts, no replaced objects, messages in English. */
const pinned: GitEnvironment = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  LC_ALL: 'C',
};

/** What stands in a repository's own configuration and could run a program is overruled. */
const overrides = [
  ...['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', '-c', 'core.attributesFile=/dev/null'],
  ...['-c', 'core.askPass=', '-c', 'credential.helper=', '-c', 'submodule.recurse=false', '-c', 'gc.autoDetach=false'],
  ...['-c', 'protocol.ext.allow=never', '-c', 'http.followRedirects=false'],
];

function configEnvironment(config: Readonly<Record<string, string>>): GitEnvironment {
  const entries = Object.entries(config);
  if (entries.length === 0) return {};
  const pairs = entries.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(entries.length), ...Object.fromEntries(pairs) };
}
