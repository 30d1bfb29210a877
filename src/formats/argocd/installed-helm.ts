type Engine = 'helm3' | 'helm4';

/**
 * The Helm of the Argo CDs that a text installs: by the image of the repo-server, an address or an image tag of a kustomization, or the
 * chart. Argo CD has Helm 4 since 3.4; charts up to 8.x install older ones, of later ones it is not known.
 */
export function helmOfArgo(text: string): readonly Engine[] {
  const written = text.replaceAll(/^\s*#.*$/gm, '');
  const versions = [
    ...(written.includes('argocd-repo-server') ? [...written.matchAll(image)] : []),
    ...written.matchAll(address),
    ...written.matchAll(newTag),
  ].map((match) => helmOfVersion(`${match[1]}.${match[2]}`));
  const charts = chartMajors(written).flatMap((major): Engine[] => (major <= 8 ? ['helm3'] : []));
  return [...versions.filter((engine) => engine !== null), ...charts];
}

/** The Helm of an Argo CD of a version or image, such as `3.4` or `quay.io/argoproj/argocd:v3.3.1`; null where that does not tell. */
export function helmOfVersion(version: string): Engine | null {
  const found = /(?:^|:)v?(\d+)\.(\d+)/.exec(version.replace(/@.*$/, ''));
  if (found === null) return null;
  const [major, minor] = [Number(found[1]), Number(found[2])];
  return major > 3 || (major === 3 && minor >= 4) ? 'helm4' : 'helm3';
}

const image = /image:\s*["']?[^\s"']*\/argocd:v?(\d+)\.(\d+)/g;
const address = /argoproj\/argo-cd(?:\.git)?\/(?:[\w./-]*\?ref=|(?:raw|refs\/tags)\/)?v(\d+)\.(\d+)\./g;
const newTag = /\/argocd["']?[ \t]*\n(?:[ \t]+newName:.*\n)?[ \t]+newTag:\s*["']?v?(\d+)\.(\d+)/g;

/** Major versions of the chart `argo-cd`, where its version stands near its name. */
function chartMajors(text: string): readonly number[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (!/\b(?:name|chart):\s*["']?argo-cd["']?\s*$/.test(line)) return [];
    const near = lines.slice(Math.max(index - 3, 0), index + 5).join('\n');
    const major = /\b(?:version|targetRevision):\s*["']?[v^~>=< ]*(\d+)\./.exec(near)?.[1];
    return major === undefined ? [] : [Number(major)];
  });
}
