import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { groupId } from '#libs/domain';
import { InMemoryLog } from '#libs/runtime';
import type { OidcSettings } from '#libs/topology';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JSONWebKeySet } from 'jose';
import { VirtualClock } from '../../../../../test/support/virtual-clock.js';
import { OidcIdentityProvider } from './oidc.identity-provider.js';
import { ProviderKeys } from './provider-keys.js';

const MINUTE_MS = 60_000;
const settings: OidcSettings = {
  issuer: 'https://sso.example.com',
  audience: 'signalbox',
  algorithms: ['ES256'],
  clockToleranceMs: 10_000,
  nameClaim: 'email',
  rolesClaim: 'groups',
  grants: [
    { value: 'on-call', role: 'operator' },
    { value: 'payments-leads', role: 'approver', groups: [groupId('payments')] },
  ],
};

let first: Signer;
let second: Signer;
beforeAll(async () => {
  [first, second] = [await signer('first'), await signer('second')];
});

let clock: VirtualClock;
let published: readonly Signer[];
let isUp: boolean;
let asked: number;
let provider: OidcIdentityProvider;
beforeEach(() => {
  clock = new VirtualClock();
  [published, isUp, asked] = [[first], true, 0];
  provider = new OidcIdentityProvider(settings, new ProviderKeys(keys, { clock, log: new InMemoryLog() }).find, clock);
});

interface Signer {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: object;
}
async function signer(kid: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' } };
}
const keys = async (): Promise<JSONWebKeySet> => {
  asked += 1;
  if (!isUp) throw new Error('connection refused');
  return { keys: published.map(({ jwk }) => jwk) } as JSONWebKeySet;
};
const seconds = () => Math.floor(clock.now() / 1_000);
const claims = () => ({
  iss: settings.issuer,
  aud: settings.audience,
  sub: 'u-17',
  email: 'ada@example.com',
  groups: ['on-call', 'payments-leads', 'cooks'],
  exp: seconds() + 300,
});
const signed = (by: Signer, change: object = {}) =>
  new SignJWT({ ...claims(), ...change }).setProtectedHeader({ alg: 'ES256', kid: by.kid }).sign(by.privateKey);

describe('a token of the identity provider', () => {
  it('says who somebody is, and what each of their groups grants', async () => {
    expect(await provider.callerOf(await signed(first))).toEqual({
      caller: {
        name: 'ada@example.com',
        grants: [{ role: 'operator' }, { role: 'approver', groups: ['payments'] }],
      },
    });
  });

  it('without a group that is granted something is of somebody who may do nothing', async () => {
    const token = await signed(first, { groups: 'cooks' });
    expect(await provider.callerOf(token)).toEqual({ caller: { name: 'ada@example.com', grants: [] } });
  });

  it.each([
    ['is for somebody else', () => signed(first, { aud: 'payroll' })],
    ['is of another issuer', () => signed(first, { iss: 'https://sso.example.com.evil.example' })],
    ['has expired', () => signed(first, { exp: seconds() - 11 })],
    ['does not count yet', () => signed(first, { nbf: seconds() + 11 })],
    ['never expires', () => signed(first, { exp: undefined })],
    ['says no name', () => signed(first, { email: undefined })],
    ['says a name of two lines', () => signed(first, { email: 'ada\nroot' })],
    ['is signed by nobody we know', () => signed(second)],
    ['says it is signed by somebody else', () => signed({ ...second, kid: first.kid })],
    ['is not signed', async () => new UnsecuredJWT(claims()).encode()],
    ['is signed with what everybody knows', () => shared(JSON.stringify(first.jwk))],
    ['is no token', async () => 'a.b.c'],
  ])('is not believed when it %s', async (_what, token) => {
    expect(await provider.callerOf(await token())).toEqual({ problem: expect.stringMatching(/./) });
  });
  const shared = (secret: string) =>
    new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256', kid: first.kid })
      .sign(new TextEncoder().encode(secret.padEnd(32)));

  it('counts as long as the clocks may differ', async () => {
    const token = await signed(first);
    await clock.advance(305_000);
    expect(await provider.callerOf(token)).toHaveProperty('caller');
    await clock.advance(10_000);
    expect(await provider.callerOf(token)).toHaveProperty('problem');
  });
});

describe('the keys of the identity provider', () => {
  it('are used for as long as it does not answer', async () => {
    await provider.callerOf(await signed(first));
    isUp = false;
    await clock.advance(24 * 60 * MINUTE_MS);
    expect(await provider.callerOf(await signed(first))).toHaveProperty('caller');
    expect(asked).toBe(2);
  });

  it('that were never got let nobody in, until it answers', async () => {
    isUp = false;
    expect(await provider.callerOf(await signed(first))).toEqual({ problem: expect.stringContaining('not answered') });
    isUp = true;
    await clock.advance(MINUTE_MS);
    expect(await provider.callerOf(await signed(first))).toHaveProperty('caller');
  });

  it('are asked for again when a new one is used, and not for every token that names an unknown one', async () => {
    await provider.callerOf(await signed(first));
    await clock.advance(MINUTE_MS);
    published = [first, second];
    expect(await provider.callerOf(await signed(second))).toHaveProperty('caller');
    published = [];
    for (let times = 0; times < 20; times++) await provider.callerOf(await signed(await signer(`made-up-${times}`)));
    expect(asked).toBe(2);
  });
});
