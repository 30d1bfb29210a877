import { createHash } from 'node:crypto';
import { count } from '../../../formats/markdown.ts';
import type { Review } from '../../../model/review.ts';
import { type Mask, maskReview } from '../mask-review.ts';
import { headline } from '../words.ts';
import { controlsHtml, themeHtml } from './controls-html.ts';
import { findingsHtml } from './finding-html.ts';
import { type Html, markup, nothing, trusted } from './markup.ts';
import { entriesOf, outline, type Place } from './outline.ts';
import { coverageHtml, footHtml, headHtml, targetsHtml, unknownHtml, verdictText } from './overview-html.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import { alreadyTree, changesIn, countsHtml, pullTree } from './tree-html.ts';

/**
 * A review as one HTML file that needs nothing else: it works from disk and without network, runs its own script and style only
 * (Content-Security-Policy with their hashes), and can be read whole with JavaScript off. Nothing is cut. Every foreign text goes
 * through `mask` and is escaped. Same review, same bytes.
 */
export function reviewHtml(clear: Review, mask: Mask): string {
  const review = maskReview(clear, mask);
  const [pull, already] = [outline(review, 'pull'), outline(review, 'already')];
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${verdictText(review)}: ${headline(review)} (Fairlead)</title>
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#changes">To the changes</a>
<header><p class="brand">Fairlead review</p>${themeHtml()}
${headHtml(review)}</header>
<div class="columns">
${contents(review, pull, already)}
<main>
${main(review, pull, already)}</main>
</div>
${footHtml(review)}<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.html;
}

const policy = [
  "default-src 'none'",
  `style-src 'sha256-${sha256(style)}'`,
  `script-src 'sha256-${sha256(script)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

function main(review: Review, pull: readonly Place[], already: readonly Place[]): Html {
  const entries = entriesOf(pull);
  return markup`<section id="findings"><h2>Findings</h2>${findingsHtml(review, entries)}</section>
${unknownHtml(review)}<section id="targets"><h2>Targets</h2>${targetsHtml(review, pull)}</section>
${controlsHtml()}
<section id="changes"><h2>${entries.length === 0 ? 'This pull changes nothing that was seen' : 'What this pull changes'}</h2>
${pullTree(review, pull)}</section>
${alreadySection(already)}<section id="coverage"><h2>What the review saw</h2>${coverageHtml(review)}</section>
`;
}

function alreadySection(already: readonly Place[]): Html {
  if (already.length === 0) return nothing;
  return markup`<section id="already"><h2>Already different in the cluster</h2>
<p class="quiet">These fields differ from Git without this pull. They are no part of what it changes.</p>
${alreadyTree(already)}</section>
`;
}

/** The list beside the page: sections, then places and applications with their numbers. */
function contents(review: Review, pull: readonly Place[], already: readonly Place[]): Html {
  const places = (all: readonly Place[]): Html =>
    all.length === 0 ? nothing : markup`<ul>${all.map((place) => placeItem(place))}</ul>`;
  return markup`<nav aria-label="Contents"><ul>
<li><a href="#findings">Findings</a> <span class="quiet">${review.findings.length}</span></li>
<li><a href="#targets">Targets</a> <span class="quiet">${review.targets.length}</span></li>
<li><a href="#changes">This pull changes</a> <span class="quiet">${count(entriesOf(pull).length, 'resource')}</span>${places(pull)}</li>
${already.length === 0 ? nothing : markup`<li><a href="#already">Already different</a> <span class="quiet">${count(entriesOf(already).length, 'resource')}</span>${places(already)}</li>`}
<li><a href="#coverage">What the review saw</a></li>
</ul></nav>`;
}

function placeItem({ id, name, groups }: Place): Html {
  const apps = groups.map(
    (group) => markup`<li><a href="#${group.id}">${group.target.application}</a>${countsHtml(changesIn([group]))}</li>`,
  );
  return markup`<li><a href="#${id}">${name}</a>${countsHtml(changesIn(groups))}<ul>${apps}</ul></li>
`;
}
