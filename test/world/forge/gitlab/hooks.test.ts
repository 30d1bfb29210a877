import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { openStage } from './setup.ts';

/** A receiver that answers as it is told. */
async function openReceiver() {
  let answer = 202;
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(answer).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    answer: (status: number) => {
      answer = status;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('a webhook that GitLab switched off', () => {
  test('is switched on again once we answer, and not before', async () => {
    const { gitlab, project, forge, stop } = await openStage();
    const receiver = await openReceiver();
    gitlab.hooks.switchedOff.turnOn();
    gitlab.hooks.deliverTo(`${receiver.url}/hooks/gitlab/gitlab`);
    receiver.answer(500);
    for (const name of ['a', 'b', 'c', 'd']) await project.commit(name, { [`${name}.yaml`]: 'a: 1\n' });
    const whileDown = [gitlab.hooks.switchedOff.status, ...(await forge.reviveHooks())];
    receiver.answer(202);

    const revived = [await forge.reviveHooks(), await forge.reviveHooks()];

    expect(whileDown).toEqual(['temporarily_disabled']);
    expect(revived).toEqual([['acme/gitops'], []]);
    expect(gitlab.hooks.switchedOff.status).toBe('executable');
    await receiver.close();
    await stop();
  });

  test("of somebody else's is left alone", async () => {
    const { gitlab, project, forge, stop } = await openStage();
    const receiver = await openReceiver();
    gitlab.hooks.switchedOff.turnOn();
    gitlab.hooks.deliverTo(`${receiver.url}/another/receiver`);
    receiver.answer(500);
    for (const name of ['a', 'b', 'c', 'd']) await project.commit(name, { [`${name}.yaml`]: 'a: 1\n' });
    receiver.answer(202);

    expect(await forge.reviveHooks()).toEqual([]);
    expect(await forge.missedDeliveries(new Date(0))).toEqual([]);
    expect(gitlab.hooks.switchedOff.status).toBe('temporarily_disabled');
    await receiver.close();
    await stop();
  });

  test('is not seen by a token of less than a maintainer, which is no fault', async () => {
    const { gitlab, forge, stop } = await openStage({ level: 30 });
    gitlab.hooks.deliverTo('http://127.0.0.1:9/hooks/gitlab/gitlab');

    expect([await forge.reviveHooks(), await forge.missedDeliveries(new Date(0))]).toEqual([[], []]);
    await stop();
  });
});
