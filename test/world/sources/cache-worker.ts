/** Writes and reads a cache that other processes use at the same time: `node cache-worker.ts DIR SEED`. */
import { digestOf, openDiskCache } from '../../../src/world/sources/disk-cache.ts';

const [, , dir = '', seed = '1'] = process.argv;
const cache = openDiskCache({ dir, maxBytes: 400_000, now: () => new Date() });
const contents = Array.from({ length: 8 }, (_, index) => Buffer.alloc(100_000, String(index)));

for (let round = 0; round < 60; round++) {
  const index = (round * Number(seed)) % contents.length;
  await cache.keep(contents[index] ?? Buffer.alloc(0));
  const read = await cache.content(digestOf(contents[(index + 3) % contents.length] ?? Buffer.alloc(0)));
  if (read !== null && read.length !== 100_000) process.exit(1);
}
