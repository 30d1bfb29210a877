import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandContext, serviceOptions } from '../../../src/cli/context.ts';
import { setUpGitHub } from '../../../src/cli/setup/github.ts';
import type { SetupFlags } from '../../../src/cli/setup/plan.ts';
import { type PretendGitHub, startGitHub } from '../../../src/pretend/github/github.ts';
import { until } from '../../support/until.ts';
import { appYaml, fast } from '../../world/forge/github/setup.ts';

/** A pretend GitHub, and a folder for what the command writes. */
export interface SetupStage {
  readonly github: PretendGitHub;
  /** Points the command at the pretend GitHub. */
  readonly environment: Readonly<Record<string, string>>;
  readonly out: string;
  /** Lets time go by for the pretend GitHub, in milliseconds. */
  pass(time: number): void;
  /** How often a code was exchanged, or tried to be. */
  exchanges(): number;
  stop(): Promise<void>;
}

export async function openSetupStage(): Promise<SetupStage> {
  const dir = mkdtempSync(join(tmpdir(), 'fairlead-test-setup-'));
  const [repositories, out] = [join(dir, 'github'), join(dir, 'out')];
  mkdirSync(repositories);
  let passed = 0;
  const now = () => new Date(Date.now() + passed);
  const github = await startGitHub({ appYaml, now, dir: repositories });
  return {
    github,
    environment: { GHE_HOST: new URL(github.apiUrl).host, GHE_PROTOCOL: 'http' },
    out,
    pass: (time) => {
      passed += time;
    },
    exchanges: () => github.requests.filter(({ path }) => path.startsWith('/app-manifests/')).length,
    stop: async () => {
      await github.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The command while it runs in this process. */
export interface SetupRun {
  /** Address of its page. */
  readonly page: string;
  /** All that the terminal was told. */
  said(): string;
  interrupt(): void;
  /** The exit code, once it ended. */
  readonly ended: Promise<number>;
}

/** Starts `fairlead setup github` in this process; a call may take `deadline` milliseconds. */
export async function startSetup(
  { environment, out }: Pick<SetupStage, 'environment' | 'out'>,
  { flags = {}, deadline = fast.deadline }: { readonly flags?: Partial<SetupFlags>; readonly deadline?: number } = {},
): Promise<SetupRun> {
  const said: string[] = [];
  const abort = new AbortController();
  let code = 0;
  const terminal = {
    out: (text: string) => void said.push(text),
    err: (line: string) => void said.push(line),
    progress: () => undefined,
    paint: (_colour: unknown, text: string) => text,
  };
  const unused = () => Promise.reject(new Error('setup needs no services'));
  const context: CommandContext = {
    environment,
    terminal,
    manifest: (text) => void said.push(text),
    options: serviceOptions(environment, terminal),
    signal: abort.signal,
    services: unused,
    createServices: unused,
    engineNames: unused,
    exit: (value) => {
      code = value;
    },
  };
  const running = setUpGitHub({ port: '0', host: '127.0.0.1', out, ...flags }, context, { ...fast, deadline });
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  running.then(over, over);
  const page = await until('the page', () => (isOver ? null : /Open (\S+)/.exec(said.join('\n'))?.[1]));
  // What kept it from beginning is thrown here.
  if (page === null) return running.then(() => Promise.reject(new Error('it ended at once')));
  return { page, said: () => said.join('\n'), interrupt: () => abort.abort(), ended: running.then(() => code) };
}

/** A page as a browser has it. */
export interface Shown {
  readonly status: number;
  readonly text: string;
}

export async function load(url: string): Promise<Shown> {
  const answer = await fetch(url);
  return { status: answer.status, text: await answer.text() };
}

/** Presses the button of the page, and gives the address GitHub leads back to. */
export async function press(page: string): Promise<string> {
  const { text } = await load(page);
  const [, action = ''] = /<form method="post" action="([^"]+)">/.exec(text) ?? [];
  const [, manifest = ''] = /name="manifest" value="([^"]+)"/.exec(text) ?? [];
  const body = new URLSearchParams({ manifest: unescaped(manifest) });
  const answer = await fetch(unescaped(action), { method: 'POST', body, redirect: 'manual' });
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`${answer.status}: ${await answer.text()}`);
  return location;
}

function unescaped(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}

/** What of the stage must never be shown: the lines of every key, and each secret and code. */
export function secretsOf({ github }: SetupStage, callback: string): readonly string[] {
  const { privateKey } = github.app;
  const code = new URL(callback).searchParams.get('code') ?? '';
  return [...privateKey.trim().split('\n'), code, ...github.madeApps().map(({ webhookSecret }) => webhookSecret)];
}

/** Names in the folder, where there is one. */
export function filesOf({ out }: Pick<SetupStage, 'out'>): readonly string[] {
  try {
    return readdirSync(out).toSorted();
  } catch {
    // It was never made.
    return [];
  }
}

export const read = ({ out }: Pick<SetupStage, 'out'>, name: string): string => readFileSync(join(out, name), 'utf8');
