import { describeForge, type ForgeStage, type ShownCheck } from '../../../contract/forge.ts';
import { openStage, type Stage } from './setup.ts';

describeForge('GitHub', async () => asForgeStage(await openStage()));

function asForgeStage(stage: Stage): ForgeStage {
  const { repo, forge, port, github } = stage;
  return {
    forge,
    port,
    commit: (branch, files) => repo.commit(branch, files),
    openPull: ({ title = 'Change', author = 'mona', ...spec }) => repo.openPull({ title, author, ...spec }),
    pushToPull: (pull, files) => repo.pushToPull(pull, files),
    closePull: (pull) => repo.closePull(pull),
    mergePull: (pull) => repo.mergePull(pull),
    addComment: (pull, author, body) => repo.addComment(pull, author, body),
    comments: (pull) => repo.comments(pull).map(({ body }) => body),
    checks: (sha) => newest(repo.checkRuns(sha)).map(shown),
    setRole: (user, role) => repo.setRole(user, role),
    stop: async () => {
      await stage.stop();
      if (github.violations.length > 0) throw new Error(`against the description: ${github.violations.join('\n')}`);
    },
  };
}

type Run = ReturnType<Stage['repo']['checkRuns']>[number];

function newest(runs: readonly Run[]): readonly Run[] {
  return runs.filter((run, at) => !runs.slice(at + 1).some(({ name }) => name === run.name));
}

function shown({ name, status, conclusion, title, annotations }: Run): ShownCheck {
  return { name, isDone: status === 'completed', conclusion, title, annotations: annotations.length };
}
