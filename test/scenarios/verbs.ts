import type { RequestKind } from '#libs/contracts';
import { approvalId, siteId, type Approval } from '#libs/domain';
import { keys } from '#libs/journal';
import { ApprovalWire, decodeOrThrow } from '#libs/contracts';
import { abortRun } from '../../apps/orchestrator/src/operation/abort.js';
import { answerApproval } from '../../apps/orchestrator/src/approval/answer-approval.js';
import { attest } from '../../apps/orchestrator/src/operation/attest.js';
import { freeze, unfreeze } from '../../apps/orchestrator/src/operation/freeze.js';
import { requestMove } from '../../apps/orchestrator/src/operation/move-request.js';
import { override } from '../../apps/orchestrator/src/operation/override.js';
import { release } from '../../apps/orchestrator/src/operation/release.js';
import { explain } from '../../apps/orchestrator/src/view/explanation.js';
import type { People } from './people.js';
import type { Theatre } from './theatre.js';

/** Where a scenario is played, and by whom. */
export interface Play {
  readonly theatre: Theatre;
  readonly people: People;
}

type Verb = readonly [pattern: RegExp, act: (play: Play, ...words: readonly string[]) => Promise<void> | void];

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000 };
const ms = (amount = '0', unit = 's'): number => Number(amount) * (UNIT_MS[unit] ?? 0);
const site = (name = ''): ReturnType<typeof siteId> => siteId(name);

/** What befalls the ground. */
const FAULTS: readonly Verb[] = [
  [/^(\d+) (s|min|h) pass(?:es)?$/, ({ theatre }, amount, unit) => theatre.pass(ms(amount, unit))],
  [
    /^cut (\w) from everyone$/,
    ({ theatre }, name) => {
      theatre.ground.isolate(site(name));
      theatre.site(name ?? '').journal.connection = 'cut';
    },
  ],
  [/^cut (\w) from (\w)$/, ({ theatre }, one, other) => theatre.ground.cut(site(one), site(other))],
  [/^cut (\w) from its own Kafka$/, ({ theatre }, name) => theatre.ground.cut(site(name), site(name))],
  [/^cut (\w) from the journal$/, ({ theatre }, name = '') => void (theatre.site(name).journal.connection = 'cut')],
  [
    /^(\w) is connected again$/,
    ({ theatre }, name = '') => {
      theatre.ground.join(site(name));
      theatre.site(name).journal.connection = 'good';
    },
  ],
  [
    /^(\w) loses its power$/,
    ({ theatre }, name = '') => {
      theatre.ground.isolate(site(name));
      theatre.ground.kafka.set(name, 'stopped');
      theatre.site(name).stop();
      theatre.power(name, false);
      theatre.site(name).journal.connection = 'cut';
    },
  ],
  [
    /^(\w) has its power back$/,
    ({ theatre }, name = '') => {
      theatre.ground.join(site(name));
      theatre.ground.kafka.set(name, 'serving');
      theatre.site(name).journal.connection = 'good';
      theatre.power(name, true);
      theatre.site(name).start(0);
    },
  ],
  [/^Kafka at (\w) stops$/, ({ theatre }, name = '') => void theatre.ground.kafka.set(name, 'stopped')],
  [/^Kafka at (\w) starts$/, ({ theatre }, name = '') => void theatre.ground.kafka.set(name, 'serving')],
  [
    /^Kafka at (\w) begins anew, empty$/,
    ({ theatre }, name = '') => void theatre.ground.births.set(name, (theatre.ground.births.get(name) ?? 1) + 1),
  ],
  [/^one broker of three at (\w) stops$/, ({ theatre }, name = '') => void theatre.ground.kafka.set(name, 'degraded')],
  [/^the monitor at (\w) starts again$/, ({ theatre }, name = '') => theatre.site(name).restartMonitor()],
  [/^the monitor at (\w) stops$/, ({ theatre }, name = '') => theatre.site(name).monitor.stop()],
  [/^the guard at (\w) stops$/, ({ theatre }, name = '') => theatre.site(name).sentry?.stop()],
  [
    /^the guard at (\w) can no longer prove its fence$/,
    ({ theatre }, name = '') => {
      const { sentry } = theatre.site(name);
      if (sentry) sentry.isArmed = false;
    },
  ],
  [/^the orchestrator at (\w) dies$/, ({ theatre }, name = '') => theatre.site(name).stopOrchestrator()],
  [
    /^replication (\S+) falls (\d+) (s|min) behind$/,
    ({ theatre }, flow = '', amount, unit) => void theatre.ground.behindMs.set(flow, ms(amount, unit)),
  ],
  [/^replication (\S+) keeps up$/, ({ theatre }, flow = '') => void theatre.ground.behindMs.delete(flow)],
  [/^nobody can measure (\S+)$/, ({ theatre }, flow = '') => void theatre.ground.behindMs.set(flow, undefined)],
  [
    /^(\d+) records are stranded at (\w)$/,
    ({ theatre }, count, name = '') => theatre.strand(site(name), Number(count)),
  ],
  [/^(\S+) says that the names are its own$/, ({ theatre }, owner = '') => theatre.claimNames(owner)],
  [
    /^the positions of (\S+) can never be read$/,
    ({ theatre }, flow = '') => {
      for (const world of theatre.worlds.values()) {
        const mirrors = [...world.resources.keys()].filter((key) => key.startsWith(`mirror/${flow}`));
        const silent = mirrors.map((resource) => ({ resource, expected: null, answers: false }) as const);
        world.trouble = [...world.trouble, ...silent];
      }
    },
  ],
  [
    /^nobody can count what (\S+) has not copied$/,
    ({ theatre }, flow = '') => {
      for (const world of theatre.worlds.values())
        world.trouble = [...world.trouble, { resource: `backlog/${flow}`, expected: null, answers: false }];
    },
  ],
  [
    /^what (\S+) has not copied can be counted$/,
    ({ theatre }, flow = '') => {
      for (const world of theatre.worlds.values())
        world.trouble = world.trouble.filter(({ resource }) => resource !== `backlog/${flow}`);
    },
  ],
];

/** What people do. */
const ORDERS: readonly Verb[] = [
  [
    /^(\w+) asks for a (failover|switchover|failback|reprotect|salvage)(?: (?:to|of) (\w))?$/,
    ({ people }, person = '', kind, to) =>
      people.ask(person, requestMove({ kind: kind as RequestKind, reason: REASON, ...(to !== undefined && { to }) })),
  ],
  [/^(\w+) (approves|denies)$/, answer],
  [
    /^(\w+) freezes for (\d+) (min|h)$/,
    ({ people }, person = '', amount, unit) => people.ask(person, freeze({ reason: REASON, forMs: ms(amount, unit) })),
  ],
  [/^(\w+) ends the freeze$/, ({ people }, person = '') => people.ask(person, unfreeze({ reason: REASON }))],
  [
    /^(\w+) overrides (\S+) for (\d+) (min|h)$/,
    ({ people }, person = '', veto = '', amount, unit) =>
      people.ask(person, override({ veto, reason: REASON, forMs: ms(amount, unit) })),
  ],
  [
    /^(\w+) attests that (\w) is off$/,
    ({ people }, person = '', name = '') => people.ask(person, attest({ site: name, reason: REASON })),
  ],
  [
    /^(\w+) releases (\w)$/,
    ({ people }, person = '', name = '') => people.ask(person, release({ site: name, reason: REASON })),
  ],
  [/^(\w+) aborts$/, ({ people }, person = '') => people.ask(person, abortRun({ reason: REASON }))],
  [/^explain$/, explained],
];

const REASON = 'as the scenario says';

export const VERBS: readonly Verb[] = [...FAULTS, ...ORDERS];

/** The one approval that is open. */
async function answer({ people, theatre }: Play, person = '', verb?: string): Promise<void> {
  const open = await openApproval(theatre);
  if (!open) return theatre.transcript.tell('there is nothing to answer');
  const decision = verb === 'approves' ? 'grant' : 'deny';
  const given = { decision, by: person, mayApprove: true, memberOf: [], channel: 'cli', reason: REASON } as const;
  await people.ask(person, answerApproval(open, given));
}

async function openApproval({ journal }: Theatre): Promise<Approval | undefined> {
  const { entries } = await journal.read(keys.approvals());
  const approvals = entries.map(({ key, value }) => decodeOrThrow(ApprovalWire, value, key));
  return approvals.find(({ phase, id }) => phase === 'pending' && approvalId(id));
}

async function explained({ people, theatre }: Play): Promise<void> {
  const { group } = people;
  const view = await group.reader.read();
  const voters = theatre.topology.sites.map(({ id }) => id);
  const { phase, rule, toChange } = explain({ group, view, voters, at: theatre.clock.now() }, { entries: [] });
  theatre.transcript.tell(`it is ${phase} by ${rule}; what would have to change:`);
  for (const each of toChange.length > 0 ? toChange : ['nothing: it waits for nothing']) {
    theatre.transcript.tell(`  ${each}`);
  }
}
