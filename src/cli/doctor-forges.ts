import { pino } from 'pino';
import type { Probe } from '../features/doctor/diagnosis.ts';
import { teller } from '../features/doctor/diagnosis.ts';
import type { AppNeeds } from '../features/doctor/judge-forge.ts';
import { forgeProbes } from '../features/doctor/probe-forge.ts';
import { usedByProbes } from '../features/doctor/probe-used-by.ts';
import type { Redactor } from '../formats/redaction/redactor.ts';
import type { NamedForge } from '../model/server-settings.ts';
import type { Forge } from '../world/forge/forge.ts';
import type { ForgeInspector } from '../world/forge/inspect.ts';
import { readAppYml } from './app-yml.ts';
import { variableForges } from './forge-settings.ts';
import type { ServerConfiguration } from './server-configuration.ts';

/** A forge the doctor looks at. */
export interface DoctorForge {
  readonly name: string;
  /** Throws `FairleadError` `weak-webhook-secret`, `bad-private-key`. */
  readonly open: () => Promise<Forge>;
  readonly inspector: () => Promise<ForgeInspector>;
  readonly probes: readonly Probe[];
}

/** The forges of variables and file. Throws `FairleadError` `usage` when credentials are missing. */
export async function doctorForges(
  { environment, others, settings: { usedBy } }: ServerConfiguration,
  { redactor, now }: { readonly redactor: Redactor; readonly now: () => Date },
): Promise<readonly DoctorForge[]> {
  const { github, gitlab } = await variableForges(environment, { hasOthers: others.length > 0 });
  const all: readonly NamedForge[] = [
    ...(github === null ? [] : [{ kind: 'github', name: 'github', ...github } as const]),
    ...(gitlab === null ? [] : [{ kind: 'gitlab', name: 'gitlab', ...gitlab } as const]),
    ...others,
  ];
  const needs = appNeeds();
  return all.map((forge) => {
    for (const secret of secretsOf(forge)) redactor.learn(secret);
    const errors = { now, redact: redactor.text };
    const inspector = () => inspectorOf(forge, errors);
    const open = () => openForge(forge, errors);
    const known = { name: forge.name, inspector };
    const { name } = forge;
    const repositories = async () => (await open()).repositories();
    const users = usedByProbes({ name, isOnly: all.length === 1, usedBy, repositories });
    return { ...known, open, probes: [secretProbe(name, open), ...forgeProbes(known, { needs, now }), ...users] };
  });
}

function secretsOf(forge: NamedForge): readonly string[] {
  return forge.kind === 'github'
    ? [forge.privateKey, ...forge.webhookSecrets]
    : [forge.token, ...forge.webhookSecrets, ...forge.signingSecrets];
}

type Errors = Parameters<typeof import('../world/forge/github/inspect.ts')['inspectGitHub']>[2];

async function inspectorOf(forge: NamedForge, errors: Errors): Promise<ForgeInspector> {
  if (forge.kind === 'github')
    return (await import('../world/forge/github/inspect.ts')).inspectGitHub(forge.name, forge, errors);
  return (await import('../world/forge/gitlab/inspect.ts')).inspectGitLab(forge.name, forge, errors);
}

async function openForge(forge: NamedForge, { now, redact }: Errors): Promise<Forge> {
  const common = { name: forge.name, now, redact, logger: pino({ level: 'silent' }) };
  if (forge.kind === 'gitlab')
    return (await import('../world/forge/gitlab/gitlab.ts')).createGitLab({ ...forge, ...common });
  const { appId, baseUrl, ...credentials } = forge;
  const address = baseUrl === null ? {} : { baseUrl };
  return (await import('../world/forge/github/github.ts')).createGitHub({
    ...credentials,
    ...common,
    ...address,
    appId: Number(appId),
  });
}

/** A forge is not even opened with a secret that could be guessed. */
function secretProbe(name: string, open: () => Promise<Forge>): Probe {
  const [area, check] = [`forge ${name}`, 'secrets'];
  return {
    area,
    check,
    look: async () => {
      await open();
      return [teller(area, check).ok('strong enough, and the key can be read')];
    },
  };
}

function appNeeds(): AppNeeds {
  const { default_permissions: permissions, default_events: events } = readAppYml();
  return { permissions, events };
}
