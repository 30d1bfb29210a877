import { refusal } from '../../gitops/report/answers.ts';
import type { Settings } from '../../model/settings.ts';
import type { RepoPort, Role } from '../../world/forge/forge.ts';
import type { Command, CommandArgs } from './command.ts';

/** From the least to the most. */
const roles: readonly Role[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

/** Most teams asked for. */
const teamLimit = 10;

/**
 * Why somebody may not ask for a command (Markdown), or null when they may. Asked of the forge at the time it is carried out: what
 * counts is who sent it and what they may do now.
 */
export async function authorise(
  { command, args, typed }: { readonly command: Command; readonly args: CommandArgs; readonly typed: string },
  actor: string,
  { port, settings }: { readonly port: Pick<RepoPort, 'roleOf' | 'isMember'>; readonly settings: Settings },
): Promise<string | null> {
  const role = command.role(settings, args);
  const teams = command.teams(settings, args).slice(0, teamLimit);
  const has = await port.roleOf(actor);
  const mayDo =
    roles.indexOf(has) >= roles.indexOf(role) && (teams.length === 0 || (await isInOne(port, actor, teams)));
  return mayDo ? null : refusal({ command: typed, actor, role, has, teams });
}

async function isInOne(port: Pick<RepoPort, 'isMember'>, actor: string, teams: readonly string[]): Promise<boolean> {
  for (const team of teams) if (await port.isMember(actor, team)) return true;
  return false;
}
