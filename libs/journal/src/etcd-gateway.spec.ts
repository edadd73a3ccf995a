import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OutcomeUnknownError, UnavailableError } from '#libs/domain';
import { InMemoryLog, ProcessReadiness, SystemClock } from '#libs/runtime';
import { FakeEtcd } from '../../../test/support/fake-etcd.js';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { EtcdGateway, type EtcdOptions } from './etcd-gateway.js';

const TXN = '/v3/kv/txn';
const PATIENT_MS = 20_000;
const REAL = new SystemClock();

let own: FakeEtcd;
let other: FakeEtcd;
let readiness: ProcessReadiness;
let clock: VirtualClock;
const opened: EtcdGateway[] = [];

beforeEach(async () => {
  [own, other] = await Promise.all([FakeEtcd.start(), FakeEtcd.start()]);
  clock = new VirtualClock();
  readiness = new ProcessReadiness(new InMemoryLog(), clock);
});
afterEach(async () => {
  for (const gateway of opened.splice(0)) gateway.close();
  await Promise.all([own.end(), other.end()]);
});

/** A gateway to both members, each of which has answered once; it looks at them again only when time passes. */
async function open(more: Partial<EtcdOptions> = {}): Promise<EtcdGateway> {
  const options = { endpoints: [own.url, other.url], requestTimeoutMs: PATIENT_MS, ...more };
  const gateway = new EtcdGateway(options, clock, readiness);
  opened.push(gateway);
  await until(() => own.calls.length > 0 && other.calls.length > 0);
  // The answers may still be on their way.
  await gateway.ask(TXN, {}).catch(() => undefined);
  own.calls.length = other.calls.length = 0;
  return gateway;
}

async function until(holds: () => boolean): Promise<void> {
  const sinceMs = REAL.monotonicMs();
  while (!holds()) {
    if (REAL.monotonicMs() - sinceMs > PATIENT_MS) throw new Error(`not so in time: ${String(holds)}`);
    await REAL.sleep(5);
  }
}

const reasons = (): string =>
  Object.values(readiness.report().components)
    .map((component) => (component.state === 'missing' ? component.reason : ''))
    .join('\n');

describe('a member that has not heard of the last election', () => {
  it('is not believed: another one is asked', async () => {
    const gateway = await open();
    other.term = 3;
    own.answer = () => ({ status: 503, body: {} });
    await gateway.ask(TXN, {});
    own.answer = () => own.well({ from: 'own' });
    other.answer = () => other.well({ from: 'other' });
    gateway.members.answered(own.url);
    expect(await gateway.ask(TXN, {})).toMatchObject({ from: 'other' });
    expect(own.calls).toHaveLength(2);
    expect(gateway.members.missing()).toEqual([own.url]);
    expect(reasons()).toContain('answers under raft term 2, and 3 was seen');
    own.term = 3;
    gateway.members.answered(own.url);
    expect(await gateway.ask(TXN, {})).toMatchObject({ from: 'own' });
  });

  it('leaves a commit unknown, and a question unanswered when nobody else knows better', async () => {
    const gateway = await open();
    own.term = other.term = 5;
    await gateway.ask(TXN, {});
    own.term = other.term = 4;
    await expect(gateway.tell(TXN, {})).rejects.toThrow(OutcomeUnknownError);
    await expect(gateway.ask(TXN, {})).rejects.toThrow(UnavailableError);
  });

  it('is believed when it was asked before the election', async () => {
    const gateway = await open();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    own.answer = async () => {
      const before = own.well({ from: 'own' });
      await held;
      return before;
    };
    const commit = gateway.tell(TXN, {});
    await until(() => own.calls.length > 0);
    gateway.members.missed(own.url);
    other.term = 3;
    await gateway.ask(TXN, {});
    release();
    expect(await commit).toMatchObject({ from: 'own' });
  });
});

describe('a member of another cluster', () => {
  it('is not believed, named with what to do, and told nothing any more', async () => {
    const gateway = await open();
    own.clusterId = '8';
    own.answer = () => own.well({ from: 'stranger' });
    await expect(gateway.tell(TXN, {})).rejects.toThrow(OutcomeUnknownError);
    expect(reasons()).toContain('belongs to the etcd cluster 8 and not to 7: correct journal.members');
    own.calls.length = 0;
    gateway.members.answered(own.url);
    await gateway.tell(TXN, {});
    expect(own.calls).toEqual([]);
    await gateway.ask(TXN, {});
    expect(own.calls).toEqual([TXN]);
    expect(gateway.members.missing()).toEqual([own.url]);
  });
});

describe('the login', () => {
  const login = { user: 'signalbox', password: async () => 'secret' };

  it('is made once for all, and again when a member does not know the token', async () => {
    let valid: string | undefined;
    for (const member of [own, other]) {
      member.answer = (_path, token) => {
        valid ??= token;
        return token === valid ? member.well() : member.refusal(16, 'etcdserver: invalid auth token');
      };
    }
    const gateway = await open({ login });
    await Promise.all([gateway.ask(TXN, {}), gateway.ask(TXN, {}), gateway.tell(TXN, {})]);
    expect(own.logins + other.logins).toBe(1);
    valid = 'token.2';
    await Promise.all([gateway.tell(TXN, {}), gateway.ask(TXN, {})]);
    expect(own.logins + other.logins).toBe(2);
  });

  it('that fails says what to do, and is not tried again at once', async () => {
    for (const member of [own, other]) {
      member.login = () => member.refusal(3, 'etcdserver: authentication failed, invalid user ID or password');
    }
    const gateway = new EtcdGateway(
      { endpoints: [own.url, other.url], requestTimeoutMs: PATIENT_MS, login },
      clock,
      readiness,
    );
    opened.push(gateway);
    for (let n = 0; n < 3; n++) {
      await expect(gateway.ask(TXN, {})).rejects.toThrow('correct journal.login in signalbox.yaml');
    }
    expect(own.logins + other.logins).toBe(1);
    expect(readiness.report().components['journal login']).toMatchObject({ impact: 'blocked' });
    for (const member of [own, other]) member.login = () => member.well({ token: 'good' });
    await clock.advance(PATIENT_MS);
    await gateway.ask(TXN, {});
    expect(readiness.report().components['journal login']).toEqual({ state: 'ready' });
  });

  it('is left out, and said, where etcd asks nobody for one', async () => {
    for (const member of [own, other]) {
      member.login = () => member.refusal(9, 'etcdserver: authentication is not enabled');
      member.answer = (_path, token) => (token === undefined ? member.well() : member.refusal(16, 'a token'));
    }
    const gateway = await open({ login });
    await gateway.ask(TXN, {});
    expect(reasons()).toContain('lets in everybody');
  });

  it('that is not configured is named when a member asks for it', async () => {
    const gateway = await open();
    own.answer = () => own.refusal(3, 'etcdserver: user name is empty');
    await expect(gateway.tell(TXN, {})).rejects.toThrow('set journal.login in signalbox.yaml');
  });
});
