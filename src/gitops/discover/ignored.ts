/** Folders in which nothing is deployed from: hidden ones, dependencies, test data, documentation, scaffolds. */
const ignoredFolders = new Set(['node_modules', 'vendor', 'testdata', 'fixtures', 'docs', 'doc', 'templates']);

/** Whether a path lies in a folder, or is a file, that discovery does not look at. */
export function isIgnored(path: string): boolean {
  const segments = path.split('/');
  const folders = segments.slice(0, -1);
  return segments.some((segment) => segment.startsWith('.')) || folders.some((folder) => ignoredFolders.has(folder));
}

/** Configuration of common tools that looks like a manifest by its ending. */
const toolFiles =
  /^(?:docker-compose.*|compose.*|mkdocs|pnpm-.*|lefthook|taskfile|codecov|renovate|skaffold|catalog-info|cloudbuild|buf(?:\..*)?|azure-pipelines.*|bitbucket-pipelines|package.*|tsconfig.*|biome|devbox|flux-schema|ct|cr)\.(?:ya?ml|json)$/i;

/**
 * Whether a changed file that no application reads is worth telling: manifests, values and templates are; prose, licences,
 * scripts, images, tool configuration and everything in ignored folders are not.
 */
export function looksLikeManifest(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return /\.(?:ya?ml|json|jsonnet|libsonnet|cue|tpl)$/i.test(name) && !isIgnored(path) && !toolFiles.test(name);
}

/** Whether a file says something to people only, even inside an application's folder. */
export function isProse(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    /\.(?:md|markdown|rst|adoc|png|jpe?g|gif|svg|drawio)$/i.test(name) || /^(?:LICENSE|OWNERS|CODEOWNERS)/.test(name)
  );
}
