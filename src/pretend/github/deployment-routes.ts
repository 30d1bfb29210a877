import { apiUrl, userBody } from './bodies.ts';
import { type Answer, pageOf, Refusal, type RepositoryCall, type RepositoryRoute } from './route.ts';
import type { Deployment, DeploymentStatus } from './state.ts';

const read = [['deployments', 'read']] as const;
const write = [['deployments', 'write']] as const;

const many = '/repos/{owner}/{repo}/deployments';
const statuses = `${many}/{deployment_id}/statuses`;

/** What GitHub takes as the description of a status. */
const LONGEST_DESCRIPTION = 140;

/** Deployments and what became of them. */
export const deploymentRoutes: readonly RepositoryRoute[] = [
  { operation: `GET ${many}`, by: 'repository', needs: read, run: list },
  { operation: `POST ${many}`, by: 'repository', needs: write, run: create },
  { operation: `GET ${statuses}`, by: 'repository', needs: read, run: listStatuses },
  { operation: `POST ${statuses}`, by: 'repository', needs: write, run: addStatus },
];

function list(call: RepositoryCall): Answer {
  const { repository, url } = call;
  const { searchParams } = url;
  const isWanted = (entry: Deployment) =>
    (searchParams.get('sha') ?? entry.sha) === entry.sha &&
    (searchParams.get('environment') ?? entry.environment) === entry.environment;
  const newestFirst = [...repository.deployments.values()].filter(isWanted).toReversed();
  return pageOf(
    call,
    newestFirst.map((entry) => deploymentBody(call, entry)),
  );
}

async function create(call: RepositoryCall): Promise<Answer> {
  const { repository, world, body, token } = call;
  const ref = String(body['ref']);
  const sha = await repository.git.resolve(ref);
  if (sha === null) throw new Refusal(422, `No ref found for: ${ref}`);
  // By default GitHub merges the default branch in and waits for every context: neither is modelled, so both are asked off.
  const isPlain = body['auto_merge'] === false && (body['required_contexts'] as unknown[] | undefined)?.length === 0;
  if (!isPlain) throw new Refusal(409, 'Conflict: Commit status checks failed for the ref.');
  const deployment: Deployment = {
    id: world.nextId(),
    sha,
    ref,
    task: String(body['task'] ?? 'deploy'),
    environment: String(body['environment'] ?? 'production'),
    description: typeof body['description'] === 'string' ? body['description'] : null,
    payload: body['payload'] ?? '',
    creator: token.user,
    createdAt: world.now(),
    statuses: [],
  };
  repository.deployments.set(deployment.id, deployment);
  return { status: 201, body: deploymentBody(call, deployment) };
}

function listStatuses(call: RepositoryCall): Answer {
  const deployment = find(call);
  return pageOf(
    call,
    deployment.statuses.toReversed().map((entry) => statusBody(call, deployment, entry)),
  );
}

function addStatus(call: RepositoryCall): Answer {
  const { body, world } = call;
  const deployment = find(call);
  const description = String(body['description'] ?? '');
  if ([...description].length > LONGEST_DESCRIPTION) {
    throw new Refusal(422, 'Validation Failed: description is too long (maximum is 140 characters)');
  }
  const status = { id: world.nextId(), state: String(body['state']), description, createdAt: world.now() };
  deployment.statuses.push(status);
  return { status: 201, body: statusBody(call, deployment, status) };
}

function find({ repository, params }: RepositoryCall): Deployment {
  const deployment = repository.deployments.get(Number(params['deployment_id']));
  if (deployment === undefined) throw new Refusal(404, 'Not Found');
  return deployment;
}

function deploymentBody({ world, repository }: RepositoryCall, deployment: Deployment): Record<string, unknown> {
  const { statuses: _told, creator, createdAt, ...facts } = deployment;
  const url = `${apiUrl(world, repository)}/deployments/${deployment.id}`;
  const at = createdAt.toISOString();
  return {
    ...facts,
    url,
    statuses_url: `${url}/statuses`,
    creator: userBody(world, creator),
    created_at: at,
    updated_at: at,
  };
}

function statusBody(
  { world, repository }: RepositoryCall,
  of: Deployment,
  status: DeploymentStatus,
): Record<string, unknown> {
  const url = `${apiUrl(world, repository)}/deployments/${of.id}`;
  const at = status.createdAt.toISOString();
  return {
    id: status.id,
    state: status.state,
    description: status.description,
    environment: of.environment,
    creator: userBody(world, of.creator),
    deployment_url: url,
    url: `${url}/statuses/${status.id}`,
    created_at: at,
    updated_at: at,
  };
}
