import { join } from 'node:path';
import { isSignalbox } from '../../lab/app.js';
import { SITES, type LabSite } from '../../lab/layout.js';
import { isAlive, signal } from '../../lab/processes.js';
import type { ProcessRecord } from '../../lab/run-directory.js';
import { pick } from '../../demo/random-kill.js';
import { nothingToMend, type Around, type Fault, type Strike } from './strike.js';

const TWIN = 'orchestrator-twin';
const TWIN_PORT = 18_099;

/** SIGKILL; the lab starts it again after a second. */
const killed = async (around: Around, victim: ProcessRecord): Promise<Strike> => {
  const led = await leads(around, victim);
  const at = around.clock.now();
  await around.lab.killProcess(victim.site, victim.name);
  return { what: `${nameOf(victim)} killed`, ...(led && { leaderKilledAt: at }), mend: nothingToMend };
};

/** SIGSTOP; it goes on by itself after a while, as if nothing had been. */
const frozen = ({ clock }: Around, victim: ProcessRecord, forMs: number): Strike => {
  signal(victim, 'SIGSTOP');
  const thawed = clock.sleep(forMs).then(() => signal(victim, 'SIGCONT'));
  return { what: `${nameOf(victim)} frozen for ${forMs} ms`, mend: () => thawed };
};

export const processKilled: Fault = {
  lasts: 'moment',
  strike: (around, { choice }) => killed(around, anyProcess(around, choice)),
};

export const processFrozen: Fault = {
  lasts: 'moment',
  strike: (around, { choice, freezeMs }) => Promise.resolve(frozen(around, anyProcess(around, choice), freezeMs)),
};

export const leaderKilled: Fault = {
  lasts: 'moment',
  strike: async (around) => killed(around, await leaderOf(around)),
};

export const leaderFrozen: Fault = {
  lasts: 'moment',
  strike: async (around, { freezeMs }) => frozen(around, await leaderOf(around), freezeMs),
};

/** A second orchestrator of the same site, started by mistake: the same name and settings, another port. */
export const twoOrchestrators: Fault = {
  lasts: 'run',
  strike: ({ lab }, { choice }) => {
    const site = pick(SITES, choice) ?? 'a';
    const env = {
      NODE_ENV: 'production',
      SIGNALBOX_CONFIG: lab.configFile,
      SIGNALBOX_SITE: site,
      SIGNALBOX_LISTEN: `${lab.site(site).address}:${TWIN_PORT}`,
    };
    const entry = join(import.meta.dirname, '..', '..', '..', 'apps', 'orchestrator', 'src', 'main.js');
    lab.spawnAt(site, TWIN, { file: process.execPath, args: [entry], env }, 'ignore');
    return Promise.resolve({ what: `two orchestrators at ${site}`, mend: () => lab.killProcess(site, TWIN) });
  },
};

const anyProcess = ({ lab }: Around, choice: number): ProcessRecord => {
  const alive = lab.run.processes().filter((record) => isSignalbox(record.name) && isAlive(record));
  const victim = pick(
    alive.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1)),
    choice,
  );
  if (!victim) throw new Error('no process of Signalbox runs');
  return victim;
};

/** Who leads now, or who would be asked first where nobody does. */
const leaderOf = async ({ lab, watch }: Around): Promise<ProcessRecord> => {
  const [name = 'orchestrator', site = 'w'] = ((await watch.leader().catch(() => undefined)) ?? '').split('@');
  const record = lab.run.process(site as LabSite, name === '' ? 'orchestrator' : name);
  if (!record) throw new Error(`there is no ${name} at ${site}`);
  return record;
};

const leads = async ({ watch }: Around, victim: ProcessRecord): Promise<boolean> =>
  (await watch.leader().catch(() => undefined)) === nameOf(victim);

const nameOf = ({ site, name }: { readonly site: string; readonly name: string }) => `${name}@${site}`;
