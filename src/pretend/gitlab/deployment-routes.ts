import { deploymentBody } from './bodies.ts';
import { type Answer, type ProjectCall, type ProjectRoute, pageOf, Refusal, sorted, textOf } from './route.ts';
import type { Deployment, DeploymentState } from './state.ts';

const many = '/projects/{id}/deployments';
const one = `${many}/{deployment_id}`;

/** Deployments. Environments come to be on first mention. */
export const deploymentRoutes: readonly ProjectRoute[] = [
  { operation: `GET ${many}`, by: 'project', needs: 20, run: list },
  { operation: `POST ${many}`, by: 'project', needs: 30, run: create },
  { operation: `GET ${one}`, by: 'project', needs: 20, run: (call) => shown(call, find(call), 200) },
  { operation: `PUT ${one}`, by: 'project', needs: 30, run: edit },
];

function list(call: ProjectCall): Answer {
  const { project, url, world } = call;
  const [environment, status] = [url.searchParams.get('environment'), url.searchParams.get('status')];
  const wanted = [...project.deployments.values()].filter(
    (deployment) =>
      (environment === null || deployment.environment === environment) &&
      (status === null || deployment.status === status),
  );
  return pageOf(
    call,
    sorted(call, wanted, ({ id }) => id).map((deployment) => deploymentBody(world, deployment)),
  );
}

async function create(call: ProjectCall): Promise<Answer> {
  const { project, world, token } = call;
  const sha = await project.git.resolve(textOf(call, 'sha'));
  if (sha === null) throw new Refusal(400, { message: { sha: ['The commit does not exist'] } });
  const status = textOf(call, 'status') as DeploymentState;
  const at = world.now();
  const deployment: Deployment = {
    id: world.nextId(),
    environment: textOf(call, 'environment'),
    sha,
    ref: textOf(call, 'ref'),
    user: token.user,
    createdAt: at,
    updatedAt: at,
    status,
    history: [status],
  };
  project.deployments.set(deployment.id, deployment);
  return shown(call, deployment, 201);
}

function edit(call: ProjectCall): Answer {
  const deployment = find(call);
  const status = textOf(call, 'status') as DeploymentState;
  if (deployment.status === status) throw new Refusal(400, `Cannot transition status via :${status} from :${status}`);
  Object.assign(deployment, { status, updatedAt: call.world.now() });
  deployment.history.push(status);
  return shown(call, deployment, 200);
}

function find({ project, params }: ProjectCall): Deployment {
  const deployment = project.deployments.get(Number(params['deployment_id']));
  if (deployment === undefined) throw new Refusal(404, '404 Not found');
  return deployment;
}

function shown({ world }: ProjectCall, deployment: Deployment, status: number): Answer {
  return { status, body: deploymentBody(world, deployment) };
}
