import type { RepositoryFacts, RepositoryHook } from '../../world/forge/inspect.ts';
import { type Diagnosis, type Teller, teller } from './diagnosis.ts';
import { type DeliveryFixes, judgeDeliveries } from './judge-deliveries.ts';

/** Judges our place in one repository, where a forge gives rights and webhooks by repository: role, webhooks, how they fared. */
export function judgePlace(area: string, facts: RepositoryFacts): readonly Diagnosis[] {
  return [judgeRole(teller(area, 'role'), facts), ...judgeHooks(teller(area, 'webhook'), facts)];
}

function judgeRole(tell: Teller, { role, roleName }: RepositoryFacts): Diagnosis {
  if (role === 'write' || role === 'maintain' || role === 'admin') return tell.ok(roleName);
  return tell.fault(
    `${roleName}: it may write no comment, status, branch or merge request`,
    "Give the token's user the role Developer in the project or its group (Manage > Members).",
    { kind: 'forbidden' },
  );
}

function judgeHooks(tell: Teller, { hooks, hookPath, roleName }: RepositoryFacts): readonly Diagnosis[] {
  if (hooks === null)
    return [
      tell.unknown(
        `only a maintainer is shown them, not a ${roleName.toLowerCase()}`,
        'Look yourself in Settings > Webhooks, or give the role Maintainer.',
      ),
    ];
  if (hooks.length === 0)
    return [
      tell.warning(
        `none of the project comes to ${hookPath}; one of its group is not shown here`,
        `Add one in Settings > Webhooks: https://HOST${hookPath}, with the secret token, push events, merge request events and comments; or set poll in the file of the server.`,
      ),
    ];
  return hooks.flatMap((hook) => judgeHook(tell, hook));
}

function judgeHook(tell: Teller, hook: RepositoryHook): readonly Diagnosis[] {
  const { missingEvents, isSwitchedOff, checksTls, deliveries } = hook;
  const missing = missingEvents.join(', ');
  const told = [
    ...(missing === ''
      ? []
      : [tell.fault(`it is not told of: ${missing}`, `Tick ${missing} in Settings > Webhooks.`, { check: 'events' })]),
    ...(isSwitchedOff
      ? [
          tell.fault(
            'it is switched off, for having failed too often',
            'Mend what its recent events say, then test it in Settings > Webhooks: that switches it on again, and so does a running server.',
            { kind: 'unreachable' },
          ),
        ]
      : []),
    ...(checksTls
      ? []
      : [tell.warning('certificates are not checked', 'Tick "Enable SSL verification" in Settings > Webhooks.')]),
  ];
  const own = told.length === 0 ? [tell.ok('comes to us, with all events')] : told;
  return [...own, judgeDeliveries(tell, deliveries, fixes)];
}

const fixes: DeliveryFixes = {
  unreadable: 'Look at the recent events of the webhook in Settings > Webhooks.',
  none: 'Test it in Settings > Webhooks (push events).',
  secret:
    'Set the same secret token (or signing token) in Settings > Webhooks and in GITLAB_WEBHOOK_SECRET or GITLAB_SIGNING_SECRET (webhookSecretFile, signingSecretFile), then resend it.',
};
