import type { AccountFacts, HookFacts, VersionFacts } from '../../world/forge/inspect.ts';
import { type Diagnosis, type Teller, teller } from './diagnosis.ts';
import { type DeliveryFixes, judgeDeliveries } from './judge-deliveries.ts';

/** What the App must be granted and told of, as app.yml has it. */
export interface AppNeeds {
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

/** Seconds clocks may differ before it is told; GitHub refuses an app whose clock is a minute ahead. */
const skew = { warning: 15, fault: 60 };

/** Judges what a forge says of our account: credentials, permissions, events, scopes, version, clock. */
export function judgeAccount(
  area: string,
  facts: AccountFacts,
  { needs, now }: { readonly needs: AppNeeds; readonly now: Date },
): readonly Diagnosis[] {
  const tell = teller(area, 'credentials');
  const complaints = facts.complaints.map((says) =>
    tell.warning(says, 'Make a new one in good time, and set it as GITLAB_TOKEN (or tokenFile).'),
  );
  return [
    ...(complaints.length === 0 ? [tell.ok(`signed in as ${facts.account}`)] : complaints),
    ...(facts.permissions === null ? [] : [judgePermissions(tell, facts.permissions, needs)]),
    ...(facts.events === null ? [] : [judgeEvents(tell, facts.events, needs)]),
    ...(facts.missingScopes === null ? [] : [judgeScopes(tell, facts.missingScopes)]),
    ...(facts.version === null ? [] : [judgeVersion(tell, facts.version)]),
    ...(facts.time === null ? [] : [judgeClock(tell, facts.time, now)]),
  ];
}

function judgePermissions(tell: Teller, granted: Readonly<Record<string, string>>, needs: AppNeeds): Diagnosis {
  const missing = Object.entries(needs.permissions).filter(([name, level]) => !suffices(granted[name], level));
  if (missing.length === 0) return tell.ok('all of app.yml', 'permissions');
  const named = missing.map(([name, level]) => `${name}: ${level}`).join(', ');
  const fix = `Grant ${named} in the settings of the App (Permissions), then accept it on each installation.`;
  return tell.fault(`missing: ${named}`, fix, { check: 'permissions', kind: 'forbidden' });
}

function suffices(granted: string | undefined, needed: string): boolean {
  return granted === needed || granted === 'write' || granted === 'admin';
}

function judgeEvents(tell: Teller, told: readonly string[], needs: AppNeeds): Diagnosis {
  const missing = needs.events.filter((event) => !told.includes(event));
  if (missing.length === 0) return tell.ok('all of app.yml', 'events');
  const fix = `Subscribe to ${missing.join(', ')} in the settings of the App (Permissions & events).`;
  return tell.fault(`not told of ${missing.join(', ')}`, fix, { check: 'events' });
}

function judgeScopes(tell: Teller, missing: readonly string[]): Diagnosis {
  if (missing.length === 0) return tell.ok('the token has all it needs', 'scopes');
  const named = missing.join(', ');
  const fix = `Make a new token with the scope ${named}, and set it as GITLAB_TOKEN (or tokenFile).`;
  return tell.fault(`the token lacks: ${named}`, fix, { check: 'scopes', kind: 'forbidden' });
}

function judgeVersion(tell: Teller, { text, oldest, isTooOld, lacks }: VersionFacts): Diagnosis {
  const check = 'version';
  if (isTooOld) return tell.fault(`${text} is too old`, `Upgrade the forge to ${oldest} or later.`, { check });
  if (lacks.length === 0) return tell.ok(text, check);
  return tell.warning(`${text}: ${lacks.join('; ')}`, 'Upgrade the forge, or set poll to look often.', check);
}

/** Judges how far two clocks are apart. */
export function judgeClock(tell: Teller, theirs: Date, now: Date): Diagnosis {
  const seconds = Math.round((now.getTime() - theirs.getTime()) / 1000);
  const apart = Math.abs(seconds);
  const says = apart < 2 ? 'the same' : `ours is ${apart} s ${seconds > 0 ? 'ahead' : 'behind'}`;
  const fix = 'Synchronise the clock of this machine (NTP).';
  if (apart >= skew.fault) return tell.fault(says, fix, { check: 'clock' });
  return apart >= skew.warning ? tell.warning(says, fix, 'clock') : tell.ok(says, 'clock');
}

/** Judges the webhook of an App by how its last deliveries fared. */
export function judgeHook(area: string, facts: HookFacts): readonly Diagnosis[] {
  const tell = teller(area, 'webhook');
  if (facts.url === null)
    return [
      tell.warning(
        'the App has no webhook',
        'Set its address to https://HOST/hooks/github, or set poll in the file of the server.',
      ),
    ];
  const own = /\/hooks\/github(?:\/[a-z0-9-]+)?$/.test(facts.url)
    ? []
    : [tell.fault(`it goes to ${facts.url}`, 'Let its address end in /hooks/github.')];
  const tls = facts.checksTls
    ? []
    : [tell.warning('certificates are not checked', 'Switch SSL verification on in the settings of the App.')];
  return [...own, ...tls, judgeDeliveries(tell, facts.deliveries, fixes)];
}

const fixes: DeliveryFixes = {
  unreadable: 'Look at Advanced in the settings of the App.',
  none: 'Install the App on a repository and push.',
  secret:
    'Set the same secret in the settings of the App and in WEBHOOK_SECRET (or webhookSecretFile), then redeliver.',
};
