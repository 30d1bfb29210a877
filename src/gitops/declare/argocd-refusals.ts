import { FairleadError } from '../../model/error.ts';
import { formatResource, type Resource, type Source } from '../../model/resource.ts';

/** What Argo CD refuses to render; `why` is no sentence yet. */
export function notRendered(why: string, { file, line }: Source): FairleadError {
  return new FairleadError({
    code: 'render-failed',
    message: `Argo CD could not render the application: ${why}.`,
    subject: `${file}:${line}`,
    remedy: 'Correct spec.source of the Application, or what is named here.',
  });
}

/** Jsonnet is evaluated there and not here. */
export function jsonnetRefused(path: string, { file, line }: Source): FairleadError {
  return new FairleadError({
    code: 'refused',
    message: `${path} is jsonnet, which is not evaluated here; the application is not rendered.`,
    subject: `${file}:${line}`,
    remedy: 'Commit what the jsonnet evaluates to, or exclude the file with spec.source.directory.exclude.',
  });
}

/** Plugins run there and never here. */
export function pluginRefused(plugin: string, { file, line }: Source): FairleadError {
  const name = plugin === '' ? 'a plugin' : `the plugin ${plugin}`;
  return new FairleadError({
    code: 'refused',
    message: `It is rendered by ${name}, which runs in Argo CD only; code of a repository is never run here.`,
    subject: `${file}:${line}`,
    remedy: 'Look at the change in Argo CD, or commit what the plugin generates.',
  });
}

/** Argo CD tracks what it applies by an annotation, and fails over others that are no text. */
export function annotationRefused({ id, source }: Resource, key: string, declaredAt: Source): FairleadError {
  const { file, line } = source ?? declaredAt;
  const what = key === '' ? 'annotations of' : `annotation ${key} of`;
  return new FairleadError({
    code: 'render-failed',
    message: `Argo CD could not render the application: the ${what} ${formatResource(id)} is no text.`,
    subject: `${file}:${line}`,
    remedy: 'Write the value in quotes.',
  });
}
