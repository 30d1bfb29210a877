/** The Helm of the Flux that a text installs, by the image of its helm-controller: Helm 4 since 1.5, which came with Flux 2.8. */
export function helmOfFlux(text: string): readonly ('helm3' | 'helm4')[] {
  const written = text.replaceAll(/^\s*#.*$/gm, '');
  return [...written.matchAll(image)].map(([, major, minor]) =>
    Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 5) ? 'helm4' : 'helm3',
  );
}

const image = /image:\s*["']?[^\s"']*\/helm-controller:v?(\d+)\.(\d+)/g;
