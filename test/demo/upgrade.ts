import { isTerminal, type Instant, type Run } from '#libs/domain';
import { clientsMapping } from '../lab/kubernetes/node/clients-release.js';
import { replaceEveryPod, untilRolledOut } from '../lab/kubernetes/node/signalbox-release.js';
import { DemoError } from './demo-error.js';
import type { UpgradeReport } from './report.js';
import type { Stage } from './stage.js';
import { waitFor } from './steady.js';

const UNDER_WAY_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 500;

/** For when the run is closed: waits until every pod is a new one, and says what became of the run and of what it switched. */
export type EndOfUpgrade = (run: Run) => Promise<UpgradeReport>;

/** Waits for a run, and upgrades the chart at B under it, with a changed value that replaces every pod of Signalbox there. */
export const beginUpgrade = async ({ lab, api, clock, timeline }: Stage, faultAt: Instant): Promise<EndOfUpgrade> => {
  const site = lab.kubernetes?.b;
  if (!site) throw new DemoError('what is no release cannot be upgraded: say --kubernetes');
  const epochs: number[] = [];
  const look = async () => {
    const { epoch } = await clientsMapping(site);
    if (epoch !== undefined && epoch !== epochs.at(-1)) epochs.push(epoch);
  };
  await look();
  await waitFor('run under way', { clock, withinMs: UNDER_WAY_WITHIN_MS }, async () => {
    const runs = await api.get<readonly Run[]>('/runs');
    return runs.some(({ phase, startedAt }) => startedAt >= faultAt && !isTerminal(phase)) || undefined;
  });
  const stopLooking = clock.every(LOOK_EVERY_MS, look);
  await replaceEveryPod(site);
  const upgradedAt = clock.now();
  timeline.tell('upgrade', 'the chart at B is upgraded: every pod of Signalbox there is replaced', upgradedAt);
  return async ({ finishedAt }) => {
    await untilRolledOut(site);
    stopLooking();
    await look();
    const runWentOnForMs = (finishedAt ?? upgradedAt) - upgradedAt;
    return { upgradedAt, runWentOnForMs, epochs, mapping: (await clientsMapping(site)).text };
  };
};
