import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { pino } from 'pino';
import type { Redacted } from '../../../../src/model/redacted.ts';
import { type PretendGitLab, startGitLab } from '../../../../src/pretend/gitlab/gitlab.ts';
import type { PretendProject } from '../../../../src/pretend/gitlab/project.ts';
import type { Forge, RepoPort } from '../../../../src/world/forge/forge.ts';
import { createGitLab } from '../../../../src/world/forge/gitlab/gitlab.ts';
import type { Pace } from '../../../../src/world/forge/gitlab/sender.ts';

export const webhookSecret = 'b3f1c2d4e5a697887766554433221100';
export const signingSecret = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;

/** The user behind the bot's project access token. */
export const bot = 'project_7_bot_4f2a';

/** A group that exists and has nobody in it. */
export const team = 'acme/platform';

/** No pauses: what waits is tested where waiting is the matter. */
export const fast: Pace = { write: 0, retry: 1, deadline: 30_000, patience: 5000, settle: 1 };

/** Tests know that their texts hold no secret. */
export const redacted = (text: string) => text as Redacted;

export const quiet = pino({ level: 'silent' });

export interface Stage {
  readonly gitlab: PretendGitLab;
  readonly project: PretendProject;
  readonly forge: Forge;
  readonly port: RepoPort;
  readonly dir: string;
  /** A second adapter with a memory of its own, as after a restart. */
  restart(): Promise<RepoPort>;
  stop(): Promise<void>;
}

// A test that fails may leave its stage open, and an open server keeps the run from ending.
const opened = new Set<Stage>();
afterAll(async () => {
  for (const stage of opened) await stage.stop();
});

/** A pretend GitLab with one project, and the adapter talking to it as a developer. */
export async function openStage(changes: { pace?: Pace; level?: number; now?: () => Date } = {}): Promise<Stage> {
  const dir = mkdtempSync(join(tmpdir(), 'fairlead-gitlab-'));
  const gitlab = await startGitLab({ now: changes.now ?? (() => new Date()), dir });
  gitlab.hooks.secure({ token: webhookSecret });
  gitlab.createGroup(team);
  const project = await gitlab.createProject({ fullName: 'acme/gitops' });
  project.setLevel(bot, changes.level ?? 40);
  const token = gitlab.accessToken(bot);
  const ref = { forge: 'gitlab', id: project.id, fullName: project.fullName, installation: null };
  const create = () =>
    createGitLab({
      url: gitlab.url,
      token,
      webhookSecrets: [webhookSecret],
      signingSecrets: [signingSecret],
      logger: quiet,
      now: changes.now ?? (() => new Date()),
      redact: (text) => text,
      pace: changes.pace ?? fast,
    });
  const forge = create();
  const port = await forge.repo(ref);
  const stop = async () => {
    if (!opened.delete(stage)) return;
    await gitlab.close();
    rmSync(dir, { recursive: true, force: true });
  };
  const stage = { gitlab, project, forge, port, dir, restart: () => create().repo(ref), stop };
  opened.add(stage);
  return stage;
}

/** Opens a pull that changes one file. */
export async function openPull(project: PretendProject, changes: { fork?: boolean; head?: string } = {}) {
  const { head = 'topic', fork = false } = changes;
  await project.commit(head, { [`apps/${head}.yaml`]: 'kind: Service\n' });
  return project.openPull({ title: 'Change web', author: 'mona', head, fork });
}
