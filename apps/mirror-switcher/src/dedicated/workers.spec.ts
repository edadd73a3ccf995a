import { describe, expect, it } from '@jest/globals';
import { CommandWorkers } from './workers.js';

const run = (script: string, ms = 10_000) =>
  new CommandWorkers(['sh', '-c', script]).startAnew(AbortSignal.timeout(ms));

describe(CommandWorkers.name, () => {
  it('waits for the command', async () => {
    await expect(run('exit 0')).resolves.toBeUndefined();
  });

  it('says which command failed, and what it said', async () => {
    await expect(run('echo no such unit >&2; exit 4')).rejects.toMatchObject({
      code: 'SB_MIRROR_RESTART',
      message: expect.stringMatching(/"sh -c echo.*did not start.*no such unit/s),
    });
  });

  it('waits no longer than it may', async () => {
    await expect(run('exec sleep 60', 100)).rejects.toMatchObject({ code: 'SB_MIRROR_RESTART' });
  });

  it('says that there is no such program', async () => {
    await expect(new CommandWorkers(['/no/such/program']).startAnew(AbortSignal.timeout(5_000))).rejects.toThrow(
      /ENOENT/,
    );
  });
});
