import { describeForge } from '../../../contract/forge.ts';
import { asForgeStage } from './forge-stage.ts';
import { openStage } from './setup.ts';

describeForge('GitHub', async () => asForgeStage(await openStage()));
