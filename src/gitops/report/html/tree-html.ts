import { count } from '../../../formats/markdown.ts';
import type { Change } from '../../../model/change.ts';
import type { Review } from '../../../model/review.ts';
import type { Target } from '../../../model/target.ts';
import { tally } from '../words.ts';
import { type Columns, changeHtml } from './change-html.ts';
import { type Html, markup, nothing } from './markup.ts';
import { type Entry, entriesOf, type Group, gravest, type Place } from './outline.ts';

/** Up to so many resources a part is shown with all of them open. */
const openLimit = 12;

/** What this pull changes. */
export function pullTree(review: Review, places: readonly Place[]): Html {
  const open = entriesOf(places).length <= openLimit;
  return tree(places, (entry, target) =>
    changeHtml(entry, pullColumns(review, target), open || gravest(entry.findings) === 'block'),
  );
}

/** What differs from Git without it. */
export function alreadyTree(places: readonly Place[]): Html {
  return tree(places, (entry) => changeHtml(entry, { before: 'Live', after: 'In Git (base)', causes: false }, false));
}

/** The numbers of a part: `+3 ~2 −1`, read out as words. */
export function countsHtml(changes: readonly Change[]): Html {
  const { added, changed, removed } = tally(changes);
  const part = (number: number, sign: string, action: string, word: string): Html =>
    number === 0
      ? nothing
      : markup` <span class="number ${action}"><span aria-hidden="true">${sign}</span>${number}<span class="vh"> ${word}</span></span>`;
  return markup`${part(added, '+', 'create', 'created')}${part(changed, '~', 'update', 'changed')}${part(removed, '−', 'delete', 'deleted')}`;
}

/** The changes below some groups. */
export function changesIn(groups: readonly Group[]): readonly Change[] {
  return groups.flatMap(({ entries }) => entries.map(({ change }) => change));
}

function tree(places: readonly Place[], write: (entry: Entry, target: Target) => Html): Html {
  return markup`${places.map(
    (place) => markup`<details class="place" id="${place.id}" open>
<summary><h3>${place.name}</h3>${countsHtml(changesIn(place.groups))}</summary>
${place.groups.map((group) => groupHtml(place, group, write))}</details>
`,
  )}`;
}

function groupHtml(place: Place, group: Group, write: (entry: Entry, target: Target) => Html): Html {
  const { target, entries } = group;
  return markup`<details class="app" id="${group.id}" data-context="${place.name} ${target.application}" open>
<summary><h4>${target.application}</h4>${countsHtml(changesIn([group]))} <span class="quiet">${count(entries.length, 'resource')}</span></summary>
${entries.map((entry) => write(entry, target))}</details>
`;
}

function pullColumns(review: Review, { cluster }: Target): Columns {
  const live = cluster !== null && review.clustersRead.includes(cluster);
  return live
    ? { before: 'Live', after: 'After merge', causes: true }
    : { before: 'Base', after: 'Head', causes: true };
}
