import { count } from '../../../formats/markdown.ts';
import { type Finding, type Severity, severities } from '../../../model/finding.ts';
import { formatResource } from '../../../model/resource.ts';
import type { Review } from '../../../model/review.ts';
import { placeText, sentences, sortFindings } from '../finding-text.ts';
import { type Html, markup, nothing } from './markup.ts';
import { type Entry, keyOf } from './outline.ts';

const words: Readonly<Record<Severity, readonly [one: string, many: string]>> = {
  block: ['blocker', 'blockers'],
  caution: ['caution', 'cautions'],
  note: ['note', 'notes'],
};

/** `2 blockers`. */
export function severityCount(number: number, severity: Severity): string {
  return count(number, ...words[severity]);
}

/** All findings, gravest first; each points to its resource in the tree when that is there. */
export function findingsHtml(review: Review, entries: readonly Entry[]): Html {
  if (review.findings.length === 0) return markup`<p class="quiet">Nothing was found.</p>`;
  const ids = new Map(entries.map(({ id, change }) => [keyOf(change), id]));
  const of = Map.groupBy(sortFindings(review.findings), ({ severity }) => severity);
  const lists = severities.map((severity) => severityHtml(severity, of.get(severity) ?? [], ids));
  return markup`${lists}`;
}

/** One finding as a list item. `id` is its resource in the tree, or null where there is none or it stands there already. */
export function findingItem(finding: Finding, id: string | null): Html {
  const { severity, rule, resource, target } = finding;
  const place = placeText(finding);
  const name = resource === null ? nothing : markup`<code>${formatResource(resource)}</code>`;
  const subject = id === null ? name : markup`<a href="#${id}">${name}</a>`;
  return markup`<li class="finding" data-severity="${severity}"><span class="pill ${severity}">${words[severity][0]}</span> <b>${rule}</b> ${subject}
${target === null ? nothing : markup`<span class="quiet">${target}</span>`} ${place === '' ? nothing : markup`<code class="place">${place}</code>`}
<p>${spans(sentences(finding))}</p></li>
`;
}

/** A sentence whose own code spans stay spans. */
export function spans(text: string): Html {
  const parts = text.split(/`([^`]+)`/);
  return markup`${parts.map((part, index) => (index % 2 === 1 ? markup`<code>${part}</code>` : markup`${part}`))}`;
}

/** Many notes are folded: they are for information. */
function severityHtml(severity: Severity, findings: readonly Finding[], ids: ReadonlyMap<string, string>): Html {
  if (findings.length === 0) return nothing;
  const items = findings.map((finding) => findingItem(finding, ids.get(keyOf(finding)) ?? null));
  const list = markup`<ul class="list">${items}</ul>`;
  if (severity !== 'note' || findings.length <= 5) return list;
  return markup`<details class="fold"><summary>${severityCount(findings.length, severity)}</summary>${list}</details>`;
}
