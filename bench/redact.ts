import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRedactor, type Redactor } from '../src/formats/redaction/redactor.ts';
import type { Bench, Lab, Row } from './bench.ts';
import { atMostGoal, figure, milliseconds } from './rows.ts';
import { median, timed } from './timing.ts';

const mebibyte = 1024 * 1024;
const learned = 1_000;

/** The gate every text passes: 1,000 values of Secrets known, in all their spellings. */
export const redactBench: Bench = {
  name: 'redact',
  text: `hiding ${learned} known values in a text of 10 MiB`,
  rival: null,
  run: async (lab) => {
    const redactor = learnValues();
    checkSound(redactor);
    return [
      await row('manifests', { text: manifests(), redactor, lab }),
      await row('nearly a known value at every place', { text: 'postgres://shop:pass', redactor, lab }),
      await row('nearly tokens and keys', { text: '-----BEGIN PRIVATE KEY----- eyJ-ghp_xoxb-', redactor, lab }),
    ];
  },
};

function learnValues(): Redactor {
  const redactor = createRedactor({ key: new Uint8Array(32) });
  for (let index = 0; index < learned; index += 1) {
    const drawn = `${(index * 7_919_317 + 104_729).toString(36)}${'kV9pQ2xL7mZ4'.repeat(1 + (index % 6))}`;
    redactor.learn(index % 3 === 2 ? `postgres://shop:${drawn}@orders-db.shop.svc:5432/orders` : drawn);
  }
  return redactor;
}

/** What hides nothing may be as fast as it likes. */
function checkSound(redactor: Redactor): void {
  const drawn = `${(104_729).toString(36)}kV9pQ2xL7mZ4`;
  if (redactor.text(`a ${drawn} b`).includes(drawn))
    throw new Error('a known value is not hidden; nothing was measured');
}

/** Real manifests, over and over. */
function manifests(): string {
  const root = join(import.meta.dirname, '..', 'test', 'fixtures');
  const files = readdirSync(root, { recursive: true, withFileTypes: true });
  const yaml = files.filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name));
  return yaml.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')).join('---\n');
}

interface Measured {
  readonly text: string;
  readonly redactor: Redactor;
  readonly lab: Lab;
}

async function row(what: string, { text, redactor, lab }: Measured): Promise<Row> {
  lab.say(`redact: ${what}`);
  const [ten, twenty] = [10, 20].map((size) =>
    text.repeat(Math.ceil((size * mebibyte) / text.length)).slice(0, size * mebibyte),
  );
  const took = async (given = ''): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < lab.sizes.diffs; round += 1) times.push(await timed(async () => redactor.text(given)));
    return median(times);
  };
  const [one, two] = [await took(ten), await took(twenty)];
  const growth = `${(two / one).toFixed(1)} times as long for 20 MiB`;
  return figure(`${what} (${growth})`, milliseconds(one), atMostGoal(one, 2_000, 'ms'));
}
