import { visible } from '../../formats/markdown.ts';
import { type KeptApp, quoted } from './keep.ts';
import { settingsUrl } from './manifest.ts';
import type { SetupPlan } from './plan.ts';

/** Something to do once the App is made. */
export interface Step {
  readonly text: string;
  readonly link?: string;
  readonly command?: string;
}

/** What is left to do, in order. */
export function nextSteps(plan: SetupPlan, { app, environmentFile, isSecretTheirs }: KeptApp): readonly Step[] {
  const settings = settingsUrl(plan, app.slug);
  const secret = `Give the App its webhook secret, which GitHub did not make: WEBHOOK_SECRET of ${environmentFile}:`;
  const poll = 'No webhook reaches it, so it asks GitHub itself. A webhook can be set later:';
  const serve = `npm run fairlead -- serve --cluster ENV=CONTEXT${plan.hookUrl === null ? ' --poll 1m' : ''}`;
  return [
    { text: 'Install the App on the repositories it is to work for:', link: `${app.page}/installations/new` },
    ...(isSecretTheirs || plan.hookUrl === null ? [] : [{ text: secret, link: settings }]),
    { text: 'Start the bot:', command: `set -a; . ${quoted(environmentFile)}; set +a; ${serve}` },
    ...(plan.hookUrl === null ? [{ text: poll, link: settings }] : []),
    { text: 'See whether all is well:', command: 'npm run fairlead -- doctor --cluster ENV=CONTEXT' },
  ];
}

/** The App and its owner, as a sentence begins. */
export function whoseApp({ app: { slug, owner } }: Pick<KeptApp, 'app'>): string {
  return `The GitHub App ${visible(slug)} of ${visible(owner)}`;
}

/** What the terminal says once the App is made. */
export function doneText(plan: SetupPlan, kept: KeptApp): string {
  const steps = nextSteps(plan, kept).flatMap(({ text, link, command }, index) => [
    `${index + 1}. ${text}${link === undefined ? '' : ` ${visible(link)}`}`,
    ...(command === undefined ? [] : [`   ${command}`]),
  ]);
  return `${[
    `${whoseApp(kept)} is made. Both files are secrets and for you alone: keep them out of Git.`,
    `   its private key  ${kept.keyFile}`,
    `   its settings     ${kept.environmentFile}`,
    ...steps,
  ].join('\n')}\n`;
}

/** What the terminal says while the page waits. */
export function waitingText({ hookUrl, host }: SetupPlan, url: string): readonly string[] {
  const isOpen = !/^(?:localhost|127\..*|::1)$/.test(host);
  return [
    `Open ${url}/ in a browser and press the button there. Ctrl-C ends this.`,
    ...(hookUrl === null
      ? ['Without --url no webhook reaches the bot. It works all the same: start serve with --poll.']
      : []),
    ...(isOpen
      ? [`Whoever reaches ${url} can set up an App of their own in your place: do so in a safe network only.`]
      : []),
  ];
}
