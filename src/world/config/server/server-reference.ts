import { optionExamples, optionRows } from '../config-reference.ts';
import { schemaOf } from '../config-schema.ts';
import { durationRule } from '../options.ts';
import { serverOptions } from './server-options.ts';

/** The JSON Schema (draft-07) of the server's file. */
export function serverSchema() {
  return schemaOf(serverOptions, {
    title: 'Fairlead: the file of the server',
    description: 'Forges, clusters and limits of `fairlead serve`. It holds no secrets.',
  });
}

/** The page that lists every option of the server's file. */
export function serverReference(): string {
  return `<!-- Generated from the options in src/world/config/server. Do not edit: a test compares this page with them. -->

# The file of the server

\`fairlead serve --config FILE\` (or \`FAIRLEAD_CONFIG=FILE\`) reads forges, clusters and limits from one YAML file. It is optional:
flags and environment variables alone will do for one forge and the contexts of a kubeconfig. It is YAML 1.2 and at most 256 KiB.
Unknown keys are problems, not ignored. \`fairlead config check --server FILE\` checks it, \`fairlead config schema --server\` prints its
JSON Schema, which is also kept in [fairlead-server.schema.json](fairlead-server.schema.json) for editors, and \`fairlead doctor\`
tries what it says.

**What wins:** a flag, then an environment variable, then this file, then the default. Variables of one forge (\`APP_ID\`,
\`GITLAB_TOKEN\`, …) win option by option over the forges called \`github\` and \`gitlab\` here; every other forge is told here only.
\`--cluster\` and \`FAIRLEAD_CLUSTERS\` replace which cluster belongs to which environment; a name in them is a cluster of this file,
else a context of the kubeconfig.

**Secrets** never stand in it: \`…File\` names a file, \`…Env\` a variable. Every variable that holds a secret also has a variant with
\`_FILE\` that names a file: ${secretVariables.map((name) => `\`${name}_FILE\``).join(', ')}. Paths are taken from the folder of this file.

## Example

\`\`\`yaml
${exampleServerConfig}\`\`\`

## Options

| Option | Takes | Default | Meaning |
| --- | --- | --- | --- |
${optionRows(serverOptions).join('\n')}

A duration is ${durationRule.is.replace(/^a duration such as /, 'written such as ')}, or 0. In a glob \`*\` stands for anything within a
segment and \`**\` across segments.

## Ways into a cluster

${ways}
## Service accounts

${accounts}
## Used by

${users}
## Sources

${sources}
## Argo CD

${argocd}
### Its API

${argocdApi}
## Examples of values

${optionExamples(serverOptions).join('\n')}
`;
}

/** Variables that hold a secret; each may be given as \`NAME_FILE\` instead. */
export const secretVariables = [
  'PRIVATE_KEY',
  'WEBHOOK_SECRET',
  'WEBHOOK_SECRET_OLD',
  'GITLAB_TOKEN',
  'GITLAB_WEBHOOK_SECRET',
  'GITLAB_WEBHOOK_SECRET_OLD',
  'GITLAB_SIGNING_SECRET',
  'GITLAB_SIGNING_SECRET_OLD',
  'DATABASE_URL',
  'FAIRLEAD_API_TOKEN',
] as const;

/** What a server with two forges and two clusters says. A test reads it. */
export const exampleServerConfig = `version: 1
mode: enforce
repositories: [acme/*]
data: /var/lib/fairlead
forges:
  github:
    kind: github
    appId: 12345
    privateKeyFile: /run/secrets/app.pem
    webhookSecretFile: /run/secrets/webhook
  gitlab-internal:
    kind: gitlab
    url: https://gitlab.example.com
    tokenFile: /run/secrets/gitlab-token
    webhookSecretEnv: GITLAB_INTERNAL_WEBHOOK
clusters:
  stg-eu:
    environments: [staging]
    plan: {kubeconfig: {context: stg-eu}}
  prod-eu:
    environments: [prod]
    plan:
      serviceAccount: {server: 'https://10.0.0.1:6443', caFile: prod-ca.pem, tokenFile: /run/secrets/prod-plan}
    apply:
      serviceAccount: {server: 'https://10.0.0.1:6443', caFile: prod-ca.pem, tokenFile: /run/secrets/prod-apply}
sources:
  allow: [ghcr.io, pkg-containers.githubusercontent.com, charts.acme.example]
  private: [charts.acme.example]
  hosts:
    charts.acme.example: {username: robot, passwordFile: /run/secrets/charts}
`;

const accounts = `A tenant of \`tenancy\` may name service accounts, which Fairlead impersonates for the targets of its paths: \`plan\` for what it
reads and dry-runs, \`apply\` for what a deployment writes. The API server itself then holds each tenant to its rights, and the identities of
the cluster need \`impersonate\` on these \`serviceaccounts\` (best with \`resourceNames\`), beside what discovery and schemas ask for.

- \`serviceAccounts: required\` at a cluster refuses there what has no \`plan\` account. Without it, targets of other tenants are asked as
  the identities themselves.
- Of several tenants that cover the folder of a target, the first that names accounts counts. One that names only \`plan\` writes as the
  apply identity.
- [plan-identity.yaml](plan-identity.yaml) must name each \`plan\` account as well: an impersonated request is that account's own.
- The apply engine keeps lists of what it applied in ConfigMaps of the cluster's \`namespace\`: an \`apply\` account needs \`get\`, \`list\`,
  \`create\` and \`patch\` on these.
`;

const ways = `Each of \`plan\` and \`apply\` names exactly one. Tokens are had anew before they end and after a 401. A dry-run needs the verbs of a
real write: [plan-identity.yaml](plan-identity.yaml) is an admission policy that holds the plan identity to dry-runs, and \`fairlead
doctor\` says whether it is in force. [plan-identity-roles.yaml](plan-identity-roles.yaml) holds the roles to bind to it: one for dry-runs,
without any right to write the policies themselves, and one with \`get\` and \`list\` only.

- A program that a kubeconfig or a cluster Secret asks to run, \`insecure-skip-tls-verify\`, and files it names are refused where the
  kubeconfig comes from an untrusted place: inside the repository or the data folder, outside the folder of this file by a relative
  path, or writable by everybody.
- \`HTTPS_PROXY\`, \`HTTP_PROXY\` and \`NO_PROXY\` hold for clusters and forges; \`localhost\` and loopback addresses are always reached
  directly. A \`proxy-url\` of a kubeconfig wins.
- EKS, GKE and AKS are reached through the vendors' own libraries, loaded when first needed. **Not proven live:** they are tested
  against exchanges written from the vendors' documentation.
`;

const users = `What is kept in \`usedBy\` is who may see what: a pull of \`acme/values\` shows the objects that \`acme/gitops\` deploys with it, and those
who push to it have them dry-run in its clusters. Both are repositories this server works for. Only sources that follow the branch of the
pull are meant; [controllers.md](controllers.md#values-and-charts-in-another-repository) says what is reviewed.
`;

const sources = `What manifests name is fetched over HTTPS from listed hosts only: charts of Helm repositories and OCI registries, artifacts, Git
repositories (HTTPS, no SSH), and single files (\`https://HOST/…/x.yaml\` among the \`resources\` of a kustomization; as with kustomize
itself, no credentials are shown for those). The error of a host that is not listed says which line to add.

- What may be something else tomorrow is a finding (\`unpinned-base\`, \`unpinned-chart\`): a branch, a range of versions, a file at an
  address without a full commit id. A range of a Git repository is looked for among its tags.
- A name is looked up once; its address is judged and then dialled. What is private, link-local or otherwise special is refused unless
  listed. The same holds for every redirect and for where a registry hands out tokens. Proxies of the environment are not used here.
- Where a registry hands out tokens at another host (Docker Hub: \`auth.docker.io\` for \`registry-1.docker.io\`), its credentials
  are listed under that host.
- A \`secret\` is a Secret of Kubernetes, which the plan identity of its cluster gets by name (\`get\` on \`secrets\`, best with
  \`resourceNames\`). It is read when first needed and again after a 401, and is in no log. Of \`.dockerconfigjson\` the entry of the
  host counts. One that is missing or may not be read is an error that names it.
- \`argocd\` and \`flux\` take credentials from what these controllers have, for the addresses named there: the longest one counts, and
  what stands under \`hosts\` comes first. Of Argo CD, those are repositories and templates (\`list\` on \`secrets\`) with \`username\` and
  \`password\` or \`bearerToken\`; of Flux, the \`secretRef\` of GitRepository, HelmRepository and OCIRepository (\`list\` on these, \`get\`
  on \`secrets\`). Keys of GitHub Apps and clouds, SSH keys and client certificates are not supported, and an error says so where one
  is needed; authorities, proxies and \`insecure\` are not taken from there, nor repositories of one project of Argo CD.
- Of a pull from a fork, or of somebody who may not write to the repository, nothing is fetched until a writer comments
  \`/fairlead ok-to-test\`. **Whoever may write can have anything fetched that these credentials may read.** Give each host an identity
  that reads what is deployed, and nothing else.
`;

const argocd = `What an Argo CD knows and no repository says is read from the cluster it lives in, when it is first needed and again after a
minute. The plan identity of that cluster wants, in its namespace:

- \`list\` on \`secrets\`: cluster Secrets (label \`argocd.argoproj.io/secret-type=cluster\`). Name, server, project, labels and
  annotations are kept; how Argo CD reaches the cluster is not even read.
- \`get\` on \`configmaps\`: \`argocd-cm\` and \`argocd-cmd-params-cm\`.
- \`list\` on \`appprojects.argoproj.io\`.
- \`get\` on \`deployments.apps\`: \`argocd-repo-server\`, whose version says which Helm it has.

What may not be read, or cannot be reached, is told in the reviews that need it, and those are incomplete; the others do not mind.
\`fairlead doctor\` says what is missing. Where
nothing may be reached, such as in CI, \`argocd.clusters\` in \`.fairlead.yaml\` says which clusters there are.
`;

const argocdApi = `With \`url\` and a token, what only Argo CD itself can do is asked of it: parameters of the generators \`scmProvider\`, \`pullRequest\`,
\`plugin\` and \`clusterDecisionResource\` (its call \`generate\`, which makes nothing), and manifests of applications with a
config-management plugin, at the commits of a pull. [controllers.md](controllers.md#what-argo-cd-is-asked) says how.

**It is off unless you name it, and then asked only for content that somebody trusted:** what is asked runs with Argo CD's own rights. A
generator may send a Secret of Argo CD to an address that the pull names, and a plugin runs on the pull's own files. Of a pull from a
fork, or of somebody who may not write to the repository, nothing is asked until a writer comments \`/fairlead ok-to-test\`; until then the
review is incomplete and says so. **Whoever may write to a repository can have Argo CD do this.** \`appset-allowed-scm-providers\` of
argocd-server keeps generators to forges you name.

An account for it, of its own, with as little as reviews need:

\`\`\`yaml
# argocd-cm
data:
  accounts.fairlead: apiKey
---
# argocd-rbac-cm
data:
  policy.csv: |
    p, fairlead, applications, get, */*, allow
    p, fairlead, applicationsets, create, */*, allow
\`\`\`

\`argocd account generate-token --account fairlead\` prints its token; \`fairlead doctor\` tries it. The first line is for plugins. The second
is what \`generate\` asks for: the same right lets whoever has the token make ApplicationSets, so leave it out where you use none of these
generators, and name projects (\`shop/*\`) instead of \`*/*\` where you can. A set whose template makes its project is asked about as one
of the project \`default\`.

- The address is https, plain http for this machine only. No redirect is followed, and the token is in no log. The proxies of the
  environment hold for it.
- Where \`url\` stands without \`cluster\` and the process runs in no cluster, as in CI, nothing is read of Argo CD beside it.
- argocd-server gives generators only Secrets with the label \`argocd.argoproj.io/secret-type: scm-creds\`; others are refused in its words.
- An answer holds for a minute, so that both sides of a pull see the same. A call ends after 100 s, an answer at 32 MiB.
`;
