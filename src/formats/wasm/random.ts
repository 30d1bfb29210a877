/**
 * An endless stream of bytes that depends on the seed alone: the SplitMix64 generator (Steele, Lea, Flood 2014). It makes
 * renders repeatable; nothing secret may come from it.
 */
export function createRandom(seed: number): (target: Uint8Array) => void {
  let state = BigInt.asUintN(64, BigInt(Math.trunc(seed)));
  const next = () => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let mixed = BigInt.asUintN(64, (state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n);
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
    return mixed ^ (mixed >> 31n);
  };
  return (target) => {
    for (let at = 0; at < target.length; at += 8) {
      let word = next();
      for (let index = at; index < Math.min(at + 8, target.length); index++, word >>= 8n) {
        target[index] = Number(word & 0xffn);
      }
    }
  };
}
