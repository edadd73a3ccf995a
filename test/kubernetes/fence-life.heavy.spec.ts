import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { until } from '../lab/condition.js';
import type { ControlPlane } from '../lab/kubernetes/control-plane.js';
import { define } from '../lab/kubernetes/definitions.js';
import { strimziStubs } from '../lab/kubernetes/strimzi-stubs.js';
import { Arena, epochOf, makeNamespace } from './fence/arena.js';
import { installFence } from './fence/install.js';
import { collectionPath, CONFIG_MAP, KAFKA_CONNECTOR, KINDS } from './fence/kind.js';
import { EPOCH, IN_FORCE, LABEL, NAMESPACE } from './fence/marks.js';
import { judgeWriters, Writers } from './fence/writers.js';
import { describeOnKubernetes, startPlane } from './ground.js';

/** The collector learns of new kinds every half minute. */
const COLLECTED_WITHIN_MS = 180_000;
const ENDED_WITHIN_MS = 180_000;

describeOnKubernetes('what is fenced, in the life of a cluster', () => {
  let plane: ControlPlane;
  let arena: Arena;
  beforeAll(async () => {
    plane = await startPlane();
    await makeNamespace(plane);
    await installFence(plane);
    arena = new Arena(plane);
    await arena.enforced();
  });
  afterAll(() => plane?.stop());

  it.each(KINDS)('$kind: is not collected as garbage when it is given an owner that is gone', async (kind) => {
    const subject = arena.subject(kind);
    await subject.create();
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: '00000000-0000-4000-8000-000000000000' };
    expect((await subject.merge({ metadata: { ownerReferences: [owner] } })).status).toBe(200);
    await until('the collector is refused', COLLECTED_WITHIN_MS, async () => {
      const tried = plane.audit().find(({ verb, user, objectRef }) => {
        const isCollector = user.username === 'system:serviceaccount:kube-system:generic-garbage-collector';
        return isCollector && verb === 'delete' && objectRef?.name === subject.name;
      });
      expect(tried?.responseStatus?.code).toBe(403);
    });
    expect(epochOf(await subject.read())).toBe(Number(IN_FORCE));
    await subject.merge({ metadata: { ownerReferences: null } });
  });

  it('goes with its namespace, and the audit says so', async () => {
    await makeNamespace(plane, 'ending');
    for (const kind of KINDS) {
      const body = arena.subject(kind).sealed();
      const object = { ...body, metadata: { ...body.metadata, namespace: 'ending' } };
      const path = collectionPath(kind, 'ending');
      expect((await plane.request({ method: 'POST', path, body: object })).status).toBe(201);
    }
    await plane.must(['delete', 'namespace', 'ending', '--wait=false']);
    await until('the namespace is gone', ENDED_WITHIN_MS, async () => {
      const { status } = await plane.request({ method: 'GET', path: '/api/v1/namespaces/ending' });
      expect(status).toBe(404);
    });
    const reasons = plane
      .audit()
      .flatMap(({ annotations = {} }) =>
        Object.entries(annotations).flatMap(([key, value]) => (key.endsWith('/break-glass') ? [value] : [])),
      );
    expect(reasons).toContain('with its namespace');
  });

  it('is deleted with break-glass, and the audit holds the reason', async () => {
    const subject = arena.subject(CONFIG_MAP);
    await subject.create(subject.sealed({ 'signalbox.io/break-glass': `${IN_FORCE}: retired, by Ada` }));
    expect((await subject.delete()).status).toBe(200);
    const entry = plane.audit().find(({ verb, objectRef }) => verb === 'delete' && objectRef?.name === subject.name);
    expect(Object.values(entry?.annotations ?? {})).toContain('retired, by Ada');
  });

  it('never falls under 16 writers, with the API server killed under them and back', async () => {
    const subject = arena.subject(CONFIG_MAP);
    await subject.create();
    const writers = new Writers(subject);
    const writing = writers.run();
    try {
      await writers.taken(50);
      await plane.kill();
      await plane.restart();
      await writers.taken(50);
    } finally {
      writers.end();
    }
    await writing;
    expect(judgeWriters(writers.answers)).toEqual([]);
    expect(writers.answers.filter(({ status }) => status === 403).length).toBeGreaterThan(0);
    // A write whose answer was lost may have been taken.
    expect(epochOf(await subject.read())).toBeGreaterThanOrEqual(writers.highest());
  });

  it('refuses a stale epoch from the first answer on that the API server gives after it was killed', async () => {
    const subject = arena.subject(CONFIG_MAP);
    await subject.create();
    await plane.kill();
    const back = plane.restart();
    const statuses: number[] = [];
    const attack = async () => {
      const answer = await subject.annotate({ [EPOCH]: '1' }).catch(() => undefined);
      if (answer !== undefined) statuses.push(answer.status);
      if (statuses.filter((status) => status === 403).length < 20) throw new Error(`answered ${statuses.join(' ')}`);
    };
    await until('it refuses', COLLECTED_WITHIN_MS, attack, 5);
    await back;
    expect(statuses.filter((status) => status < 300)).toEqual([]);
    expect(epochOf(await subject.read())).toBe(Number(IN_FORCE));
  });

  it('goes with its definition, which no policy sees; made anew, the definition is fenced again', async () => {
    const definition = `${KAFKA_CONNECTOR.plural}.kafka.strimzi.io`;
    await plane.must(['delete', 'crd', definition]);
    const items = strimziStubs(['v1beta2']).filter((stub) => JSON.stringify(stub).includes(`"${definition}"`));
    await define(plane, items);
    const subject = arena.subject(KAFKA_CONNECTOR);
    await until('its kind is served again', ENDED_WITHIN_MS, async () => {
      expect((await subject.create()).status).toBe(201);
    });
    await until('it is fenced', ENDED_WITHIN_MS, async () => {
      expect((await subject.merge({ metadata: { labels: { [LABEL]: null } } }, '?dryRun=All')).status).toBe(403);
    });
    expect((await subject.annotate({ [EPOCH]: '1' })).status).toBe(403);
    const left = await plane.must(['get', KAFKA_CONNECTOR.plural, '--namespace', NAMESPACE, '--output', 'name']);
    expect(left.trim().split('\n')).toEqual([expect.stringContaining(subject.name)]);
  });
});
