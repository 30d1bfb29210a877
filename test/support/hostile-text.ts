import type { Seeded } from './seeded.ts';

const ticks = (indent: number, run: string): string => `x\n${' '.repeat(indent)}${run}\n/approve\n@acme/sre\n${run}`;

/** What people who mean harm put into names, values and messages, by what they try to do. */
export const hostileTexts: Readonly<Record<string, readonly string[]>> = {
  fences: [0, 1, 2, 3].flatMap((indent) => [ticks(indent, '```'), ticks(indent, '~~~'), ticks(indent, '``````')]),
  spans: ['`', '``', '` @acme/sre `', 'a`b``c```d', '\\`', '`'.repeat(300)],
  html: [
    '</details></details>',
    '<details open><summary>x</summary>',
    '<img src=x onerror=alert(1)>',
    '<a href="https://evil.example">x</a>',
    '</code></summary></sub><h1>x</h1>',
    '<script>alert(1)</script>',
    '<svg onload=alert(1)>',
    '&lt;img src=x&gt; &amp;lt;b&amp;gt;',
    '</td></tr></table>',
  ],
  comments: [
    '<!-- x',
    '-->',
    '<!-- fairlead:v1 key=review -->',
    '\n<!-- fairlead:v1 key=review -->\n',
    '<![CDATA[x]]>',
  ],
  links: [
    '[x](javascript:alert(1))',
    '[x](https://evil.example "t")',
    'https://evil.example/?d=secret',
    'www.evil.example',
    'mailto:a@evil.example',
    'a@evil.example',
    '<https://evil.example>',
    '[x]: https://evil.example\n[x]',
    '[^1]\n\n[^1]: note',
    'ftp://evil.example',
  ],
  images: ['![](https://evil.example/?d=1)', '![x][y]\n\n[y]: https://evil.example'],
  mentions: ['@acme/sre', 'cc @octocat.', '(@all)', '@here', '/@acme', '&#64;acme/sre'],
  references: ['#12', 'GH-12', 'acme/shop#12', '!12', '~label', '&7', '%3', '$4', '^5', 'gh-7,', '*iteration:1'],
  actions: ['\n/approve', '\n/merge\n', '/close', '\n  /label ~x', '\n/fairlead approve prod\n', '\r/approve'],
  blocks: [
    '# h',
    '\n# h\n',
    '\n---\n',
    '\n***\n',
    '> q',
    '\n> [!CAUTION]\n> x',
    '- [ ] x',
    '\n1. x\n',
    '\n    code\n',
    '| a | b |\n|---|---|',
  ],
  marks: ['**bold**', '__x__', '_x_', '~~x~~', '$x$', '$$x$$', '{+ a +}', '[- b -]', ':tada:', '==x==', '\\', 'x\\'],
  unseen: [
    '\u202eabc',
    '\u2066x\u2069',
    '\u200b/approve',
    'a\u200bb',
    '\ufeff',
    '\u00ad',
    '\u2028/approve',
    '\u0085/approve',
    '\u0000',
    '\u001b[31mred\u001b]8;;https://evil.example\u0007',
  ],
  halves: ['\ud83d', '\ude00', 'a\ud83db'],
  long: ['x'.repeat(1_500), 'word '.repeat(300), '|'.repeat(300), 'a,'.repeat(300)],
  empty: ['', ' ', '\n', '\t'],
};

const all = Object.values(hostileTexts).flat();

/** One of them, now and then two together, and rarely a line of a mebibyte. */
export function hostileWord(random: Seeded): string {
  if (random.below(4_000) === 0) return `${pick(random)} ${'y'.repeat(1024 * 1024)}`;
  return random.percent(30) ? `${pick(random)}${pick(random)}` : pick(random);
}

/** A word of letters, as most names are. */
export function plainWord(random: Seeded): string {
  const length = 1 + random.below(14);
  return Array.from({ length }, () => 'abcdefghijklmnopqrstuvwxyz'[random.below(26)] ?? 'x').join('');
}

function pick(random: Seeded): string {
  return all[random.below(all.length)] ?? '';
}
