import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { openStage, type Stage } from './stage.ts';

/** What a test is played on: the shared server, the engine on it, and a namespace nobody used before. */
export interface OpenedStage {
  readonly plane: ControlPlane;
  readonly stage: Stage;
  readonly namespace: string;
}

/** Opens the stage for the tests of a file, and gives it to `take` anew before each of them. */
export function useStage(take: (opened: OpenedStage) => void): void {
  let opened: Omit<OpenedStage, 'namespace'> | null = null;
  beforeAll(async () => {
    const plane = await useControlPlane();
    opened = { plane, stage: await openStage(plane.kubeconfig, plane.context) };
  }, 120_000);
  beforeEach(async () => {
    if (opened === null) throw new Error('the stage was not opened');
    take({ ...opened, namespace: await opened.plane.namespace() });
  });
  afterAll(() => opened?.stage.cluster.close());
}
