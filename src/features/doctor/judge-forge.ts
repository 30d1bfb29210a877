import type { AccountFacts, DeliveryFacts, HookFacts } from '../../world/forge/inspect.ts';
import { type Diagnosis, type Teller, teller } from './diagnosis.ts';

/** What the App must be granted and told of, as app.yml has it. */
export interface AppNeeds {
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

/** Seconds clocks may differ before it is told; GitHub refuses an app whose clock is a minute ahead. */
const skew = { warning: 15, fault: 60 };

/** Judges what a forge says of our account: credentials, permissions, events, clock. */
export function judgeAccount(
  area: string,
  facts: AccountFacts,
  { needs, now }: { readonly needs: AppNeeds; readonly now: Date },
): readonly Diagnosis[] {
  const tell = teller(area, 'credentials');
  const complaints = facts.complaints.map((says) => tell.warning(says, 'Make a new token with the scope api.'));
  return [
    ...(complaints.length === 0 ? [tell.ok(`signed in as ${facts.account}`)] : complaints),
    ...(facts.permissions === null ? [] : [judgePermissions(tell, facts.permissions, needs)]),
    ...(facts.events === null ? [] : [judgeEvents(tell, facts.events, needs)]),
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
  return [...own, ...tls, judgeDeliveries(tell, facts.deliveries)];
}

function judgeDeliveries(tell: Teller, deliveries: readonly DeliveryFacts[] | null): Diagnosis {
  const check = 'deliveries';
  if (deliveries === null)
    return tell.unknown('they may not be read', 'Look at Advanced in the settings of the App.', check);
  const [last] = deliveries;
  if (last === undefined)
    return tell.warning(
      'none yet: nothing is known of its reachability',
      'Install the App on a repository and push.',
      check,
    );
  const failed = deliveries.filter(({ status }) => status < 200 || status > 299).length;
  if (last.status === 401)
    return tell.fault(
      'the last one was refused (401): its signature did not match our secret',
      'Set the same secret in the settings of the App and in WEBHOOK_SECRET (or webhookSecretFile), then redeliver.',
      { check: 'webhook secret', kind: 'forbidden' },
    );
  if (last.status < 200 || last.status > 299)
    return tell.fault(
      `the last one ${answer(last.status)}`,
      'Make the address reachable from the forge, or set poll.',
      { check, kind: 'unreachable' },
    );
  if (failed === 0) return tell.ok(`the last ${deliveries.length} arrived`, check);
  return tell.warning(
    `the last arrived; ${failed} of ${deliveries.length} did not`,
    'They are asked for again when the server runs.',
    check,
  );
}

function answer(status: number): string {
  return status === 0 ? 'got no answer' : `was answered with ${status}`;
}
