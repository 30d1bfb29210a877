import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { pino } from 'pino';
import type { Redacted } from '../../../../src/model/redacted.ts';
import { type PretendGitHub, startGitHub } from '../../../../src/pretend/github/github.ts';
import type { PretendRepository } from '../../../../src/pretend/github/repository.ts';
import type { Forge, RepoPort } from '../../../../src/world/forge/forge.ts';
import type { Pace } from '../../../../src/world/forge/github/client.ts';
import { createGitHub } from '../../../../src/world/forge/github/github.ts';

export const webhookSecret = 'b3f1c2d4e5a697887766554433221100';

/** No pauses: what waits is tested where waiting is the matter. */
export const fast: Pace = { write: 0, notify: 0, retry: 1, deadline: 30_000 };

export const appYaml = readFileSync(new URL('../../../../app.yml', import.meta.url), 'utf8');

/** Tests know that their texts hold no secret. */
export const redacted = (text: string) => text as Redacted;

export const quiet = pino({ level: 'silent' });

export interface Stage {
  readonly github: PretendGitHub;
  readonly repo: PretendRepository;
  readonly forge: Forge;
  readonly port: RepoPort;
  readonly dir: string;
  /** A second adapter without the memory of the first, as after a restart. */
  restart(): Promise<RepoPort>;
  stop(): Promise<void>;
}

// A test that fails may leave its stage open, and an open server keeps the run from ending.
const opened = new Set<Stage>();
afterAll(async () => {
  for (const stage of opened) await stage.stop();
});

/** A pretend GitHub with one repository, and the adapter talking to it. */
export async function openStage(changes: { appYaml?: string; pace?: Pace; now?: () => Date } = {}): Promise<Stage> {
  const dir = mkdtempSync(join(tmpdir(), 'fairlead-github-'));
  const github = await startGitHub({
    appYaml: changes.appYaml ?? appYaml,
    now: changes.now ?? (() => new Date()),
    dir,
  });
  const repo = await github.createRepo({ owner: 'acme', name: 'gitops' });
  const create = () =>
    createGitHub({
      appId: github.app.id,
      privateKey: github.app.privateKey,
      webhookSecrets: [webhookSecret],
      baseUrl: github.apiUrl,
      logger: quiet,
      now: () => new Date(),
      redact: (text) => text,
      pace: changes.pace ?? fast,
    });
  const forge = create();
  const ref = { forge: 'github', id: repo.id, fullName: repo.fullName, installation: repo.installation };
  const port = await forge.repo(ref);
  const stop = async () => {
    if (!opened.delete(stage)) return;
    await github.close();
    rmSync(dir, { recursive: true, force: true });
  };
  const stage = { github, repo, forge, port, dir, restart: () => create().repo(ref), stop };
  opened.add(stage);
  return stage;
}

/** Opens a pull that changes one file. */
export async function openPull(
  repo: PretendRepository,
  changes: { fork?: boolean; files?: Record<string, string> } = {},
) {
  await repo.commit('topic', changes.files ?? { 'apps/web.yaml': 'kind: Service\n' }, 'Change web');
  return repo.openPull({ title: 'Change web', author: 'mona', head: 'topic', fork: changes.fork ?? false });
}
