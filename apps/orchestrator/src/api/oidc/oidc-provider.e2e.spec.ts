import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryLog, SystemClock } from '#libs/runtime';
import type { OidcSettings } from '#libs/topology';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import { identityProvider } from './identity-provider-in.js';

const CLIENT = { client_id: 'deploy-bot', client_secret: 'of-the-test' };
let server: Server;
let settings: OidcSettings;

beforeEach(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const answer = (await provider(issuer)).callback();
  server.on('request', (request, response) => void answer(request, response));
  settings = {
    issuer,
    audience: 'signalbox',
    algorithms: ['ES256'],
    clockToleranceMs: 10_000,
    nameClaim: 'sub',
    rolesClaim: 'groups',
    grants: [{ value: 'on-call', role: 'operator' }],
  };
});
afterEach(() => stop());

async function provider(issuer: string): Promise<Provider> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return new Provider(issuer, {
    clients: [
      {
        ...CLIENT,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'first', alg: 'ES256', use: 'sig' }] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope: '',
          audience: resource.replace('urn:', ''),
          accessTokenTTL: 600,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    extraTokenClaims: () => ({ groups: ['on-call'] }),
  });
}

async function stop(): Promise<void> {
  server.closeAllConnections();
  if (server.listening) await new Promise((resolve) => server.close(resolve));
}

async function tokenFor(resource: string): Promise<string> {
  const answer = await fetch(`${settings.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...CLIENT, grant_type: 'client_credentials', resource }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}
const opened = () => identityProvider(settings, { clock: new SystemClock(), log: new InMemoryLog() });

describe('a real OpenID provider', () => {
  it('lets somebody in by its discovery document and keys, for us and for nobody else', async () => {
    const identities = opened();
    expect(await identities.callerOf(await tokenFor('urn:signalbox'))).toEqual({
      caller: { name: CLIENT.client_id, grants: [{ role: 'operator' }] },
    });
    expect(await identities.callerOf(await tokenFor('urn:payroll'))).toHaveProperty('problem');
  });

  it('that is gone is no reason to refuse a token that it gave', async () => {
    const identities = opened();
    const token = await tokenFor('urn:signalbox');
    await identities.callerOf(token);
    await stop();
    expect(await identities.callerOf(token)).toHaveProperty('caller');
    expect(await opened().callerOf(token)).toHaveProperty('problem');
  });
});
