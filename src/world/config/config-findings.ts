import type { Finding } from '../../model/finding.ts';
import type { Settings } from '../../model/settings.ts';
import { defaultSettings } from './build-settings.ts';
import { type ConfigSource, placeOf } from './config-source.ts';
import { parseSettings, type SettingsContext } from './parse-settings.ts';
import { type ConfigProblem, configFile, pathText } from './problem.ts';
import type { Weakening } from './weakening.ts';
import { weakenings } from './weakenings.ts';

/**
 * What a pull that changes `.fairlead.yaml` does to the settings that hold, those of the protected branch: a `config-invalid`
 * per problem, else a `config-weakens` per thing that is guarded less or happens by itself from then on. `headText` is null
 * where the pull deletes the file.
 */
export function configFindings(
  headText: Uint8Array | string | null,
  baseSettings: Settings,
  context: SettingsContext,
): readonly Finding[] {
  if (headText === null) {
    const head = defaultSettings(context.engines);
    return weakenings(baseSettings, head).map((weakening) => weakened(weakening, null));
  }
  const parsed = parseSettings(headText, { file: configFile, ...context });
  if (parsed.settings === null) return parsed.problems.map(invalid);
  const { source } = parsed;
  return weakenings(baseSettings, parsed.settings).map((weakening) => weakened(weakening, source));
}

function invalid({ line, path, message, fix }: ConfigProblem): Finding {
  return {
    ...ofPull,
    rule: 'config-invalid',
    severity: 'block',
    line,
    message: path === '' ? `${configFile}: ${message}` : `${path}: ${message}`,
    fix,
  };
}

function weakened({ at, message }: Weakening, source: ConfigSource | null): Finding {
  return {
    ...ofPull,
    rule: 'config-weakens',
    severity: 'caution',
    line: source === null ? null : placeOf(source, at).line,
    message: `${pathText(at)} ${message}`,
    fix: 'Have the owners of the repository agree; it holds from the merge on.',
  };
}

const ofPull = { target: null, resource: null, file: configFile } as const;
