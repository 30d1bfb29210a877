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

/** Plugins run there and never here; Argo CD is not asked. */
export function notAsked(
  plugin: string,
  { why, fix }: { readonly why: string; readonly fix: string },
  { file, line }: Source,
): FairleadError {
  const name = plugin === '' ? 'a plugin' : `the plugin ${plugin}`;
  return new FairleadError({
    code: 'refused',
    message: `It is rendered by ${name}, which runs in Argo CD only, never here; ${why}.`,
    subject: `${file}:${line}`,
    remedy: fix,
  });
}

/** Argo CD renders what it has, which is something else. */
export function otherThanLive(name: string, field: string, { file, line }: Source): FairleadError {
  return new FairleadError({
    code: 'refused',
    message: `${name} is rendered by a plugin, and Argo CD renders only the Application it has, whose ${field} is another.`,
    subject: `${file}:${line}`,
    remedy: 'Look at the change in Argo CD; once it has this declaration, what it renders can be reviewed.',
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
