import { createHash } from 'node:crypto';
import { htmlText } from '../../formats/html.ts';
import type { KeptApp } from './keep.ts';
import { manifestOf, registrationUrl } from './manifest.ts';
import { nextSteps, type Step, whoseApp } from './next-steps.ts';
import type { SetupPlan } from './plan.ts';

/** A page, whole. */
export interface Page {
  readonly status: number;
  readonly html: string;
}

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}' +
  'button{font:inherit;padding:.5rem 1rem}code{overflow-wrap:anywhere}li{margin:.4rem 0}';

/** Nothing is loaded from anywhere, and no script runs. Where the form goes is not bound: GitHub may lead on to a login elsewhere. */
export const contentPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; frame-ancestors 'none'`;

/** The page with the button. `origin` is what the browser calls us. */
export function startPage(
  plan: SetupPlan,
  { state, origin }: { readonly state: string; readonly origin: string },
): Page {
  const manifest = manifestOf(plan, `${origin}/callback`);
  const host = new URL(plan.home).host;
  const owner = plan.organisation === null ? 'your own account' : `the organisation ${plan.organisation}`;
  const hook = plan.hookUrl ?? 'none, as no --url was given: serve asks GitHub itself (--poll)';
  const { default_permissions: permissions } = plan.manifest;
  const rights = Object.entries(permissions).map(([name, level]) => `${name}: ${level}`);
  return page(
    200,
    'Make the GitHub App of Fairlead',
    `<p>The button leads to ${htmlText(host)}. There you choose a name; then ${htmlText(host)} leads back here, and the private key and the
webhook secret are written to <code>${htmlText(plan.folder)}</code>, for you alone.</p>
<ul><li>It belongs to ${htmlText(owner)}, and only its owner can install it.</li>
<li>Webhooks go to: ${htmlText(hook)}</li>
<li>It asks for: ${htmlText(rights.join(', '))}</li></ul>
<form method="post" action="${htmlText(registrationUrl(plan, state))}">
<input type="hidden" name="manifest" value="${htmlText(manifest)}">
<button type="submit">Make the App on ${htmlText(host)}</button></form>`,
  );
}

/** The page after all went well. */
export function donePage(plan: SetupPlan, kept: KeptApp): Page {
  const steps = nextSteps(plan, kept).map((step) => `<li>${stepHtml(step)}</li>`);
  return page(
    200,
    `${whoseApp(kept)} is made`,
    `<p>Its private key is in <code>${htmlText(kept.keyFile)}</code>, its settings are in <code>${htmlText(kept.environmentFile)}</code>.
Both are secrets: keep them out of Git. This page has done its work and is gone.</p>
<ol>${steps.join('\n')}</ol>`,
  );
}

/** A page that says one thing, and what to do. */
export function messagePage(status: number, says: string, remedy: string): Page {
  const first = `${says.slice(0, 1).toUpperCase()}${says.slice(1)}`;
  return page(status, first, `<p>${htmlText(remedy)}</p><p><a href="/">To the page with the button</a></p>`);
}

function stepHtml({ text, link, command }: Step): string {
  const to = link === undefined ? '' : ` <a href="${htmlText(link)}">${htmlText(link)}</a>`;
  return `${htmlText(text)}${to}${command === undefined ? '' : `<br><code>${htmlText(command)}</code>`}`;
}

function page(status: number, title: string, body: string): Page {
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${htmlText(title)}</title>`;
  const html = `<!doctype html>\n<html lang="en"><head>${head}<style>${style}</style></head>
<body><h1>${htmlText(title)}</h1>\n${body}\n</body></html>\n`;
  return { status, html };
}
