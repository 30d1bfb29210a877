import { emit } from './events.ts';
import type { PretendRepository } from './repository-hands.ts';
import { type Place, userOf, type World } from './state.ts';

type MovingHands = Pick<PretendRepository, 'moveTo' | 'archive' | 'uninstall' | 'install'>;

/** The installation of the app in an organisation. */
export function installationOf(world: World, owner: string): number {
  return userOf(world, owner).id + 500_000;
}

/** What its owner does with a repository as a whole. */
export function movingHands(place: Place): MovingHands {
  const { repository, world } = place;
  const owner = () => userOf(world, repository.owner);
  return {
    moveTo: (fullName) => moveTo(place, fullName),
    archive: async () => {
      repository.isArchived = true;
      await emit(place, owner(), 'repository', { action: 'archived' });
    },
    uninstall: async () => {
      const before = repository.installation;
      repository.installation = null;
      await tell(place, 'deleted', before);
    },
    install: async () => {
      repository.installation = installationOf(world, repository.owner);
      await tell(place, 'created', repository.installation);
    },
  };
}

async function moveTo(place: Place, fullName: string): Promise<void> {
  const { repository, world } = place;
  const [owner = '', name = ''] = fullName.split('/');
  const action = owner === repository.owner ? 'renamed' : 'transferred';
  const before = repository.fullName;
  world.repositories.delete(before);
  world.formerNames.set(before, repository);
  Object.assign(repository, { owner, name, fullName });
  if (action === 'transferred') repository.installation = installationOf(world, owner);
  world.repositories.set(fullName, repository);
  world.formerNames.delete(fullName);
  const changes = { repository: { name: { from: before.split('/')[1] } } };
  await emit(place, userOf(world, owner), 'repository', { action, changes });
}

/** Events of installations come to every app, asked for or not. */
function tell({ repository, world }: Place, action: string, id: number | null): Promise<void> {
  const { fullName: full_name, name, isPrivate } = repository;
  const { id: accountId, login } = userOf(world, repository.owner);
  return world.hooks.emit('installation', {
    action,
    installation: { id, account: { id: accountId, login } },
    repositories: [{ id: repository.id, name, full_name, private: isPrivate }],
    sender: { id: accountId, login, type: 'User' },
  });
}
