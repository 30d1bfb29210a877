import { expect, test } from '@jest/globals';
import { buildEnvironment, substitute } from '../../../src/formats/argocd/environment.ts';

const environment = buildEnvironment({
  instanceName: 'team_web',
  namespace: 'shop',
  project: 'default',
  revision: '0123456789abcdef0123456789abcdef01234567',
  repoURL: 'https://a.example/x',
  path: 'apps/web',
  targetRevision: 'main',
});

test.each([
  ['$ARGOCD_APP_NAME', 'team_web'],
  [`x-$\{ARGOCD_APP_NAMESPACE}-y`, 'x-shop-y'],
  ['$ARGOCD_APP_PROJECT_NAME/$ARGOCD_APP_SOURCE_PATH', 'default/apps/web'],
  ['$ARGOCD_APP_REVISION_SHORT $ARGOCD_APP_REVISION_SHORT_8', '0123456 01234567'],
  ['$ARGOCD_APP_SOURCE_REPO_URL@$ARGOCD_APP_SOURCE_TARGET_REVISION', 'https://a.example/x@main'],
  [`$HOME and $\{PATH}`, ' and '],
  ['$KUBE_VERSION', ''],
  ['100$', '100$'],
  ['a$ b', 'a$ b'],
  ['$$x', '$x'],
  ['$1x', 'x'],
  [`$\{}x`, 'x'],
  [`$\{x`, 'x'],
  [`$\{$}`, '$'],
])('%s becomes "%s", as Go expands it', (text, expected) => {
  expect(substitute(text, environment)).toBe(expected);
});
