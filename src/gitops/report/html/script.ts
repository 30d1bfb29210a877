/**
 * The script of the page: folds that are filled when they are opened, search, filters, keys and links into folds. The only markup it
 * writes is what the page holds already, escaped, for readers without JavaScript; without it the page can still be read whole.
 */
export const script = String.raw`
(() => {
  'use strict';
  const all = (selector) => [...document.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  const resources = all('details.res');
  const findings = all('#findings li.finding');
  document.documentElement.classList.add('js');

  // What a fold holds becomes elements when it is open and near; until then it is the text of its noscript.
  const fill = (resource) => {
    const text = resource.querySelector(':scope > noscript');
    if (text === null) return;
    const holder = document.createElement('template');
    holder.innerHTML = text.textContent;
    text.replaceWith(holder.content);
  };
  const near = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      fill(target);
      near.unobserve(target);
    }
  }, { rootMargin: '800px' });
  addEventListener('toggle', ({ target }) => {
    if (target.open && target.matches('details.res')) near.observe(target);
  }, true);
  addEventListener('beforeprint', () => all('details.res[open]').forEach(fill));
  all('details.res[open]').forEach((resource) => near.observe(resource));

  // Search: the text of each resource, with the names it stands under, is read once, when it is first needed.
  let texts = null;
  const entities = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&#96;': '\x60', '&amp;': '&' };
  const plain = (text) => text.replace(/<[^>]*>/g, '').replace(/&[a-z0-9#]+;/g, (entity) => entities[entity] ?? entity);
  const textOf = (element) => {
    const above = element.closest('[data-context]');
    const folded = element.querySelector(':scope > noscript');
    const own = folded === null ? element.textContent : element.firstElementChild.textContent + plain(folded.textContent);
    return ((above ? above.dataset.context + ' ' : '') + own).toLowerCase();
  };
  const readTexts = () => new Map([...resources, ...findings].map((element) => [element, textOf(element)]));
  const checked = (name) =>
    new Set(all('input[name="' + name + '"]:checked').flatMap((input) => input.value.split(' ')));

  const showGroups = () => {
    for (const selector of ['details.app', 'details.place']) {
      for (const group of all(selector)) group.hidden = group.querySelector('details.res:not([hidden])') === null;
    }
  };

  const filter = () => {
    const words = byId('query').value.toLowerCase().split(/\s+/).filter((word) => word !== '');
    if (words.length > 0 && texts === null) texts = readTexts();
    const has = (element) => words.every((word) => texts.get(element).includes(word));
    const [severities, actions] = [checked('severity'), checked('action')];
    let [shown, told] = [0, 0];
    for (const resource of resources) {
      const { severity, action } = resource.dataset;
      const fits = severities.has(severity) && actions.has(action) && has(resource);
      resource.hidden = !fits;
      if (fits) shown += 1;
    }
    for (const finding of findings) {
      const fits = severities.has(finding.dataset.severity) && has(finding);
      finding.hidden = !fits;
      if (fits) told += 1;
    }
    showGroups();
    byId('status').textContent =
      shown + ' of ' + resources.length + ' resources, ' + told + ' of ' + findings.length + ' findings shown';
  };

  let waiting = 0;
  byId('query').addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 80);
  });
  for (const input of all('.controls input[type="checkbox"]')) input.addEventListener('change', filter);

  const openAll = (open) => {
    for (const resource of resources) if (!resource.hidden) resource.open = open;
  };
  byId('expand').addEventListener('click', () => openAll(true));
  byId('collapse').addEventListener('click', () => openAll(false));

  // A link into a fold opens what it stands in.
  const reveal = () => {
    const wanted = location.hash === '' ? null : byId(decodeURIComponent(location.hash.slice(1)));
    if (wanted === null) return;
    for (let element = wanted; element !== null; element = element.parentElement) {
      if (element.tagName === 'DETAILS') element.open = true;
      element.hidden = false;
    }
    wanted.scrollIntoView();
    const summary = wanted.querySelector('summary');
    if (summary !== null) summary.focus({ preventScroll: true });
  };
  addEventListener('hashchange', reveal);

  // Keys: / searches, Escape ends it, j and k go to the next and the previous resource.
  const step = (way) => {
    const list = resources.filter((resource) => !resource.hidden);
    const at = list.findIndex((resource) => resource.contains(document.activeElement));
    const next = list[at < 0 ? 0 : at + way];
    if (!next) return;
    next.querySelector('summary').focus();
    next.scrollIntoView({ block: 'nearest' });
  };
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const query = byId('query');
    if (event.target === query) {
      if (event.key !== 'Escape') return;
      query.value = '';
      query.blur();
      filter();
      return;
    }
    if (event.key === '/') {
      event.preventDefault();
      query.focus();
    }
    if (event.key === 'j') step(1);
    if (event.key === 'k') step(-1);
  });

  // The colours chosen last; a browser may keep nothing for files.
  for (const input of all('input[name="theme"]')) {
    input.addEventListener('change', () => {
      try {
        localStorage.setItem('fairlead-theme', input.value);
      } catch {}
    });
  }
  try {
    const chosen = byId('theme-' + localStorage.getItem('fairlead-theme'));
    if (chosen !== null) chosen.checked = true;
  } catch {}

  filter();
  reveal();
})();
`;
