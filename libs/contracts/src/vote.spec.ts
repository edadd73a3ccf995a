import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { clusterId, flowId, processId, siteId, type Vote } from '#libs/domain';
import { keyringOf, signingKey } from './signing.js';
import { openVote, signVote } from './vote.js';

const pairOf = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'jwk' }).x ?? '';
  return {
    publicKey: Buffer.from(raw, 'base64url').toString('base64'),
    pem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    seed: Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url').toString('base64'),
  };
};
const [a, b] = [pairOf(), pairOf()];
const site = (id: string, publicKey: string) => ({
  id: siteId(id),
  witness: false,
  api: '',
  anchors: [],
  resolvers: [],
  signing: { keyId: `${id}-1`, publicKey, privateKey: { file: '' }, alsoAccepted: [] },
});
const keyring = keyringOf({ sites: [site('a', a.publicKey), site('b', b.publicKey)] });

const draft: Omit<Vote, 'keyId' | 'signature'> = {
  site: siteId('b'),
  process: processId('health-monitor@b'),
  incarnation: 'i-1',
  sequence: 7,
  cluster: clusterId('kafka-a'),
  opinion: 'down',
  reason: 'produce failed on 1 of 1 canary partitions for 6 rounds',
  failedForMs: 18_000.5,
  healthyForMs: 0,
  flows: [{ flow: flowId('a-to-b'), lagRecords: 3, lagMs: 12, sampleAgeMs: 900 }],
};

describe('a vote', () => {
  it('is read back exactly as it was signed, with a PEM key and with a raw one', () => {
    for (const secret of [b.pem, b.seed]) {
      const vote = signVote(draft, signingKey('b-1', secret));
      expect(openVote(JSON.stringify(vote), keyring, 'vote')).toEqual({ ok: true, value: vote });
    }
  });

  it('is refused when anything in it was changed', () => {
    const vote = signVote(draft, signingKey('b-1', b.pem));
    const opened = openVote(JSON.stringify({ ...vote, failedForMs: 90_000 }), keyring, 'vote of b');
    expect(opened).toMatchObject({
      ok: false,
      problem: { code: 'SB_MALFORMED', message: 'vote of b is malformed: its signature by b-1 does not hold' },
    });
  });

  it('is refused when another site signed it', () => {
    const vote = signVote(draft, signingKey('a-1', a.pem));
    expect(openVote(JSON.stringify(vote), keyring, 'vote')).toMatchObject({
      ok: false,
      problem: { message: 'vote is malformed: key a-1 is of site a, not of b' },
    });
  });

  it('is refused when nobody knows its key', () => {
    const vote = signVote(draft, signingKey('c-1', a.pem));
    expect(openVote(JSON.stringify(vote), keyring, 'vote')).toMatchObject({
      problem: { message: 'vote is malformed: key c-1 is unknown' },
    });
  });

  it('of a newer version is verified with the fields this version does not know', () => {
    const newer = signVote({ ...draft, weather: 'fine' } as typeof draft, signingKey('b-1', b.pem));
    const opened = openVote(JSON.stringify(newer), keyring, 'vote');
    expect(opened.ok).toBe(true);
    expect(opened).not.toHaveProperty('value.weather');
  });

  it('that cannot be hashed is refused like any other malformed one', () => {
    const vote = JSON.stringify(signVote(draft, signingKey('b-1', b.pem)));
    for (const hostile of ['"x":1e999', '"x":"\\ud800"']) {
      const opened = openVote(vote.replace('{', `{${hostile},`), keyring, 'vote');
      expect(opened).toMatchObject({ problem: { message: 'vote is malformed: it has no canonical form' } });
    }
  });

  it('names every malformed field, and no value', () => {
    const text = JSON.stringify({ ...signVote(draft, signingKey('b-1', b.pem)), sequence: -1, opinion: 'hunter2' });
    const opened = openVote(text, keyring, 'vote');
    const message = opened.ok ? '' : opened.problem.message;
    expect(message).toContain('sequence: ');
    expect(message).toContain('opinion: ');
    expect(message).not.toContain('hunter2');
    expect(openVote('{', keyring, '/signalbox/votes/x')).toMatchObject({
      problem: { message: '/signalbox/votes/x is malformed: it is no JSON' },
    });
  });
});

describe('signingKey', () => {
  it('refuses what is no Ed25519 key and does not show it', () => {
    const rsa = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' });
    for (const secret of ['hunter2', rsa as string]) {
      expect(() => signingKey('b-1', secret)).toThrow('Signing key b-1 is no Ed25519 private key');
      expect(() => signingKey('b-1', secret)).not.toThrow('hunter2');
    }
  });
});
