import { randomBytes } from 'node:crypto';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';
import { clusterContract } from '../../contract/cluster.ts';
import { startPretend } from './support.ts';

clusterContract('the pretend API server', async () => {
  const server = await startPretend({ token: 'pretend-token' });
  const cluster = await openCluster({
    kubeconfig: { text: server.kubeconfig },
    context: 'pretend',
    redactor: createRedactor({ key: randomBytes(32) }),
  });
  return {
    cluster,
    stop: async () => {
      await cluster.close();
      await server.close();
    },
  };
});
