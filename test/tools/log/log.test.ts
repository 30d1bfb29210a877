import { describe, expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { createLog, type LogOptions } from '../../../src/tools/log/log.ts';

const redactor = createRedactor({ key: new Uint8Array(32) });
const secret = 'pa"ss\\word\nüber 1+2/3=6';
redactor.learn(secret);

function open(changes: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  return { lines, ...createLog({ level: 'debug', format: 'json', redact: redactor.text, write, ...changes }) };
}

const records = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

describe('secrets in a line', () => {
  test.each([
    ['plain', secret],
    ['as JSON', JSON.stringify({ password: secret })],
    ['as JSON within JSON', JSON.stringify({ body: JSON.stringify({ password: secret }) })],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 within more', Buffer.from(`user:${secret}`).toString('base64')],
    ['in a URL', `https://x.example/?password=${encodeURIComponent(secret)}`],
  ])('%s are hidden, as message, field, name and error', (_how, spelled) => {
    const { lines, logger } = open();

    logger.info(spelled);
    logger.info({ deep: [{ said: spelled }] }, 'field');
    logger.info({ [spelled]: 1 }, 'name');
    logger.error({ err: new Error(`refused: ${spelled}`) }, 'error');
    logger.child({ bound: spelled }).warn('bound');

    expect(records(lines)).toHaveLength(5);
    const written = lines.join('');
    expect(written).toContain('(hidden)');
    for (const part of ['pa\\"ss', 'word\\nüber', '1+2/3=6', 'cGEic3', encodeURIComponent('über 1+2')])
      expect(written).not.toContain(part);
  });

  test('leave the other lines as they are', () => {
    const { lines, logger } = open();

    logger.info({ pull: 7, isNew: true, none: null, list: [1, 'two'] }, 'fine');

    expect(records(lines)).toMatchObject([
      { msg: 'fine', pull: 7, isNew: true, none: null, list: [1, 'two'], level: 30 },
    ]);
  });
});

describe('fields of the work under way', () => {
  test('stand in every line of it, however deep, and in no other', async () => {
    const { lines, logger, within, fields } = open();
    const work = (pull: number) =>
      within({ job: 'review', pull }, async () => {
        await Promise.resolve();
        await within({ delivery: `d-${pull}` }, async () => logger.info('deep'));
        return fields();
      });

    const seen = await Promise.all([work(1), work(2)]);
    logger.info('beside');

    expect(seen).toEqual([
      { job: 'review', pull: 1 },
      { job: 'review', pull: 2 },
    ]);
    expect(records(lines)).toMatchObject([
      { job: 'review', pull: 1, delivery: 'd-1' },
      { pull: 2, delivery: 'd-2' },
      {},
    ]);
    expect(records(lines)[2]).not.toHaveProperty('job');
  });
});

describe('for eyes', () => {
  test('a line says when, how grave, what and with what', () => {
    const { lines, logger } = open({ format: 'pretty' });

    logger.warn({ repository: 'acme/shop', reason: 'no way' }, 'refused');

    expect(lines.join('')).toMatch(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}refused repository=acme\/shop reason="no way"\n$/);
  });

  test('foreign text cannot make a line of its own or move the cursor', () => {
    const { lines, logger } = open({ format: 'pretty' });

    logger.info({ title: 'x\n00:00:00.000 ERROR forged', '\u001b[2J': '\u009b31m' }, 'said\r\n\u001b[1A');

    const [line = ''] = lines;
    expect([...line].filter((sign) => sign < ' ' || (sign >= '\u007f' && sign <= '\u009f'))).toEqual(['\n']);
  });
});

test('what is below the level is not written', () => {
  const { lines, logger } = open({ level: 'warn' });

  logger.info('quiet');

  expect(lines).toEqual([]);
});
