import { expect, test } from '@jest/globals';
import { maskTerminal, type Terminal } from '../../src/cli/terminal.ts';

test('whatever a command writes goes through the gate', () => {
  const said: string[] = [];
  const write = (text: string): void => void said.push(text);
  const open: Terminal = { out: write, err: write, progress: write, paint: (_colour, text) => text };

  const terminal = maskTerminal(open, (text) => text.replaceAll('hunter-two', '(hidden)'));
  for (const print of [terminal.out, terminal.err, terminal.progress]) print('a hunter-two b');

  expect(said).toEqual(['a (hidden) b', 'a (hidden) b', 'a (hidden) b']);
});
