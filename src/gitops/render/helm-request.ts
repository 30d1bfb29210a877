import { stringifyJson } from '../../formats/json.ts';
import type { HelmSettings, RenderInputs } from '../../model/renderer.ts';
import type { LocalChart, TemplateRequest } from './helm-message.ts';
import { defaultHelmSettings } from './helm-settings.ts';

/** Where the chart of a request is, and what is laid beside it. */
export interface ChartPlace {
  readonly root: string;
  readonly valuesFiles: readonly string[];
  readonly local: readonly LocalChart[];
}

/** All settings, those that are not given as Helm's defaults. */
export function helmSettings({ helm }: Pick<RenderInputs, 'helm'>): HelmSettings {
  return { ...defaultHelmSettings, ...helm };
}

/** The request that renders a chart as `helm template` with the flags of the same names. */
export function templateRequest(place: ChartPlace, inputs: RenderInputs): TemplateRequest {
  const settings = helmSettings(inputs);
  return {
    method: 'template',
    engine: settings.engine,
    releaseName: inputs.releaseName,
    nameTemplate: '',
    namespace: inputs.namespace,
    kubeVersion: inputs.kubeVersion,
    apiVersions: inputs.apiVersions,
    valuesFiles: place.valuesFiles,
    values: settings.values.map((value) => stringifyJson(value)),
    set: inputs.set,
    setString: settings.setString,
    setFile: settings.setFile.map(({ name, path }) => `${name}=${escaped(path)}`),
    skipSchema: settings.skipSchemaValidation,
    chartRoot: place.root,
    localCharts: place.local,
  };
}

/** A comma would end the path, and a backslash hide what follows it (Helm's strvals). */
function escaped(path: string): string {
  return path.replace(/[\\,]/g, '\\$&');
}
