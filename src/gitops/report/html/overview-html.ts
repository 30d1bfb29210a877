import { count } from '../../../formats/markdown.ts';
import { type Severity, severities } from '../../../model/finding.ts';
import type { Review } from '../../../model/review.ts';
import type { Target } from '../../../model/target.ts';
import type { Verdict } from '../../../model/verdict.ts';
import { rankTargets } from '../rank.ts';
import { changesOf, headline, renderedText, tally, verdictWords } from '../words.ts';
import { severityCount } from './finding-html.ts';
import { type Html, markup, nothing } from './markup.ts';
import type { Group, Place } from './outline.ts';
import { countsHtml } from './tree-html.ts';

/** Signs that every font has; the word stands beside them. */
const signs: Readonly<Record<Verdict, string>> = {
  blocked: '✕',
  incomplete: '?',
  caution: '!',
  routine: '↻',
  ready: '✓',
  'no-change': '=',
};

/** The verdict in words, without its icon. */
export function verdictText(review: Review): string {
  const both = review.verdict === 'blocked' && review.targets.some(({ error }) => error !== null);
  return both ? 'Blocked and incomplete' : verdictWords[review.verdict].word;
}

/** Verdict, headline, and what was compared with what. */
export function headHtml(review: Review): Html {
  const { verdict, gitOnly, base, head } = review;
  const scope =
    gitOnly === null
      ? nothing
      : markup`<p class="banner"><b>No cluster was read</b>: ${gitOnly}. What follows compares base with head in Git.</p>`;
  return markup`<h1><span class="verdict ${verdict}"><span aria-hidden="true">${signs[verdict]}</span> ${verdictText(review)}</span> <span class="headline">${headline(review)}</span></h1>
<p class="quiet">base <code>${base.slice(0, 12)}</code> · head <code>${head.slice(0, 12)}</code> · ${renderedText(review)}${liveText(review)}</p>
${scope}<p class="cards">${cards(review)}</p>
`;
}

function cards(review: Review): readonly Html[] {
  const { added, changed, removed } = tally(changesOf(review, 'pull'));
  const card = (number: number, word: string, kind: string): Html =>
    markup`<span class="card ${number === 0 ? 'zero' : kind}"><b>${number}</b> ${word}</span> `;
  return [
    ...severities.map((severity) => {
      const number = of(review, severity).length;
      return card(number, severityCount(number, severity).replace(/^\d+ /, ''), severity);
    }),
    card(added, 'created', 'create'),
    card(changed, 'changed', 'update'),
    card(removed, 'deleted', 'delete'),
  ];
}

/** Every target, gravest first, with a way to its changes. */
export function targetsHtml(review: Review, places: readonly Place[]): Html {
  if (review.targets.length === 0) return markup`<p class="quiet">No application is reached by this pull.</p>`;
  const groups = new Map(places.flatMap((place) => place.groups.map((group) => [group.target.id, group] as const)));
  const titles = ['Environment', 'Cluster', 'Application', 'Changes', 'Findings', 'Live before'];
  return markup`<div class="scroll"><table class="targets"><thead><tr>${titles.map((title) => markup`<th scope="col">${title}</th>`)}</tr></thead><tbody>
${rankTargets(review).map((target) => targetRow(review, target, groups.get(target.id) ?? null))}</tbody></table></div>
`;
}

function targetRow(review: Review, target: Target, group: Group | null): Html {
  const name = markup`<code>${target.application}</code>`;
  const counts = countsHtml(group?.entries.map(({ change }) => change) ?? []);
  return markup`<tr><td>${target.environment ?? '—'}</td><td>${target.cluster ?? '—'}</td><th scope="row">${group === null ? name : markup`<a href="#${group.id}">${name}</a>`}</th><td>${group === null ? 'none' : counts}</td><td>${findingCounts(review, target)}</td><td>${liveBefore(review, target)}</td></tr>
`;
}

function findingCounts(review: Review, { id }: Target): readonly Html[] {
  const mine = review.findings.filter(({ target }) => target === id);
  const pills = severities.flatMap((severity) => {
    const number = mine.filter((finding) => finding.severity === severity).length;
    return number === 0 ? [] : [markup`<span class="pill ${severity}">${severityCount(number, severity)}</span> `];
  });
  return pills.length === 0 ? [markup`—`] : pills;
}

function liveBefore(review: Review, { id, cluster, error }: Target): string {
  if (error !== null) return 'unknown';
  if (cluster === null || !review.clustersRead.includes(cluster)) return 'no cluster read';
  const drifted = changesOf(review, 'already', id).length;
  return drifted === 0 ? 'as in Git' : `${drifted} already different`;
}

/** Targets that could not be worked out, with the reason; nothing where there is none. */
export function unknownHtml(review: Review): Html {
  const unknown = review.targets.filter(({ error }) => error !== null);
  if (unknown.length === 0) return nothing;
  return markup`<section id="unknown"><h2>Could not be worked out</h2><ul class="list">${unknown.map(
    ({ id, error }) => markup`<li><b>${id}</b> <p>${error ?? ''}</p></li>`,
  )}</ul></section>
`;
}

/** What the review saw of the repository, and what no application owns. */
export function coverageHtml(review: Review): Html {
  const { unownedFiles, usedBy = [] } = review.coverage;
  const users = usedBy.map(
    ({ repository, applications }) =>
      markup`<li>${count(applications, 'application')} of <code>${repository}</code></li>`,
  );
  const files =
    unownedFiles.length === 0
      ? markup`<p class="quiet">Every changed file belongs to an application.</p>`
      : markup`<details class="fold"><summary>${count(unownedFiles.length, 'changed file')} no application owns</summary><ul>${unownedFiles.map(
          (file) => markup`<li><code>${file}</code></li>`,
        )}</ul></details>`;
  return markup`<p>${renderedText(review)}.</p>${users.length === 0 ? nothing : markup`<ul>${users}</ul>`}${files}
`;
}

/** Full commit ids and the time the live state was read. */
export function footHtml(review: Review): Html {
  return markup`<footer><p>Head <code>${review.head}</code> on base <code>${review.base}</code>${liveText(review)}.</p>
<p>Made by Fairlead. Secret values are never part of a review.</p></footer>
`;
}

function liveText({ clustersRead, readAt }: Review): string {
  if (clustersRead.length === 0) return '';
  const time = readAt === null ? '' : ` read ${readAt.slice(0, 19).replace('T', ' ')} UTC`;
  return ` · live state of ${clustersRead.join(', ')}${time}`;
}

function of(review: Review, severity: Severity): Review['findings'] {
  return review.findings.filter((finding) => finding.severity === severity);
}
