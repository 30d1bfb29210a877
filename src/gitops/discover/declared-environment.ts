import { isEnvironmentWord, placementOf } from './layout.ts';
import { valuesFileOf } from './values-files.ts';

/** The environment that the first of some paths and names tells of; null where none does. */
export function environmentOf(hints: readonly string[]): string | null {
  for (const hint of hints) {
    const environment = environmentIn(hint);
    if (environment !== null) return environment;
  }
  return null;
}

/** `values-prod.yaml`, `apps/prod/web`, `clusters/eu/apps.yaml`, `web-prod`, `prod.yaml`. */
function environmentIn(hint: string): string | null {
  const segments = hint.split('/').filter((segment) => segment !== '' && segment !== '.' && segment !== '..');
  const last = (segments.at(-1) ?? '').replace(/\.(?:ya?ml|json)$/, '');
  const isFile = last !== segments.at(-1);
  if (isFile) {
    const values = valuesFileOf(segments.slice(-1).join('/'));
    if (values?.kind === 'environment' && isEnvironmentWord(values.environment)) return values.environment;
  }
  const folders = isFile ? segments.slice(0, -1) : segments;
  const { environment } = placementOf(folders.join('/'));
  if (environment !== null) return environment;
  const word = last.split(/[-_.]/).at(-1) ?? '';
  return isEnvironmentWord(word) ? word : null;
}
