import { argv, stdout } from 'node:process';
import { decodeOrThrow, RunWire, StepRecordWire } from '#libs/contracts';
import { isTerminal, messageOf, resourceKey, type Run, type StepRecord } from '#libs/domain';
import { EtcdJournal, keys, type WatchEvent } from '#libs/journal';
import { InMemoryLog, ProcessReadiness, SystemClock, SystemRandom } from '#libs/runtime';
import { loadTopology } from '#libs/topology';
import { heldResources } from './resources.js';
import { StaleEffects } from './stale-effects.js';

/**
 * A worker of every kind, with their keys, that is always too late. It reads the journal and never writes to it; what
 * became of its writes it says on stdout, one JSON line each.
 */
const [configFile = '', ...endpoints] = argv.slice(2);
const clock = new SystemClock();
const topology = await loadTopology(configFile);
const [group] = topology.groups;
if (!group) throw new Error(`${configFile} has no group`);
const { requestTimeoutMs } = topology.policy;
const journal = new EtcdJournal({ endpoints, requestTimeoutMs }, clock, new ProcessReadiness(new InMemoryLog(), clock));
const resources = await heldResources(topology, group, clock, new SystemRandom());
const effects = new StaleEffects(resources, clock, (write) => stdout.write(`${JSON.stringify(write)}\n`));

const complain = (error: unknown) => console.error(messageOf(error));

/** Every step of a plan is taken in hand as soon as one of them is open. */
const takeInHand = async (run: Run): Promise<void> => {
  const steps = run.compensation?.steps ?? run.plan.steps;
  await Promise.all(steps.map((step) => effects.prepare({ ...step, ...about(run) }).catch(complain)));
};

const about = ({ id, epoch }: Run) => ({ run: id, epoch, status: 'open', attempt: 1 }) as const;

const onRun = async (run: Run): Promise<void> => {
  if (!isTerminal(run.phase)) return takeInHand(run);
  await effects.afterClose(run.epoch);
};

const onStep = async ({ action, status, resource, epoch }: StepRecord): Promise<void> => {
  if (action === 'seal' && status === 'done') await effects.wake(resourceKey(resource), epoch);
  if (action !== 'seal' && status === 'open') await effects.wakeAgain(epoch);
};

const see = (event: WatchEvent): void => {
  if (event.kind !== 'put') return;
  const { key, value } = event.entry;
  if (key.endsWith('/run')) onRun(decodeOrThrow(RunWire, value, key) as Run).catch(complain);
  else if (key.includes('/steps/')) onStep(decodeOrThrow(StepRecordWire, value, key) as StepRecord).catch(complain);
};

const follow = async (): Promise<void> => {
  const { revision } = await journal.read(keys.runs());
  journal.watch(keys.runs(), revision, {
    onEvents: (events) => events.forEach(see),
    onGap: () => void follow().catch(complain),
  });
};

process.once('SIGTERM', () => process.exit(0));
await follow();
