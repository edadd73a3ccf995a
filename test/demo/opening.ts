import { signalbox } from './signalbox-cli.js';
import type { Stage } from './stage.js';
import { checkSteady, waitFor } from './steady.js';

/** Pods have images to unpack, and a proxy to start. */
const FLOWING_WITHIN_MS = 300_000;
const STEADY_WITHIN_MS = 120_000;
const FLOWING_RECORDS = 20;

const PROCESSES = 'the producer follows the name to A, the consumer group the config file';
const PODS = "the application is in a pod of B, whose proxy leads to A by B's ConfigMap";

/** The application works at A, and nothing stands in the way of a failover. */
export const becomeSteady = async (stage: Stage): Promise<void> => {
  const { clients, clock, timeline, witness, operator, group } = stage;
  // A machine that starts everything at once may keep a broker from answering, and that alone would be a failover.
  // Every orchestrator may be too busy to answer in time, and either is safe to say again.
  const insist = (...args: readonly string[]) =>
    waitFor(`answer to ${args[0]}`, { clock, withinMs: STEADY_WITHIN_MS }, () => signalbox(operator, ...args));
  await insist('freeze', group, '--reason', 'the lab starts', '--for', '10m');
  clients.start();
  await waitFor('records through A', { clock, withinMs: FLOWING_WITHIN_MS }, () => {
    const { acknowledged, consumed } = clients.ledger;
    return Promise.resolve(Math.min(acknowledged.length, consumed.length) >= FLOWING_RECORDS || undefined);
  });
  timeline.tell('client', stage.lab.kubernetes ? PODS : PROCESSES, clock.now());
  await waitFor('steady state', { clock, withinMs: STEADY_WITHIN_MS }, () => checkSteady(stage, 'frozen'));
  await insist('unfreeze', group, '--reason', 'the lab is steady');
  await waitFor('steady state', { clock, withinMs: STEADY_WITHIN_MS }, () => checkSteady(stage));
  timeline.tell('steady', 'all clusters up, all guards armed, the mirror keeps up, no veto stands', clock.now());
  witness.start();
};
