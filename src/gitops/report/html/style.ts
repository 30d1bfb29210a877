/** The stylesheet of the page: light and dark, for narrow and wide windows, and for paper. Colours meet WCAG AA on their grounds. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f5f6f8, #0f1318);
  --card: light-dark(#ffffff, #171c23);
  --sunk: light-dark(#f0f2f5, #11161c);
  --text: light-dark(#1b2027, #e4e8ed);
  --quiet: light-dark(#57606a, #9ba6b2);
  --edge: light-dark(#d5dae0, #2d3641);
  --link: light-dark(#0b57c2, #74b4ff);
  --red: light-dark(#b3201a, #ff938a);
  --amber: light-dark(#855300, #efb94c);
  --green: light-dark(#17702f, #63d187);
  --blue: light-dark(#0b57c2, #74b4ff);
  --red-ground: light-dark(#fdeceb, #391b1c);
  --amber-ground: light-dark(#fdf3dc, #35290f);
  --green-ground: light-dark(#e5f6ea, #10301c);
  --blue-ground: light-dark(#e7f0fd, #14273f);
  --grey-ground: light-dark(#eceff2, #242c36);
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
}
html:has(#theme-light:checked) { color-scheme: light; }
html:has(#theme-dark:checked) { color-scheme: dark; }
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
[hidden] { display: none !important; }
a { color: var(--link); }
a code { color: inherit; }
code, pre { font-family: var(--mono); font-size: 0.88em; }
code { overflow-wrap: anywhere; white-space: pre-wrap; }
th code { display: inline-block; max-width: 30rem; overflow-wrap: break-word; }
td code { display: inline-block; max-width: 24rem; }
p { margin: 0.3em 0; }
h2 { font-size: 1.15rem; margin: 0 0 0.6rem; }
h3, h4 { display: inline; margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
h4 { font-weight: 600; }
:focus-visible { outline: 2px solid var(--link); outline-offset: -2px; border-radius: 4px; }
.quiet { color: var(--quiet); }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -100vw; top: 0; padding: 0.5rem 1rem; background: var(--card); z-index: 3; }
.skip:focus { left: 0; }
html:not(.js) .needs-script { display: none; }

header { position: relative; background: var(--card); border-bottom: 1px solid var(--edge); padding: 1rem 1.5rem; }
.brand { color: var(--quiet); font-weight: 600; letter-spacing: 0.02em; margin: 0 12rem 0.4rem 0; }
h1 { font-size: 1.15rem; line-height: 1.9; margin: 0; font-weight: 600; }
.headline { font-weight: 500; }
.verdict { padding: 0.2rem 0.7rem; border-radius: 6px; white-space: nowrap; margin-right: 0.4rem; }
.blocked { color: var(--red); background: var(--red-ground); }
.incomplete, .verdict.caution { color: var(--amber); background: var(--amber-ground); }
.ready, .routine { color: var(--green); background: var(--green-ground); }
.no-change { color: var(--quiet); background: var(--grey-ground); }
.banner { background: var(--amber-ground); color: var(--amber); padding: 0.5rem 0.8rem; border-radius: 6px; }
.cards { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 0.7rem 0 0; }
.card { padding: 0.25rem 0.7rem; border-radius: 6px; border: 1px solid var(--edge); }
.card.zero { color: var(--quiet); }

.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; padding: 1rem 1.5rem; }
nav { font-size: 0.92rem; }
nav ul { list-style: none; margin: 0; padding: 0 0 0 0.8rem; }
nav > ul { padding: 0; }
nav li { padding: 0.1rem 0; overflow-wrap: anywhere; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
main { min-width: 0; }
@media (min-width: 1000px) {
  .columns { grid-template-columns: 16rem minmax(0, 1fr); }
  nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; padding: 0.5rem 0; }
}
@media (max-width: 999px) { .fields td:nth-child(2), .fields td:nth-child(3) { min-width: 7rem; } nav li ul { display: none; } nav > ul { display: flex; flex-wrap: wrap; gap: 0 1.2rem; } }
section { background: var(--card); border: 1px solid var(--edge); border-radius: 8px; padding: 1rem; margin: 0 0 1rem; scroll-margin-top: 8rem; }

.list { list-style: none; margin: 0; padding: 0; }
.list > li { padding: 0.55rem 0; border-top: 1px solid var(--edge); overflow-wrap: anywhere; content-visibility: auto; contain-intrinsic-size: auto 4rem; }
.list:first-of-type > li:first-child { border-top: 0; }
.fold > summary { padding: 0.4rem 0; }
.pill { display: inline-block; padding: 0 0.5rem; border-radius: 999px; font-size: 0.82rem; font-weight: 600; background: var(--grey-ground); color: var(--quiet); }
.pill.block, .card.block { color: var(--red); background: var(--red-ground); }
.pill.caution, .card.caution { color: var(--amber); background: var(--amber-ground); }
.pill.note, .card.note { color: var(--blue); background: var(--blue-ground); }
.place { scroll-margin-top: 8rem; }
code.place { color: var(--quiet); }

.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.6rem; border-top: 1px solid var(--edge); font-weight: normal; }
thead th { font-size: 0.82rem; color: var(--quiet); font-weight: 600; border-top: 0; white-space: nowrap; }
.fields td { min-width: 7rem; }
.fields td:nth-child(2), .fields td:nth-child(3) { min-width: 15rem; }
.targets td { white-space: nowrap; }
.fields th[scope="row"] { min-width: 12rem; }

.controls {
  position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; gap: 0.5rem 0.8rem; align-items: center;
  background: var(--card); border: 1px solid var(--edge); border-radius: 8px; padding: 0.6rem 1rem; margin: 0 0 1rem;
}
.controls > div { display: flex; flex-wrap: wrap; gap: 0.5rem 0.8rem; align-items: center; flex: 0 1 auto; }
input[type="search"] {
  font: inherit; color: var(--text); background: var(--sunk); border: 1px solid var(--edge); border-radius: 6px;
  padding: 0.3rem 0.6rem; width: 22rem; max-width: 100%;
}
button { font: inherit; font-size: 0.88rem; color: var(--text); background: var(--sunk); border: 1px solid var(--edge); border-radius: 6px; padding: 0.25rem 0.7rem; cursor: pointer; }
.switch { border: 0; margin: 0; padding: 0; display: inline-flex; flex-wrap: wrap; gap: 0.25rem; }
.switch input { position: absolute; opacity: 0; pointer-events: none; }
.switch label { font-size: 0.88rem; border: 1px solid var(--edge); border-radius: 6px; padding: 0.2rem 0.6rem; color: var(--quiet); cursor: pointer; }
.switch input:checked + label { background: var(--blue-ground); color: var(--blue); border-color: transparent; }
.switch input:focus-visible + label { outline: 2px solid var(--link); }
.theme { position: absolute; right: 1.5rem; top: 0.9rem; }
#status { margin: 0; font-size: 0.88rem; }

details > summary { cursor: pointer; }
details.place, details.app { margin: 0 0 0.4rem; }
details.place > summary { padding: 0.4rem 0; }
details.place > summary h3 { margin-right: 0.4rem; }
details.app { margin-left: 1.1rem; border-left: 2px solid var(--edge); padding-left: 0.8rem; scroll-margin-top: 8rem; }
details.app > summary { padding: 0.3rem 0; }
.res { border-top: 1px solid var(--edge); margin-left: 1.1rem; content-visibility: auto; contain-intrinsic-size: auto 2.3rem; scroll-margin-top: 8rem; }
.res > summary { padding: 0.4rem 0.3rem; }
.res > summary:hover { background: var(--sunk); }
.res[open] > summary code { font-weight: 700; }
.res .body { padding: 0 0 0.8rem 1.6rem; }
.sign { display: inline-block; width: 1.3rem; text-align: center; font-family: var(--mono); font-weight: 700; }
.word { font-size: 0.85rem; }
.number { font-family: var(--mono); font-size: 0.88rem; }
.create { color: var(--green); }
.update, .adopt { color: var(--amber); }
.delete, .recreate { color: var(--red); }
.facts { list-style: none; margin: 0 0 0.4rem; padding: 0; color: var(--quiet); font-size: 0.9rem; overflow-wrap: anywhere; }
.res .list { background: var(--sunk); border-radius: 6px; padding: 0 0.8rem; margin: 0 0 0.6rem; }
code.old, code.new { padding: 0.05rem 0.3rem; border-radius: 4px; white-space: pre-wrap; }
code.old { background: var(--red-ground); }
code.new { background: var(--green-ground); }
pre { background: var(--sunk); border-radius: 6px; margin: 0.4rem 0; padding: 0.5rem 0; overflow-x: auto; line-height: 1.45; tab-size: 4; }
pre.diff > * { display: block; width: max-content; min-width: 100%; padding: 0 0.8rem; text-decoration: none; white-space: pre; }
del { background: var(--red-ground); color: var(--red); }
ins { background: var(--green-ground); color: var(--green); }
.diff i { color: var(--quiet); font-style: normal; }
pre:not(.diff) { padding: 0.5rem 0.8rem; }
body:has(#view-unified:checked) .fields { display: none; }
body:has(#view-fields:checked) .unified { display: none; }
footer { color: var(--quiet); padding: 0 1.5rem 1.5rem; font-size: 0.88rem; overflow-wrap: anywhere; }
@media (max-width: 640px) {
  header, .columns { padding-left: 0.8rem; padding-right: 0.8rem; }
  .controls { position: static; }
  details.app, .res { margin-left: 0.2rem; }
  .res .body { padding-left: 0.4rem; }
  .theme { position: static; }
  .brand { margin-right: 0; }
}
@media print {
  .controls, nav, .theme, .skip { display: none; }
  .columns { display: block; }
  .res, .list > li { content-visibility: visible; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
