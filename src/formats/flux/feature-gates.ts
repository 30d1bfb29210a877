/** Where a text may set the gate by which variables without a value are faults. */
export const strictVariables = 'StrictPostBuildSubstitutions';

/** Whether a text that sets up kustomize-controller opens that gate: among the arguments of the controller, or in a patch of them. */
export function setsStrictVariables(text: string): boolean {
  const written = text.replaceAll(/^\s*#.*$/gm, '');
  return /--feature-gates=[^\s"']*\bStrictPostBuildSubstitutions=true\b/.test(written);
}
