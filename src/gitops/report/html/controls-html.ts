import { type Html, markup } from './markup.ts';

/** The switch between the colours of the system, light and dark. Works without JavaScript. */
export function themeHtml(): Html {
  return markup`<fieldset class="switch theme"><legend class="vh">Colours</legend>
<input type="radio" name="theme" id="theme-auto" value="auto" checked><label for="theme-auto">Auto</label>
<input type="radio" name="theme" id="theme-light" value="light"><label for="theme-light">Light</label>
<input type="radio" name="theme" id="theme-dark" value="dark"><label for="theme-dark">Dark</label>
</fieldset>`;
}

/** Search, filters and views. What needs JavaScript is hidden without it; the views work without. */
export function controlsHtml(): Html {
  return markup`<div class="controls" role="search" aria-label="Resources and findings">
<div class="needs-script"><label class="vh" for="query">Search</label>
<input type="search" id="query" placeholder="Name, kind, field, cluster, rule …  ( / )" autocomplete="off" spellcheck="false">
<fieldset class="switch"><legend class="vh">Findings</legend>${chips('severity', severityChips)}</fieldset>
<fieldset class="switch"><legend class="vh">Actions</legend>${chips('action', actionChips)}</fieldset></div>
<fieldset class="switch"><legend class="vh">View</legend>
<input type="radio" name="view" id="view-fields" checked><label for="view-fields">Fields</label>
<input type="radio" name="view" id="view-unified"><label for="view-unified">Unified</label>
<input type="radio" name="view" id="view-both"><label for="view-both">Both</label>
</fieldset>
<div class="needs-script"><button type="button" id="expand">Expand all</button> <button type="button" id="collapse">Collapse all</button></div>
<p id="status" class="quiet needs-script" role="status" aria-live="polite"></p>
</div>`;
}

const severityChips = [
  ['block', 'Blockers'],
  ['caution', 'Cautions'],
  ['note', 'Notes'],
  ['none', 'No finding'],
] as const;

const actionChips = [
  ['create', '+ created'],
  ['update recreate adopt', '~ changed'],
  ['delete', '− deleted'],
] as const;

function chips(name: string, all: readonly (readonly [value: string, label: string])[]): readonly Html[] {
  return all.map(([value, label], index) => {
    const id = `${name}-${index}`;
    return markup`<input type="checkbox" name="${name}" id="${id}" value="${value}" checked><label for="${id}">${label}</label>`;
  });
}
