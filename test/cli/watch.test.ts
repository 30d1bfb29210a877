import { expect, test } from '@jest/globals';
import { drawnScreen } from '../../src/cli/screen.ts';
import { watch } from '../../src/cli/watch.ts';

test('what changed is shown once, and an interrupt ends it', async () => {
  const texts = ['a', 'a', 'b', 'b', 'c'];
  const shown: string[] = [];
  const stop = new AbortController();
  const read = async (): Promise<string> => {
    const text = texts.shift() ?? 'c';
    if (texts.length === 0) stop.abort();
    return text;
  };

  await watch(read, { show: (text) => shown.push(text), end: () => shown.push('end') }, stop.signal, 1);

  expect(shown).toEqual(['a', 'b', 'c', 'end']);
});

test('a terminal is drawn over, never cleared first; the cursor comes back and the last text stays', () => {
  let written = '';
  const screen = drawnScreen({ write: (text) => (written += text), rows: () => 2 });

  screen.show('one\ntwo\nthree\n');
  screen.show('1\n');
  screen.end();

  expect(written).not.toContain('\u001b[2J');
  expect(written).toContain('\u001b[Hone\u001b[K\r\ntwo\u001b[K\u001b[J\u001b[H1\u001b[K\u001b[J');
  expect(written).not.toContain('three');
  expect(written.endsWith('\u001b[?7h\u001b[?25h\u001b[?1049l1\n')).toBe(true);
});
