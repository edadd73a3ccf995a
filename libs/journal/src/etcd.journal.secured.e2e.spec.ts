import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#libs/runtime';
import { Certificates } from '../../../test/support/certificates.js';
import { insist } from '../../../test/support/insist.js';
import { RealEtcd } from '../../../test/support/real-etcd.js';
import type { EtcdOptions } from './etcd-gateway.js';
import { EtcdJournal } from './etcd.journal.js';
import { journalConformance } from './journal.conformance.js';

const clock = new SystemClock();
const PATIENT_MS = 20_000;
const SOON_MS = 60_000;
const TOKEN_TTL_SECONDS = 1;
const USER = 'signalbox';
const PASSWORD = 'a password';
const ROOT_PASSWORD = 'another password';

let certificates: Certificates;
let etcd: RealEtcd;
let logins = 0;

const post = <Reply = object>(path: string, body: object, token?: string) => etcd.post<Reply>(0, path, body, token);

/** etcd's own administrator: who compacts, and gives rights. */
async function rootToken(): Promise<string> {
  const { token } = await post<{ readonly token: string }>('/v3/auth/authenticate', {
    name: 'root',
    password: ROOT_PASSWORD,
  });
  return token;
}

async function turnLoginsOn(): Promise<void> {
  const everyKey = { permType: 'READWRITE', key: btoa('/'), range_end: btoa('0') };
  const steps: readonly (readonly [path: string, body: object])[] = [
    ['user/add', { name: 'root', password: ROOT_PASSWORD }],
    ['role/add', { name: 'root' }],
    ['user/grant', { user: 'root', role: 'root' }],
    ['user/add', { name: USER, password: PASSWORD }],
    ['role/add', { name: USER }],
    ['role/grant', { name: USER, perm: everyKey }],
    ['user/grant', { user: USER, role: USER }],
    ['enable', {}],
  ];
  for (const [step, body] of steps) await post(`/v3/auth/${step}`, body);
}

const withoutLogin = (): EtcdOptions => ({
  endpoints: etcd.endpoints,
  requestTimeoutMs: PATIENT_MS,
  tls: { ca: certificates.ca, certificate: certificates.client.certificate, key: certificates.client.key },
});

const access = (change: Partial<EtcdOptions> = {}): EtcdOptions => ({
  ...withoutLogin(),
  login: {
    user: USER,
    password: async () => {
      logins += 1;
      return PASSWORD;
    },
  },
  ...change,
});

const eventually = async (holds: () => boolean | Promise<boolean>, pauseMs = 20): Promise<void> => {
  const sinceMs = clock.monotonicMs();
  while (!(await holds())) {
    if (clock.monotonicMs() - sinceMs > SOON_MS) throw new Error(`not so within ${SOON_MS} ms: ${String(holds)}`);
    await clock.sleep(pauseMs);
  }
};

beforeAll(async () => {
  certificates = await Certificates.make();
  etcd = await RealEtcd.start(1, { security: { certificates, tokenTtlSeconds: TOKEN_TTL_SECONDS } });
  await turnLoginsOn();
});
afterAll(async () => {
  await etcd?.end();
  await certificates?.remove();
});

journalConformance(`${EtcdJournal.name} with TLS and a login`, async () => {
  const journal = new EtcdJournal(access(), clock);
  return {
    journal,
    compact: async (revision) =>
      void (await post('/v3/kv/compaction', { revision: String(revision) }, await rootToken())),
    elapse: (ms) => clock.sleep(ms),
    end: () => journal.close(),
  };
});

describe('a login', () => {
  it('is made again when its token has ended or was taken away, for watches too, and outlives a restart of the member', async () => {
    const journal = new EtcdJournal(access(), clock);
    try {
      const { revision } = await journal.read('/login/');
      const before = logins;
      const put = (value: string) =>
        insist(() => journal.commit({ conditions: [], changes: [{ kind: 'put', key: '/login/n', value }] }));
      // Nobody uses the token in between: the member ends it.
      await eventually(async () => {
        await put('1');
        return logins > before;
      }, TOKEN_TTL_SECONDS * 3_000);
      const seen: string[] = [];
      const onEvents = () => void seen.push('event');
      journal.watch('/login/', revision, { onEvents, onGap: () => void seen.push('gap') });
      await eventually(() => seen.length > 0);
      await etcd.kill(0);
      await etcd.restart(0);
      await put('2');
      // The member knows the tokens that its log holds once more. A changed password ends them, were it the same.
      const asRoot = await rootToken();
      const atChange = logins;
      await post('/v3/auth/user/changepw', { name: USER, password: PASSWORD }, asRoot);
      await put('3');
      expect(logins).toBeGreaterThan(atChange);
      const { length } = seen;
      await eventually(async () => {
        await put('4');
        return seen.length > length;
      }, 500);
      expect(seen).not.toContain('gap');
    } finally {
      await journal.close();
    }
  });
});

describe('a journal that does not let us in', () => {
  const refusals: readonly (readonly [what: string, options: () => Promise<EtcdOptions>, says: string])[] = [
    [
      'since we do not know its authority',
      async () => access({ tls: { certificate: certificates.client.certificate, key: certificates.client.key } }),
      'journal.tls.ca in signalbox.yaml',
    ],
    [
      'since its certificate is for another name',
      async () => access({ tls: { ...access().tls, serverName: 'etcd.example' } }),
      'journal.tls.serverName',
    ],
    [
      'since our certificate has a common name',
      async () => access({ tls: { ca: certificates.ca, ...(await certificates.issue('named', '/CN=somebody')) } }),
      'no common name',
    ],
    ['without a login', async () => withoutLogin(), 'set journal.login in signalbox.yaml'],
    [
      'with a wrong password',
      async () => access({ login: { user: USER, password: async () => 'wrong' } }),
      'correct journal.login in signalbox.yaml',
    ],
  ];

  it.each(refusals)('%s says what to do', async (_what, options, says) => {
    const journal = new EtcdJournal(await options(), clock);
    try {
      await expect(journal.read('/login/')).rejects.toThrow(says);
      const changes = [{ kind: 'put', key: '/login/n', value: '' }] as const;
      await expect(journal.commit({ conditions: [], changes })).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
    } finally {
      await journal.close();
    }
  });

  it('for want of a client certificate says that the member wants one', async () => {
    const journal = new EtcdJournal(access({ tls: { ca: certificates.ca } }), clock);
    try {
      await expect(journal.read('/login/')).rejects.toThrow(/journal\.tls\.certificate|no etcd member answered/);
    } finally {
      await journal.close();
    }
  });
});
