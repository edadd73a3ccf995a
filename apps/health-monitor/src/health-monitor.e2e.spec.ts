import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keyringOf, openFlowPositions, openVote, type ObservationEvent } from '#libs/contracts';
import { clusterId, flowId, processId, type ClusterId, type Vote } from '#libs/domain';
import { EtcdJournal, keys, SCHEMA } from '#libs/journal';
import { openCluster, type KafkaCluster } from '#libs/kafka';
import { busCluster, MultiClusterEventBus, observationsChannel } from '#libs/messaging';
import { InMemoryLog, ProcessReadiness, SystemClock } from '#libs/runtime';
import { journalEndpoints, loadTopology, type Topology } from '#libs/topology';
import { until } from '../../../test/lab/condition.js';
import { connectCall } from '../../../test/lab/connect.js';
import { connectorNames, LAB_TOPICS } from '../../../test/lab/flow.js';
import { createIdentities } from '../../../test/lab/identities.js';
import { Lab } from '../../../test/lab/lab.js';
import { PORTS } from '../../../test/lab/layout.js';
import { writeTopology, type Amend } from '../../../test/lab/topology-file.js';
import { labAccess } from '../../../test/support/lab-kafka.js';

const SOON_MS = 60_000;
/** Of the lab's policy. */
const DOWN_AFTER_ROUNDS = 6;
const MAIN = join(import.meta.dirname, 'main.js');
const A = clusterId('kafka-a');
const B = clusterId('kafka-b');

const PROBE = 'probe-ab';

/** The lab's mirror copies one more topic than the flow carries. */
const probed: Amend = ({ flows = [], groups = [] }) => {
  for (const each of [...flows, ...groups]) each.topics = ['orders'];
  Object.assign(flows[0]!, { probeTopic: PROBE });
};

describe('a health monitor at site b, on real parts', () => {
  const clock = new SystemClock();
  const closers: (() => Promise<void>)[] = [];
  const observed: { readonly event: ObservationEvent; readonly through: ClusterId; readonly atMs: number }[] = [];
  let lab: Lab;
  let topology: Topology;
  let journal: EtcdJournal;
  let orders: KafkaCluster;

  beforeAll(async () => {
    process.env[LAB_TOPICS] = JSON.stringify([
      { topic: 'orders', partitions: 3 },
      { topic: PROBE, partitions: 1 },
    ]);
    lab = await Lab.up({ parts: ['kafka', 'connect', 'etcd', 'bind'] });
    createIdentities(lab.run);
    writeTopology(lab.layout, lab.run, 'observe', { amend: probed });
    topology = await loadTopology(lab.configFile);
    journal = new EtcdJournal({ endpoints: journalEndpoints(topology), requestTimeoutMs: 4_000 }, clock);
    orders = openCluster(labAccess(lab, 'a', 'app'));
    const readiness = new ProcessReadiness(new InMemoryLog(), clock);
    const clusters = (['a', 'b'] as const).map((site) => busCluster(labAccess(lab, site, 'signalbox')));
    const bus = new MultiClusterEventBus(
      clusters,
      { waitMs: 300, retryMs: 200 },
      { clock, log: new InMemoryLog(), readiness },
    );
    bus.subscribe(observationsChannel(keyringOf(topology)), (event, through) => {
      observed.push({ event, through, atMs: clock.monotonicMs() });
    });
    closers.push(
      () => bus.close(),
      () => orders.close(),
      () => journal.close(),
    );
    start('health-monitor', {});
  }, 300_000);

  afterAll(async () => {
    await Promise.all(closers.map((close) => close()));
    await lab?.down();
    delete process.env[LAB_TOPICS];
  });

  const listen = (offset: number) => `${lab.site('b').address}:${PORTS['health-monitor'] + offset}`;

  function start(name: string, env: Record<string, string>): void {
    const common = { SIGNALBOX_CONFIG: lab.configFile, SIGNALBOX_SITE: 'b', SIGNALBOX_LISTEN: listen(0) };
    const command = { file: process.execPath, args: [MAIN], env: { ...common, ...env } };
    lab.spawnAt('b', name, command, 'ignore');
  }

  async function voteOn(cluster: ClusterId, process = 'health-monitor@b'): Promise<Vote | undefined> {
    const { entries } = await journal.read(keys.votesOn(cluster));
    const votes = entries.map(({ key, value }) => openVote(value, keyringOf(topology), key));
    return votes.flatMap((vote) => (vote.ok && vote.value.process === process ? vote.value : []))[0];
  }

  const votesSoon = (cluster: ClusterId, expected: Partial<Vote>, withinMs = SOON_MS) =>
    until(`a vote on ${cluster}: ${JSON.stringify(expected)}`, withinMs, async () => {
      const vote = await voteOn(cluster);
      expect(vote).toMatchObject(expected);
      return vote!;
    });

  const eventsOn = (cluster: ClusterId, sinceMs: number) =>
    observed.filter(({ event, atMs }) => event.data.cluster === cluster && atMs >= sinceMs);

  it('votes on every cluster, signed, with what Kafka calls it', async () => {
    await votesSoon(A, { opinion: 'up', site: topology.sites[1]!.id });
    const vote = await votesSoon(B, { opinion: 'up' });
    expect(vote.kafkaClusterId).toMatch(/^.{22}$/);
  });

  it('says which versions it knows, so that no newer schema comes into force beside it', async () => {
    await until('it is announced', SOON_MS, async () => {
      const { entries } = await journal.read(keys.member(processId('health-monitor@b')));
      expect(JSON.parse(entries[0]?.value ?? '{}')).toMatchObject({ site: 'b', schema: SCHEMA });
    });
  });

  it('measures the lag of the flow that ends at its site', async () => {
    await until('records are mirrored', SOON_MS, async () => {
      await orders.log.append('orders', 0, [{ value: Buffer.from('x') }]);
      const flow = (await voteOn(A))?.flows[0];
      expect(flow).toMatchObject({ flow: 'a-to-b' });
      expect(flow!.sampleAgeMs).toBeLessThan(5_000);
    });
    await votesSoon(A, { flows: [expect.objectContaining({ lagRecords: 0, lagMs: 0 })] as never });
    expect((await votesSoon(B, { opinion: 'up' })).flows).toEqual([]);
  });

  it('keeps its positions in the journal, signed, by what Connect and the offset syncs tell', async () => {
    const { offset } = (await until('a record is written', SOON_MS, async () => {
      const outcome = await orders.log.append('orders', 0, [{ value: Buffer.from('x') }]);
      expect(outcome).toMatchObject({ outcome: 'appended' });
      return outcome;
    })) as { readonly offset: bigint };
    await until('its copy stands in the journal', SOON_MS, async () => {
      const [entry] = (await journal.read(keys.positionsOf(flowId('a-to-b')))).entries;
      const opened = openFlowPositions(entry?.value ?? '', keyringOf(topology), 'positions');
      if (!opened.ok) throw opened.problem;
      const { partitions, groups, problems, movedAgeMs } = opened.value;
      const orders0 = partitions.find(({ topic, partition }) => topic === 'orders' && partition === 0);
      expect(orders0?.copiedAtLeast).toBeGreaterThan(Number(offset));
      expect(problems).toEqual([]);
      expect(groups).toEqual(expect.any(Array));
      expect(movedAgeMs).toBeDefined();
    });
  });

  const problemsKept = async () => {
    const [entry] = (await journal.read(keys.positionsOf(flowId('a-to-b')))).entries;
    const opened = openFlowPositions(entry?.value ?? '', keyringOf(topology), 'positions');
    if (!opened.ok) throw opened.problem;
    return opened.value.problems.map(({ kind }) => kind);
  };

  it('finds a mirror that stands still out by records of its own, while nobody else writes', async () => {
    await until('its own records arrive', SOON_MS, async () => {
      const page = await fetch(`http://${listen(0)}/metrics`, { signal: AbortSignal.timeout(5_000) });
      expect(await page.text()).toMatch(/^signalbox_flow_probe_records_total\{.*"arrived".*\} [1-9]/m);
    });
    const turn = (how: 'stop' | 'resume') =>
      connectCall(lab.layout, 'b', 'PUT', `/connectors/${connectorNames('a', 'b').source}/${how}`);
    await turn('stop');
    await until('its sample is as old as what is missing', SOON_MS, async () => {
      const flow = (await voteOn(A))?.flows[0];
      expect(flow).toMatchObject({ lagRecords: 0, lagMs: 0 });
      expect(flow!.sampleAgeMs).toBeGreaterThan(10_000);
      expect(await problemsKept()).toEqual(['probe-not-copied']);
    });
    await turn('resume');
    await until('it believes the mirror again', SOON_MS, async () => {
      expect((await voteOn(A))?.flows[0]?.sampleAgeMs).toBeLessThan(5_000);
      expect(await problemsKept()).toEqual([]);
    });
  });

  const roundsIn = ({ event }: { readonly event: ObservationEvent }) =>
    Number(/for (\d+) rounds?$/.exec(event.data.reason)?.[1] ?? 0);

  const losses = {
    frozen: { lose: async () => lab.freeze('a'), regain: () => lab.thaw('a') },
    killed: { lose: () => lab.holdProcess('a', 'kafka'), regain: () => lab.releaseProcess('a', 'kafka') },
  };
  for (const [condition, { lose, regain }] of Object.entries(losses)) {
    it(`says down after six rounds of a ${condition} broker, at an unchanged pace, over the cluster that is left`, async () => {
      await votesSoon(A, { opinion: 'up' });
      const lostAtMs = clock.monotonicMs();
      await lose();
      const down = await votesSoon(A, { opinion: 'down' });
      expect(down.reason).toMatch(/^produce failed on 1 of 1 canary partitions for \d+ rounds$/);
      expect(down.healthyForMs).toBe(0);
      const failedRounds = () => eventsOn(A, lostAtMs).filter((one) => roundsIn(one) > 0);
      await until('many more rounds', SOON_MS, async () =>
        expect(Math.max(...failedRounds().map(roundsIn))).toBeGreaterThan(3 * DOWN_AFTER_ROUNDS),
      );

      const failed = failedRounds();
      const isDown = ({ event }: (typeof failed)[number]) => event.data.opinion === 'down';
      const misjudged = failed.filter((one) => isDown(one) !== roundsIn(one) >= DOWN_AFTER_ROUNDS);
      expect(misjudged.map(({ event }) => event.data)).toEqual([]);
      expect(failed.every(({ through }) => through === B)).toBe(true);
      // Beside the rounds of the cluster that is well: both are as slow as the machine is.
      const [first, last] = [failed[0]!, failed.at(-1)!];
      const meanwhile = observed.filter(
        ({ event, atMs }) => event.data.cluster === B && atMs >= first.atMs && atMs <= last.atMs,
      );
      expect(roundsIn(last) - roundsIn(first)).toBeGreaterThan(0.7 * meanwhile.length);
      await votesSoon(B, { opinion: 'up' });

      regain();
      expect(await votesSoon(A, { opinion: 'up' })).toMatchObject({ failedForMs: 0 });
    });
  }

  it('keeps observing while the journal has no quorum, marks it, and votes again when it is back', async () => {
    await votesSoon(A, { opinion: 'up' });
    await Promise.all((['a', 'w'] as const).map((site) => lab.holdProcess(site, 'etcd')));
    const lostAtMs = clock.monotonicMs();
    await until('what is observed is marked', SOON_MS, async () =>
      expect(eventsOn(A, lostAtMs).at(-1)?.event.data.recorded).toBe(false),
    );
    await until('it says what it misses', SOON_MS, async () => {
      const report = await fetch(`http://${listen(0)}/readyz`, { signal: AbortSignal.timeout(5_000) });
      expect(await report.json()).toMatchObject({ status: 'degraded', components: { journal: { state: 'missing' } } });
    });

    for (const site of ['a', 'w'] as const) lab.releaseProcess(site, 'etcd');
    await votesSoon(A, { opinion: 'up' });
    const backAtMs = clock.monotonicMs();
    await until('what is observed is recorded', SOON_MS, async () =>
      expect(eventsOn(A, backAtMs).at(-1)?.event.data.recorded).toBe(true),
    );
  });

  it('abstains and says so when its password is refused, and never calls that an outage', async () => {
    const wrong = lab.run.write('wrong', 'secrets', 'wrong.password');
    const text = readFileSync(lab.configFile, 'utf8').replaceAll(/file: .*signalbox\.password/g, `file: ${wrong}`);
    const env = { SIGNALBOX_CONFIG: lab.run.write(text, 'wrong.yaml'), SIGNALBOX_LISTEN: listen(100) };
    start('stranger', { ...env, SIGNALBOX_PROCESS: 'stranger@b' });
    await until('an abstention', SOON_MS, async () =>
      expect(await voteOn(A, 'stranger@b')).toMatchObject({
        opinion: 'abstain',
        reason: expect.stringContaining('cluster kafka-a as signalbox refused the login'),
      }),
    );
    await lab.killProcess('b', 'stranger');
  });

  it('leaves no vote behind when it is killed', async () => {
    await votesSoon(A, { opinion: 'up' });
    await lab.killProcess('b', 'health-monitor');
    await until('the votes are gone', SOON_MS, async () => {
      expect((await journal.read(keys.votes())).entries).toEqual([]);
    });
  });
});
