import type { JsonObject } from '../../model/json.ts';

/** The major versions of Helm whose templates differ. */
export type HelmEngine = 'helm3' | 'helm4';

/** What is told to Helm beside chart, release, target and `--set`; what `HelmOptions` of model/declared.ts comes to. */
export interface HelmSettings {
  readonly engine: HelmEngine;
  /** Merged over the values files in order, as further files would be. */
  readonly values: readonly JsonObject[];
  /** `--set-string` assignments in order; Helm takes them after all of `--set`. */
  readonly setString: readonly string[];
  /** `--set-file`, after the others: paths are relative to the repository's root. */
  readonly setFile: readonly { readonly name: string; readonly path: string }[];
  /** Leaves the definitions of `crds/` out, as `helm template` without `--include-crds` does. */
  readonly skipCrds: boolean;
  readonly skipTests: boolean;
  readonly skipSchemaValidation: boolean;
  /** A values file that is not in the repository is left out instead of refused. */
  readonly ignoreMissingValuesFiles: boolean;
}

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
