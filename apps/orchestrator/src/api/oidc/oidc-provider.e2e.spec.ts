import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryLog, SystemClock } from '#libs/runtime';
import type { OidcSettings } from '#libs/topology';
import { CLIENT, OidcProvider } from '../../../../../test/support/oidc-provider.js';
import { identityProvider } from './identity-provider-in.js';

let provider: OidcProvider;
let settings: OidcSettings;

beforeEach(async () => {
  provider = await OidcProvider.start();
  settings = {
    issuer: provider.issuer,
    audience: 'signalbox',
    algorithms: ['ES256'],
    clockToleranceMs: 10_000,
    nameClaim: 'sub',
    rolesClaim: 'groups',
    grants: [{ value: 'on-call', role: 'operator' }],
  };
});
afterEach(() => provider.stop());

const opened = () => identityProvider(settings, { clock: new SystemClock(), log: new InMemoryLog() });

describe('a real OpenID provider', () => {
  it('lets somebody in by its discovery document and keys, for us and for nobody else', async () => {
    const identities = opened();
    expect(await identities.callerOf(await provider.tokenFor('urn:signalbox'))).toEqual({
      caller: { name: CLIENT.client_id, grants: [{ role: 'operator' }] },
    });
    expect(await identities.callerOf(await provider.tokenFor('urn:payroll'))).toHaveProperty('problem');
  });

  it('that is gone is no reason to refuse a token that it gave', async () => {
    const identities = opened();
    const token = await provider.tokenFor('urn:signalbox');
    await identities.callerOf(token);
    await provider.stop();
    expect(await identities.callerOf(token)).toHaveProperty('caller');
    expect(await opened().callerOf(token)).toHaveProperty('problem');
  });
});
