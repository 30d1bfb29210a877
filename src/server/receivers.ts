import { createReceiver as createGitHubReceiver } from '../world/forge/github/receiver.ts';
import { createReceiver as createGitLabReceiver } from '../world/forge/gitlab/receiver.ts';
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

/** Checks webhooks as the forge itself does. */
export function openReceiver(spec: ReceiverSpec): Receiver {
  // What is signed bears the time of day: the machine's own clock is asked.
  return spec.kind === 'github'
    ? createGitHubReceiver(spec.secrets, spec.name)
    : createGitLabReceiver({ ...spec, now: () => new Date() });
}
