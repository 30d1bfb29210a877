/** A secret value that can be found again, however it is spelled: its core stands in it and nowhere else. */
export interface Canary {
  /** Eight characters that every encoding of text keeps or encodes alone. */
  readonly core: string;
  readonly value: string;
}

/** How a core begins. */
export const coreStart = 'Zq';

const noise = 'aB3$&<>"\'%\\`|{}[]()*#!?;:,./+=~^@_- ';
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** One shape a value may have: what stands around the core. */
type Shape = (core: string, length: number, seed: number) => string;

const shapes: readonly Shape[] = [
  (core) => core,
  (core) => `pw-${core}`,
  (core, length, seed) => `${core}${drawn(noise, length, seed)}x`,
  (core, length, seed) => `x${drawn(noise, length, seed)}${core}`,
  (core, length, seed) => `${drawn(letters, length, seed)}${core}${drawn(letters, length, seed + 1)}`,
  (core) => `пароль-${core}-秘密鍵-ñ`,
  (core) => `🔑${core}🔒`,
  (core, _length, seed) => `user=shop\npassword=${core}-${drawn(letters, 9, seed)}\nhost=db\n`,
  (core, _length, seed) => `line one\r\nthe second ${core} line ${drawn(letters, 5, seed)}\r\n`,
  (core) => JSON.stringify({ auths: { 'registry.example': { username: 'shop', password: `p"${core}\\x` } } }),
  (core) => `database:\n  user: shop\n  password: "${core}-of-yaml"\n`,
  (core) => `postgres://shop:${core}@db.shop.svc:5432/shop?sslmode=require`,
  (core) => `https://hooks.example/services/${core}?a=1&b=<2>`,
  (core, _length, seed) => `-----BEGIN TOKEN-----\n${drawn(letters, 40, seed)}${core}\n-----END TOKEN-----\n`,
  (core) => `  "it's" ${core}, isn't it?  `,
  (core, _length, seed) => Buffer.from(`${drawn(letters, 7, seed)}${core}`).toString('base64'),
  (core) => `\ttab\u0007bell\u200bzero ${core} width\u202e`,
  (core) => `--flag=${core}' && echo "done"`,
  (core) => `</details>\n\`\`\`\n<!-- ${core} -->`,
  (core, length, seed) => `${core}.${drawn(letters, length + 30, seed)}.${drawn(letters, length + 20, seed + 2)}`,
];

/** So many canaries, of every shape in turn and of 8 to about 200 characters. The same number gives the same ones. */
export function canaries(count: number): readonly Canary[] {
  return Array.from({ length: count }, (_, index) => {
    const core = coreOf(index);
    const shape = shapes[index % shapes.length] as Shape; // the index is within the list
    return { core, value: shape(core, (index * 7) % 90, index) };
  });
}

/** One that may stand in names and labels. */
export function plainCanary(index: number): Canary {
  const core = coreOf(index);
  return { core, value: core };
}

function coreOf(index: number): string {
  // A prime times the number, so that neighbours share no beginning; 36^6 values.
  const drawnNumber = ((index + 1) * 1_299_827_917) % 36 ** 6;
  return `${coreStart}${drawnNumber.toString(36).padStart(6, '0')}`;
}

function drawn(alphabet: string, length: number, seed: number): string {
  let state = (seed * 2_654_435_761 + 12_345) >>> 0;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return alphabet.charAt(Math.floor((state / 2 ** 32) * alphabet.length));
  }).join('');
}
