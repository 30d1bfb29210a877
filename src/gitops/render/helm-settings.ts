import type { HelmSettings } from '../../model/renderer.ts';

/** What holds where nothing is said: Helm 4 with its own defaults, definitions included. */
export const defaultHelmSettings: HelmSettings = {
  engine: 'helm4',
  values: [],
  setString: [],
  setFile: [],
  skipCrds: false,
  skipTests: false,
  skipSchemaValidation: false,
  ignoreMissingValuesFiles: false,
};
