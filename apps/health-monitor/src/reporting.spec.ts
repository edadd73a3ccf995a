import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { openObservation, openVote, type Keyring } from '#libs/contracts';
import { clusterId, flowId, processId, siteId } from '#libs/domain';
import { InMemoryJournal, keys } from '#libs/journal';
import { OBSERVATIONS_TOPIC, type EventBus } from '#libs/messaging';
import { InMemoryLog, ProcessReadiness, SystemRandom } from '#libs/runtime';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import type { FlowWatch } from './lag/flow-watch.js';
import type { RoundReport } from './probing/cluster-watch.js';
import { Reporting } from './reporting.js';
import { VoteKeeper } from './voting/vote-keeper.js';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const keyring: Keyring = new Map([['b-1', { site: siteId('b'), publicKey }]]);
const speaker = {
  site: siteId('b'),
  process: processId('health-monitor@b'),
  key: { keyId: 'b-1', privateKey },
  configHash: 'c0ffee',
};

const round = (cluster: string, opinion: RoundReport['opinion']): RoundReport => ({
  cluster: clusterId(cluster),
  opinion,
  reason: 'because',
  failedForMs: 1_200,
  healthyForMs: 0,
  goodRounds: 0,
  lagAtMs: 700,
  kafkaClusterId: 'kafka-id',
  probes: [{ probe: 'produce', ok: false, latencyMs: 400, detail: 'no answer within 400 ms' }],
});

const REBORN = 'orders-0 ends at 0 and ended at 7';
const lagAsked: number[] = [];
const flowFrom = (source: string) =>
  ({
    source: clusterId(source),
    rebornBecause: () => REBORN,
    lag: (nowMs: number) => {
      lagAsked.push(nowMs);
      return { flow: flowId(`from-${source}`), lagRecords: 3, lagMs: 40, sampleAgeMs: 5 };
    },
  }) as unknown as FlowWatch;

const speaking = () => {
  const clock = new VirtualClock();
  const log = new InMemoryLog();
  const journal = new InMemoryJournal(clock);
  const votes = new VoteKeeper(journal, clock, new ProcessReadiness(log, clock), { ttlMs: 3_000, everyMs: 500 });
  const published: { topic: string; key: string; body: string }[] = [];
  const bus = { publish: (topic: string, key: string, body: string) => published.push({ topic, key, body }) };
  const reporting = new Reporting(
    speaker,
    { clock, random: new SystemRandom(), log },
    votes,
    bus as unknown as EventBus,
  );
  return { clock, log, journal, votes, published, reporting };
};

describe('reporting', () => {
  it('votes and tells everybody the same, signed by the site, in one sequence', async () => {
    const { clock, journal, votes, published, reporting } = speaking();
    const stop = votes.start();
    await clock.advance(1);
    reporting.report(round('a', 'suspect'), [flowFrom('a'), flowFrom('b')]);
    reporting.report(round('b', 'up'), []);
    await clock.advance(1);

    const { entries } = await journal.read(keys.votesOn(clusterId('a')));
    const vote = openVote(entries[0]?.value ?? '', keyring, 'vote');
    const flows = [{ flow: 'from-a', lagRecords: 3, lagMs: 40, sampleAgeMs: 5 }];
    expect(vote).toMatchObject({
      ok: true,
      value: { opinion: 'suspect', sequence: 1, kafkaClusterId: 'kafka-id', rebornBecause: REBORN, flows },
    });
    expect(lagAsked).toEqual([700]);

    expect(published.map(({ topic, key }) => [topic, key])).toEqual([
      [OBSERVATIONS_TOPIC, 'health-monitor@b/a'],
      [OBSERVATIONS_TOPIC, 'health-monitor@b/b'],
    ]);
    const [first, second] = published.map(({ body }) => openObservation(body, keyring, 'event'));
    expect(first).toMatchObject({
      ok: true,
      value: { data: { opinion: 'suspect', sequence: 1, recorded: true, flows } },
    });
    expect(second).toMatchObject({ ok: true, value: { data: { opinion: 'up', sequence: 2 } } });
    await stop();
  });

  it('marks what it cannot record', () => {
    const { published, reporting } = speaking();
    reporting.report(round('a', 'down'), []);
    expect(openObservation(published[0]?.body ?? '', keyring, 'event')).toMatchObject({
      value: { data: { recorded: false } },
    });
  });

  it('tells a change of opinion once', () => {
    const { log, reporting } = speaking();
    for (const opinion of ['up', 'up', 'down', 'down', 'up'] as const) reporting.report(round('a', opinion), []);
    expect(log.lines.map(({ message }) => message)).toEqual([
      'Cluster a is up: because',
      'Cluster a is down, was up: because',
      'Cluster a is up, was down: because',
    ]);
  });
});
