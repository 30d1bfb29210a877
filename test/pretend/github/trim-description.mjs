/**
 * Makes src/pretend/github/description.json: GitHub's official REST description, cut down to the operations the adapter
 * uses and to what a validator reads. Run it by hand when the adapter learns a new call:
 *
 *   npm pack @octokit/openapi && tar xzf octokit-openapi-*.tgz
 *   node test/pretend/github/trim-description.mjs package src/pretend/github/description.json
 *   npx biome format --write src/pretend/github/description.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const operations = [
  'GET /app',
  'POST /app/installations/{installation_id}/access_tokens',
  'GET /user',
  'GET /users/{username}',
  'GET /repos/{owner}/{repo}',
  'GET /repos/{owner}/{repo}/installation',
  'GET /repos/{owner}/{repo}/branches',
  'GET /repos/{owner}/{repo}/branches/{branch}',
  'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
  'GET /repos/{owner}/{repo}/rules/branches/{branch}',
  'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
  'GET /repos/{owner}/{repo}/commits/{ref}/statuses',
  'POST /repos/{owner}/{repo}/statuses/{sha}',
  'POST /repos/{owner}/{repo}/check-runs',
  'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'GET /repos/{owner}/{repo}/issues/comments/{comment_id}',
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
  'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}',
  'GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions',
  'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions',
  'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}',
  'GET /repos/{owner}/{repo}/issues',
  'POST /repos/{owner}/{repo}/issues',
  'GET /repos/{owner}/{repo}/issues/{issue_number}',
  'PATCH /repos/{owner}/{repo}/issues/{issue_number}',
  'POST /repos/{owner}/{repo}/issues/{issue_number}/labels',
  'DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}',
  'GET /repos/{owner}/{repo}/pulls',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/files',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
  'POST /repos/{owner}/{repo}/pulls',
  'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
  'GET /repos/{owner}/{repo}/git/ref/{ref}',
  'POST /repos/{owner}/{repo}/git/refs',
  'GET /repos/{owner}/{repo}/git/commits/{commit_sha}',
  'POST /repos/{owner}/{repo}/git/commits',
  'GET /repos/{owner}/{repo}/git/trees/{tree_sha}',
  'POST /repos/{owner}/{repo}/git/trees',
  'POST /repos/{owner}/{repo}/git/blobs',
  'GET /repos/{owner}/{repo}/deployments',
  'POST /repos/{owner}/{repo}/deployments',
  'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
  'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
  'GET /orgs/{org}/teams/{team_slug}/memberships/{username}',
];

/**
 * Keywords to leave out: those that only people read, and those of OpenAPI that are not JSON Schema (`nullable` is written
 * as JSON Schema writes it). Inside `properties` they are names and stay.
 */
const prose = new Set([
  'description',
  'summary',
  'title',
  'example',
  'examples',
  'externalDocs',
  'deprecated',
  'default',
  'nullable',
  'discriminator',
]);

const [packageDir, output] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
const description = JSON.parse(readFileSync(join(packageDir, 'generated/api.github.com.json'), 'utf8'));
const used = new Set();
const trimmed = operations.map(trimOperation);
const schemas = collectSchemas();
const text = JSON.stringify({ source: `@octokit/openapi ${version} (MIT, GitHub)`, operations: trimmed, schemas });
writeFileSync(output, `${text}\n`);
process.stderr.write(
  `${output}: ${trimmed.length} operations, ${Object.keys(schemas).length} schemas, ${text.length} bytes\n`,
);

function trimOperation(name) {
  const [method, path] = name.split(' ');
  const found = description.paths[path]?.[method.toLowerCase()];
  if (found === undefined) throw new Error(`${name} is not in the description`);
  return { method, path, query: queryOf(found), body: bodyOf(found), responses: responsesOf(found) };
}

function queryOf(operation) {
  const parameters = (operation.parameters ?? []).map((parameter) => resolve(parameter));
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  return Object.fromEntries(inQuery.map((parameter) => [parameter.name, trimSchema(parameter.schema)]));
}

function bodyOf(operation) {
  const schema = operation.requestBody?.content?.['application/json']?.schema;
  return schema === undefined ? null : trimSchema(schema);
}

function responsesOf(operation) {
  const entries = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
  return Object.fromEntries(
    entries.map(([status, response]) => {
      const schema = resolve(response).content?.['application/json']?.schema;
      return [status, schema === undefined ? null : trimSchema(schema)];
    }),
  );
}

function resolve(node) {
  if (node.$ref === undefined) return node;
  return node.$ref
    .slice(2)
    .split('/')
    .reduce((at, key) => at[key], description);
}

/** A schema as a validator reads it. */
function trimSchema(schema) {
  if (schema === null || typeof schema !== 'object') return schema;
  if (Array.isArray(schema)) return schema.map(trimSchema);
  if (schema.$ref !== undefined) return { $ref: refTo(schema.$ref) };
  const kept = Object.entries(schema).filter(([key]) => !prose.has(key) && !key.startsWith('x-'));
  const trimmed = Object.fromEntries(kept.map(([key, value]) => [key, trimKeyword(key, value)]));
  return schema.nullable === true ? orNull(trimmed) : trimmed;
}

function trimKeyword(key, value) {
  if (key === 'properties') return trimProperties(value);
  return key === 'enum' ? value : trimSchema(value);
}

function trimProperties(properties) {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, trimSchema(schema)]));
}

function refTo(ref) {
  const name = ref.split('/').at(-1);
  used.add(name);
  return `#/schemas/${name}`;
}

function orNull(schema) {
  if (typeof schema.type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  const withNull = { ...schema, type: [schema.type, 'null'] };
  return schema.enum === undefined ? withNull : { ...withNull, enum: [...new Set([...schema.enum, null])] };
}

function collectSchemas() {
  const done = {};
  for (;;) {
    const next = [...used].find((name) => !(name in done));
    if (next === undefined) return done;
    done[next] = trimSchema(description.components.schemas[next]);
  }
}
