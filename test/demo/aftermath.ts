import { writeFile } from 'node:fs/promises';
import type { StatusAnswer } from '#libs/contracts';
import { clusterId, messageOf, type Instant } from '#libs/domain';
import { openCluster, type TopicLog } from '#libs/kafka';
import { java } from '../lab/java.js';
import type { Lab } from '../lab/lab.js';
import { askServer } from './followed-name.js';
import type { KafkaSite, RecordId } from './ledger.js';
import { isPinned } from './pinned-client.js';
import type { FenceReport, Report } from './report.js';
import { dumpArguments, readSegments, segmentsOf } from './segment-dump.js';
import { signalbox } from './signalbox-cli.js';
import type { Stage } from './stage.js';
import { waitFor } from './steady.js';
import { readTopic } from './topic-reader.js';

const READ_TIMEOUT_MS = 10_000;
const MENDED_WITHIN_MS = 90_000;
const MIRRORED_WITHIN_MS = 90_000;
/** Tries inside A, after it was mended, that must have failed before the fence counts as proven. */
const ENOUGH_REFUSALS = 20;
/** What Kafka says to a write that an ACL denies. A listener that is closed, or a frozen broker, says nothing. */
const NOT_AUTHORIZED = /authorized/i;
const NAME_SERVERS = ['a', 'b', 'w'] as const;

/** Undoes the fault while the producer inside A goes on, and waits until the fence has been felt there again. */
export const mendUnderFire = async (stage: Stage): Promise<Pick<FenceReport, 'refusedAtAAfterMend'>> => {
  const { lab, fault, clock, clients, timeline } = stage;
  timeline.tell('mend', 'site A comes back; the producer inside it never stopped trying', clock.now());
  await fault.mend(lab, () => awaitSeenUp(stage));
  const mendedAt = clock.now();
  const refusals = () =>
    clients.ledger.unacknowledged.filter((record) => isPinned(record.id) && record.sentAt > mendedAt);
  const limits = { clock, withinMs: MENDED_WITHIN_MS };
  await waitFor('refusals by the broker itself', limits, async () => {
    const byBroker = refusals().filter(({ reason }) => NOT_AUTHORIZED.test(reason)).length;
    const { guards } = await stage.api.get<StatusAnswer>('/status');
    const held = guards.find(({ record }) => record.site === 'a')?.record.enforced[stage.group];
    if (held?.access === 'none' && byBroker >= ENOUGH_REFUSALS) return true;
    throw new Error(`${byBroker} so far; the guard enforces ${held?.access ?? 'nothing'} by ${held?.by ?? 'nothing'}`);
  });
  return { refusedAtAAfterMend: refusals().length };
};

/** By whoever answers, recorded or not. */
export const awaitSeenUp = async ({ api, clock, cluster }: Stage): Promise<void> => {
  await waitFor('sight of A', { clock, withinMs: MENDED_WITHIN_MS }, async () => {
    const { clusters } = await api.get<StatusAnswer>('/status');
    return clusters.some(({ verdict }) => verdict.cluster === cluster && verdict.kind === 'up') || undefined;
  });
};

/** What both clusters hold, each by a reader that is none of the application's clients. */
export const readLogs = async (
  stage: Pick<Stage, 'lab' | 'topic'>,
): Promise<{ a: RecordId[]; b: RecordId[]; readAtA: Report['readAtA'] }> => {
  const b = await readBroker(stage, 'b');
  if (!stage.lab.run.isDown('a')) return { a: await readBroker(stage, 'a'), b, readAtA: 'broker' };
  const { lab, topic } = stage;
  const segments = segmentsOf(lab.run.file('a', 'kafka'), topic);
  const a = await readSegments(java(lab.run, 'a.dump', 'none', dumpArguments(segments)));
  return { a, b, readAtA: 'segment files' };
};

const readBroker = ({ lab, topic }: Pick<Stage, 'lab' | 'topic'>, site: KafkaSite): Promise<RecordId[]> =>
  asAdmin(lab, site, (log) => readTopic(log, topic));

/** After a fault without a failover: what was not mirrored meanwhile has to arrive after all. */
export const awaitMirror = async ({ lab, topic, clock }: Stage): Promise<void> => {
  const endsAt = (site: KafkaSite) => asAdmin(lab, site, async (log) => [...(await log.endOffsets(topic)).values()]);
  await waitFor('equal ends of both logs', { clock, withinMs: MIRRORED_WITHIN_MS }, async () => {
    const [a, b] = await Promise.all([endsAt('a'), endsAt('b')]);
    if (String(a) !== String(b)) throw new Error(`A ends at ${String(a)}, B at ${String(b)}`);
    return true;
  });
};

const asAdmin = async <T>(lab: Lab, site: KafkaSite, use: (log: TopicLog) => Promise<T>): Promise<T> => {
  const [host = '', port] = lab.site(site).kafka.adminAddress.split(':');
  const cluster = openCluster({
    cluster: clusterId(site),
    bootstrap: [{ host, port: Number(port) }],
    credentials: { mechanism: 'PLAIN', username: 'admin', password: () => lab.password('admin') },
    timeoutMs: READ_TIMEOUT_MS,
  });
  try {
    return await use(cluster.log);
  } finally {
    await cluster.close();
  }
};

/** What each name server says, in its own words. */
export const askNameServers = async ({ lab, name }: Stage): Promise<Report['dnsAnswers']> => {
  const ask = async (site: (typeof NAME_SERVERS)[number]) =>
    askServer(lab.site(site).dnsAddress, name, READ_TIMEOUT_MS).then(
      (answers) => answers.map(({ address }) => address),
      () => 'no answer' as const,
    );
  return Object.fromEntries(await Promise.all(NAME_SERVERS.map(async (site) => [site, await ask(site)] as const)));
};

/** With the real command line: exported, kept in a file, and verified offline. */
export const verifyAudit = async ({ viewer, group, timeline, clock, auditFile }: Stage): Promise<boolean> => {
  try {
    await writeFile(auditFile, await signalbox(viewer, 'audit', 'export', group));
    timeline.tell('audit', (await signalbox(viewer, 'audit', 'verify', auditFile)).trim(), clock.now());
    return true;
  } catch (error) {
    timeline.tell('audit', messageOf(error), clock.now());
    return false;
  }
};

/** Counted over what the clients saw, against the moment the fence was known to hold. */
export const fenceReport = (
  { clients }: Stage,
  fencedAt: Instant,
  mended: Pick<FenceReport, 'refusedAtAAfterMend'>,
): FenceReport => {
  const { acknowledged } = clients.ledger;
  const ackedAtA = acknowledged.filter(({ site }) => site === 'a').map(({ ackedAt }) => ackedAt);
  const sentToB = acknowledged.filter(({ site }) => site === 'b').map(({ sentAt }) => sentAt);
  return {
    fencedAt,
    firstWriteAtB: Math.min(...sentToB) as Instant,
    lastAckedAtA: Math.max(...ackedAtA) as Instant,
    ackedAtAAfterFence: ackedAtA.filter((at) => at > fencedAt).length,
    ...mended,
  };
};
