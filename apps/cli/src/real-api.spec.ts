import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { RunId } from '#libs/domain';
import { SystemRandom } from '#libs/runtime';
import { a, b, Stage } from '../../../test/support/group-stage.js';
import { OperatorDesk, type Person } from '../../../test/support/operator-desk.js';
import { QUARANTINED } from '../../../test/support/quarantined.js';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { wordsOf } from './command-words.js';
import { problemWith, runCommandLine } from './program.js';

/** Nothing here takes long, but on a busy machine. */
const GUARD_MS = 60_000;
jest.setTimeout(GUARD_MS);

let stage: Stage;
let desk: OperatorDesk;
let loop: ReturnType<Stage['orchestrator']>;
/** What others do while a command waits: leader and workers everything there is to do, unless a test says otherwise. */
let meanwhile: () => Promise<unknown>;
beforeEach(async () => {
  stage = new Stage();
  await stage.allWell();
  desk = await OperatorDesk.open(stage);
  loop = stage.orchestrator('b');
  await loop.settle();
  meanwhile = () => stage.play(loop);
});
afterEach(() => desk.close());

class WaitingClock extends VirtualClock {
  override async sleep(): Promise<void> {
    await meanwhile();
  }

  override now() {
    return stage.clock.now();
  }
}

const type = async (person: Person, line: string) => {
  const [out, err]: [string[], string[]] = [[], []];
  const exitCode = await runCommandLine([...wordsOf(line), '--api', desk.url], {
    terminal: { out: (text) => out.push(text), err: (text) => err.push(text), isScreen: false },
    clock: new WaitingClock(),
    random: new SystemRandom(),
    environment: { SIGNALBOX_TOKEN: person },
    interruption: () => new AbortController().signal,
    answerWithinMs: GUARD_MS,
  });
  const shown = [...out, ...err].join('\n');
  await everyNextCommandIsUnderstood(shown);
  return { exitCode, shown };
};

/** What is printed to be typed next is understood, whoever printed it. */
const everyNextCommandIsUnderstood = async (shown: string): Promise<void> => {
  for (const [, line = ''] of shown.matchAll(/^ {2}(signalbox .*?)(?: {2}.*)?$/gm)) {
    const words = wordsOf(line.replaceAll('<why>', 'x')).slice(1);
    expect({ line, problem: await problemWith(words) }).toEqual({ line, problem: undefined });
  }
};

const openRun = async (): Promise<RunId> => {
  const state = await stage.state();
  if (state.phase !== 'running') throw new Error(`the group is ${state.phase}`);
  return state.run;
};

describe('signalbox and a real orchestrator', () => {
  it('move a group as planned, and --wait tells each step until it is there', async () => {
    const { exitCode, shown } = await type('operator', "switchover orders --to b --reason 'new racks' --wait");
    expect(exitCode).toBe(0);
    expect(shown).toMatch(/^1 {6}fence-a {2,}a {3}done/m);
    expect(shown.indexOf('  fence-a ')).toBeLessThan(shown.indexOf('  promote-b '));
    expect(shown).toMatch(/Run [\w-]+ is completed/);
    expect(await stage.state()).toMatchObject({ phase: 'steady', active: b });
    const status = await type('viewer', 'status --verbose');
    expect(status.shown).toMatch(/^orders {2}a {5}returning {2}quarantined {2}0 /m);
  });

  it('start one run for a command line that is sent twice', async () => {
    const line = 'switchover orders --to b --reason racks --idempotency-key change-4711';
    const [first, second] = [await type('operator', line), await type('operator', line)];
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(second.shown).toBe(first.shown);
    expect(await stage.runs()).toHaveLength(1);
  });

  it('say everything that is in the way of a request, and what would end it', async () => {
    await type('operator', "freeze orders --for 1h --reason 'database migration'");
    expect((await type('viewer', 'status')).shown).toContain('database migration');
    const refused = await type('operator', 'switchover orders --to a --reason racks');
    expect(refused.exitCode).toBe(1);
    expect(refused.shown).toMatch(/^A switchover of orders to a is refused:$/m);
    expect(refused.shown).toMatch(/^ {2}frozen: .* → signalbox unfreeze orders --reason '<why>'$/m);
    expect(refused.shown).toMatch(/^ {2}already-active: .* → name another site$/m);
    expect((await type('operator', 'unfreeze orders --reason done')).exitCode).toBe(0);
    expect((await type('operator', 'switchover orders --to b --dry-run')).exitCode).toBe(0);
  });

  it('let somebody else than the one who asked approve, and wait for that', async () => {
    const asked = await type('ada', 'failover orders --reason flood');
    expect(asked.exitCode).toBe(0);
    const [, approval = ''] = /signalbox approve ([\w-]+)/.exec(asked.shown) ?? [];
    expect(await type('ada', `approve ${approval}`)).toMatchObject({ exitCode: 4 });
    for (const line of ['status', 'explain orders'])
      expect((await type('viewer', line)).shown).toContain(`signalbox approve ${approval}`);
    expect((await type('bob', `approve ${approval} --reason agreed`)).shown).toContain('lifted active-is-up');
    await stage.play(loop);
    expect((await type('viewer', 'runs')).shown).toMatch(/ failover +orders +a +b +completed /);
  });

  it('end with 1 when a request that is waited for is denied', async () => {
    meanwhile = async () => {
      const state = await stage.state();
      if (state.phase !== 'awaiting-approval') throw new Error(state.phase);
      expect((await type('approver', `deny ${state.approval} --reason 'not now'`)).exitCode).toBe(0);
    };
    const waited = await type('operator', 'failover orders --reason flood --wait');
    expect(waited).toMatchObject({ exitCode: 1, shown: expect.stringContaining('denied by approver: not now') });
  });

  it('take a run back, and --wait ends with 6', async () => {
    await type('operator', 'switchover orders --to b --reason racks');
    await loop.settle();
    const id = await openRun();
    expect((await type('viewer', `run ${id}`)).shown).toContain(`signalbox run ${id} --wait`);
    expect((await type('viewer', 'status')).shown).toContain('  running switchover  ');
    const aborted = await type('operator', "abort orders --reason 'the wrong window'");
    expect(aborted).toMatchObject({ exitCode: 0, shown: expect.stringContaining('is compensating') });
    const waited = await type('viewer', `run ${id} --wait`);
    expect(waited.exitCode).toBe(6);
    expect(waited.shown).toContain('Taken back by operator: the wrong window');
    expect(await type('operator', `run abort ${id} --reason again`)).toMatchObject({ exitCode: 1 });
  });

  it('lift a veto, and refuse a word that others can see is wrong', async () => {
    const lifted = await type('operator', "override orders lag-above-rpo --for 15m --reason 'a test topic'");
    expect(lifted).toMatchObject({ exitCode: 0, shown: expect.stringMatching(/^lag-above-rpo does not stand/) });
    expect((await type('viewer', 'explain orders')).shown).toContain('operator lifted lag-above-rpo');
    expect(await type('operator', 'override orders frozen --for 15m --reason x')).toMatchObject({ exitCode: 1 });
    expect(await type('approver', 'attest orders --site a --reason off')).toMatchObject({ exitCode: 1 });
  });

  it('ask for the protection of a site that came back, and let one in that was rebuilt', async () => {
    await stage.stands({ active: b, returning: { a: QUARANTINED } });
    const status = await type('viewer', 'status --verbose');
    expect(status.shown).toMatch(/^orders {2}a {5}orders {2}0 {10}100 {4}101 {3}2$/m);
    expect(status.shown).toContain("signalbox reprotect orders --site a --reason '<why>'");
    expect((await type('operator', 'reprotect orders --site a --dry-run')).shown).toMatch(/^A reprotect of orders/);
    expect(await type('operator', 'release orders --site a --reason x')).toMatchObject({ exitCode: 4 });
    expect(await type('ada', "release orders --site a --reason 'rebuilt'")).toMatchObject({ exitCode: 0 });
    expect(await stage.state()).toMatchObject({ returning: {} });
    expect(a in (await stage.state()).returning).toBe(false);
  });

  it('say whether every group could be moved, and end with 1 when one could not', async () => {
    const ready = await type('viewer', 'preflight');
    expect(ready).toMatchObject({ exitCode: 0, shown: expect.stringMatching(/orders is ready to be moved\.$/) });
    await stage.silence(b);
    const missing = await type('viewer', 'preflight orders');
    expect(missing).toMatchObject({ exitCode: 1, shown: expect.stringMatching(/orders is NOT ready\.$/) });
  });
});
