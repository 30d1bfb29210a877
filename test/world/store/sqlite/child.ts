import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { until } from '../../../support/until.ts';

const script = fileURLToPath(new URL('./store-child.ts', import.meta.url));

/** A process with the store, and what it said. */
export interface StoreChild {
  readonly process: ChildProcess;
  readonly ended: Promise<void>;
  /** What it said after the word, in order. */
  said(word: string): readonly string[];
  untilSaid(word: string, count: number): Promise<void>;
}

export function startChild(mode: 'hold' | 'work' | 'race', path: string, name = ''): Promise<StoreChild> {
  return startScript(script, [mode, path, name]);
}

/** Runs a script that says `ready` once it is; what it says is one word and its facts a line. */
export async function startScript(file: string, parameters: readonly string[]): Promise<StoreChild> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...parameters], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const said = (word: string): readonly string[] =>
    text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line === word || line.startsWith(`${word} `))
      .map((line) => line.slice(word.length + 1));
  const untilSaid = async (word: string, count: number): Promise<void> => {
    await until(`${count} times "${word}"`, () => (said(word).length >= count ? true : undefined), 20_000);
  };
  await untilSaid('ready', 1);
  return { process: child, ended, said, untilSaid };
}

export async function killChild(child: StoreChild): Promise<void> {
  child.process.kill('SIGKILL');
  await child.ended;
}
