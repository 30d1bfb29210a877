import type { SetupPlan } from './plan.ts';

/**
 * The manifest to post, as JSON: app.yml, private, with the webhook that the plan has. A hook must have an address also where it is
 * not active (GitHub else answers that "url" is missing), so the placeholder of app.yml stays.
 */
export function manifestOf({ hookUrl, manifest }: SetupPlan, redirectUrl: string): string {
  const { hook_attributes: placeholder, ...wanted } = manifest;
  const hook = hookUrl === null ? { url: placeholder.url, active: false } : { url: hookUrl, active: true };
  return JSON.stringify({ ...wanted, public: false, hook_attributes: hook, redirect_url: redirectUrl });
}

/** Where the form with the manifest goes. */
export function registrationUrl({ home, organisation }: SetupPlan, state: string): string {
  return `${settingsOf(home, organisation)}/new?state=${encodeURIComponent(state)}`;
}

/** The page with the settings of an app. */
export function settingsUrl({ home, organisation }: SetupPlan, slug: string): string {
  return `${settingsOf(home, organisation)}/${encodeURIComponent(slug)}`;
}

function settingsOf(home: string, organisation: string | null): string {
  return `${home}${organisation === null ? '' : `/organizations/${encodeURIComponent(organisation)}`}/settings/apps`;
}
