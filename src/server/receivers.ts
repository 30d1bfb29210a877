import { createAuthenticator as createGitHubAuthenticator } from '../world/forge/github/signature.ts';
import { createAuthenticator as createGitLabAuthenticator } from '../world/forge/gitlab/signature.ts';
import type { Receiver } from '../world/forge/receiver.ts';
import type { ForgeSettings } from './forges.ts';
import { hookPath } from './hook-path.ts';

/** What webhooks of a forge are checked with, as data that another thread can be given. */
export type ReceiverSpec = Hooked &
  (
    | { readonly kind: 'github'; readonly secrets: readonly string[] }
    | { readonly kind: 'gitlab'; readonly secrets: readonly string[]; readonly signingSecrets: readonly string[] }
  );

/** A forge and where its webhooks come in. */
interface Hooked {
  readonly name: string;
  readonly path: string;
}

/** Of every configured forge. */
export function receiverSpecs({ github, gitlab, others = [] }: ForgeSettings): readonly ReceiverSpec[] {
  const named = [
    ...(github === null ? [] : [{ ...github, kind: 'github' as const, name: 'github' }]),
    ...(gitlab === null ? [] : [{ ...gitlab, kind: 'gitlab' as const, name: 'gitlab' }]),
    ...others,
  ];
  return named.map((forge) => {
    const { kind, name, webhookSecrets: secrets } = forge;
    const common = { name, path: hookPath(kind, name), secrets };
    return kind === 'github' ? { kind, ...common } : { kind, ...common, signingSecrets: forge.signingSecrets };
  });
}

/** Checks webhooks as the forge itself does; what they say is read elsewhere, by code that a door need not hold. */
export function openReceiver(spec: ReceiverSpec): Pick<Receiver, 'authenticate'> {
  // What is signed bears the time of day: the machine's own clock is asked.
  const authenticate =
    spec.kind === 'github'
      ? createGitHubAuthenticator(spec.secrets)
      : createGitLabAuthenticator({ ...spec, now: () => new Date() });
  return { authenticate };
}
