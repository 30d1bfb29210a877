import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RawDelivery } from '../../src/world/forge/receiver.ts';
import { until } from '../support/until.ts';
import { issueThread, pullThread } from './forge-stage.ts';
import { type ForgeSuite, redacted } from './forge-suite.ts';

const longAgo = new Date(0);

/** What can be found out without a webhook, and what a forge says of webhooks that did not come through. */
export function describeMissed(suite: ForgeSuite): void {
  describeReads(suite);
  describeDeliveries(suite);
}

function describeReads({ stage, newPull, onePull, unique }: ForgeSuite): void {
  describe('without a webhook', () => {
    test('the repositories that may be worked on are listed as the port names them', async () => {
      const { id, forge, fullName, installation } = stage().port.ref;

      expect(await stage().forge.repositories()).toContainEqual({ id, forge, fullName, installation });
    });

    test('pulls that changed are listed in whatever state they are, newest update first, and no earlier ones', async () => {
      const earlier = await newPull();
      const since = new Date(Date.now() + 1);
      await until('a later time', () => (Date.now() > since.getTime() ? true : undefined));
      const [open, closed, merged] = [await newPull(), await newPull(), await newPull()];
      await stage().closePull(closed);
      await stage().mergePull(merged);

      const changed = await stage().port.changedPulls(since);

      const states = changed.map(({ number, state }) => [number, state]);
      expect(states).toEqual([
        [merged, 'merged'],
        [closed, 'closed'],
        [open, 'open'],
      ]);
      expect(states).not.toContainEqual([earlier, 'open']);
    });

    test('commands of people on pulls and issues are found, newest first, and those before are not', async () => {
      const pull = pullThread(await onePull());
      const issue = issueThread(await stage().openIssue('mona', unique('A wish'), 'text'));
      await stage().addComment(pull, 'grace', '/fairlead help');
      const since = new Date(Date.now() + 1);
      await until('a later time', () => (Date.now() > since.getTime() ? true : undefined));
      const first = await stage().addComment(pull, 'grace', 'Well.\n\n/fairlead diff');
      await stage().addComment(pull, 'mona', 'please run /fairlead diff');
      await stage().port.reply(pull, 'an-answer', redacted('/fairlead is what we are'));
      const second = await stage().addComment(issue, 'mona', '/fairlead status');

      const found = await stage().port.newCommands(since);

      expect(found).toEqual([
        expect.objectContaining({ thread: issue, comment: second, author: 'mona' }),
        expect.objectContaining({ thread: pull, comment: first, author: 'grace' }),
      ]);
    });

    test('a check is absent, running or done', async () => {
      const { sha } = (await stage().port.pull(await newPull())).head;
      const report = { name: 'fairlead', title: redacted('Title'), summary: redacted('Text'), annotations: [] };
      const look = () => stage().port.checkState(sha, 'fairlead');

      const states = [await look()];
      await stage().port.report(sha, { ...report, state: 'running', conclusion: null });
      states.push(await look());
      await stage().port.report(sha, { ...report, state: 'done', conclusion: 'success' });
      states.push(await look());

      expect(states).toEqual(['absent', 'running', 'done']);
      expect(await stage().port.checkState(sha, 'another')).toBe('absent');
    });
  });
}

function describeDeliveries({ stage, newPull }: ForgeSuite): void {
  describe('webhooks that did not come through', () => {
    const received: RawDelivery[] = [];
    let answer = 202;
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        // The cast: no header of a webhook comes twice.
        const headers = request.headers as RawDelivery['headers'];
        received.push({ body: Buffer.concat(chunks), headers });
        response.writeHead(answer).end();
      });
    });
    beforeAll(async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      stage().deliverTo(`http://127.0.0.1:${port}/hooks/gitlab/${stage().forge.name}`);
    });
    afterAll(async () => {
      stage().deliverTo(null);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });

    const missed = () => stage().forge.missedDeliveries(longAgo);

    const idOf = (delivery: RawDelivery | undefined): string | null => {
      const read = delivery === undefined ? null : stage().forge.receiver.authenticate(delivery);
      return read?.ok === true ? read.id : null;
    };

    test('are none where all did', async () => {
      answer = 202;
      await newPull();

      expect(await missed()).toEqual([]);
    });

    test('are named by the id they are kept under, those of pulls first, and come again when asked for', async () => {
      answer = 503;
      const before = received.length;
      await newPull();
      const failed = received.slice(before);
      answer = 202;

      const listed = await missed();
      for (const one of listed) await stage().forge.redeliver(one);
      await until('all of them', () => (received.length === before + 2 * failed.length ? true : undefined));

      expect(failed.length).toBeGreaterThan(1);
      expect(listed.map(({ id }) => id).toSorted()).toEqual(failed.map(idOf).toSorted());
      expect(listed[0]?.event).toMatch(/pull_request|Merge Request/);
      const again = received.slice(before + failed.length);
      expect(again.map(idOf).toSorted()).toEqual(failed.map(idOf).toSorted());
      await comeToNothing(missed);
    });

    test('are those that were lost on the way as well', async () => {
      stage().loseDeliveries(true);
      await newPull();
      stage().loseDeliveries(false);

      const listed = await missed();
      for (const one of listed) await stage().forge.redeliver(one);

      expect(listed.length).toBeGreaterThan(1);
      await comeToNothing(missed);
    });
  });
}

/** Asks until there is nothing left: what is asked for again comes in the forge's own time. */
async function comeToNothing(ask: () => Promise<readonly unknown[]>): Promise<void> {
  const end = Date.now() + 20_000;
  while ((await ask()).length > 0) {
    if (Date.now() > end) throw new Error('webhooks that were sent again are still listed as missed');
  }
}
