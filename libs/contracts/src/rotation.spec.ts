import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { clusterId, processId, siteId } from '#libs/domain';
import type { Topology } from '#libs/topology';
import { keyringOf, type SigningKey } from './signing.js';
import { openVote, signVote } from './vote.js';

const pair = () => generateKeyPairSync('ed25519');
const [before, after, foreign] = [pair(), pair(), pair()];
const base64 = (key: KeyObject): string =>
  Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');

const publicHalf = (keyId: string, { publicKey }: { publicKey: KeyObject }) => ({
  keyId,
  publicKey: base64(publicKey),
});
const OLD = publicHalf('b-1', before);
const NEW = publicHalf('b-2', after);
type Key = typeof OLD;

/** What every site reads of site b in one step of the change. */
const reading = (signing: Key, ...alsoAccepted: Key[]) => {
  const site = (id: string, keys: object) => ({ id: siteId(id), signing: keys });
  const sites = [
    site('b', { ...signing, alsoAccepted }),
    site('w', { ...publicHalf('w-1', foreign), alsoAccepted: [] }),
  ];
  return keyringOf({ sites } as unknown as Pick<Topology, 'sites'>);
};

const voteBy = (key: SigningKey) =>
  JSON.stringify(
    signVote(
      {
        site: siteId('b'),
        process: processId('health-monitor@b'),
        incarnation: '1',
        sequence: 1,
        cluster: clusterId('kafka-a'),
        opinion: 'down',
        reason: '',
        failedForMs: 1,
        healthyForMs: 0,
        flows: [],
      },
      key,
    ),
  );
const byOld = voteBy({ keyId: 'b-1', privateKey: before.privateKey });
const byNew = voteBy({ keyId: 'b-2', privateKey: after.privateKey });

describe('a new signing key for a site', () => {
  it.each([
    ['before', reading(OLD), true, false],
    ['once the new key is known everywhere', reading(OLD, NEW), true, true],
    ['while the site starts to sign with it', reading(NEW, OLD), true, true],
    ['when the old one is removed', reading(NEW), false, true],
  ])('%s: votes by the old and by the new key', (_, keyring, old, next) => {
    expect([openVote(byOld, keyring, 'vote').ok, openVote(byNew, keyring, 'vote').ok]).toEqual([old, next]);
  });

  it('speaks for its own site only', () => {
    const stolen = voteBy({ keyId: 'w-1', privateKey: foreign.privateKey });
    const opened = openVote(stolen, reading(NEW, OLD), 'vote');
    expect(opened.ok ? '' : opened.problem.message).toContain('key w-1 is of site w, not of b');
  });
});
