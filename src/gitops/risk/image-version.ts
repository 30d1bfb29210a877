/** The numbers of a version, most significant first. */
export type Version = readonly number[];

/** The version an image is tagged with (`nginx:1.27.0`, `…:v2.1-alpine`); null without one: `latest`, a digest, a date, a hash. */
export function versionOf(image: string): Version | null {
  const tag = /:([^/:@]+)(?:@|$)/.exec(image)?.[1];
  const numbers = tag === undefined ? null : /^v?(\d{1,4})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?(?=$|[-+._])/.exec(tag);
  if (numbers === null || numbers[2] === undefined) return null;
  return numbers.slice(1).flatMap((text) => (text === undefined ? [] : [Number(text)]));
}

/** Below 0 where the first is older. What one does not say is 0. */
export function compareVersions(one: Version, other: Version): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
