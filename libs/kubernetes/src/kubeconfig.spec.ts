import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fromKubeconfig, inCluster } from './kubeconfig.js';

describe('a kubeconfig', () => {
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'signalbox-kubeconfig-'));
    file = join(folder, 'config');
    for (const name of ['ca.crt', 'client.crt', 'client.key']) writeFileSync(join(folder, name), `${name} as PEM`);
    writeFileSync(join(folder, 'token'), 'secret-token\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const written = (user: object, cluster: object = {}, current = 'east') => {
    const content = {
      clusters: [
        { name: 'c', cluster: { server: 'https://api.b.example:6443', 'certificate-authority': 'ca.crt', ...cluster } },
      ],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'east', context: { cluster: 'c', user: 'u' } }],
      'current-context': current,
    };
    writeFileSync(file, JSON.stringify(content));
  };

  it('is read with all that it names, from beside it', async () => {
    written({ 'client-certificate': 'client.crt', 'client-key': 'client.key' }, { 'tls-server-name': 'kubernetes' });
    expect(await fromKubeconfig(file)()).toEqual({
      server: 'https://api.b.example:6443',
      ca: 'ca.crt as PEM',
      certificate: 'client.crt as PEM',
      key: 'client.key as PEM',
      serverName: 'kubernetes',
    });
  });

  it('is read with what stands in it, and anew each time', async () => {
    written({ tokenFile: 'token' }, { 'certificate-authority-data': Buffer.from('inline').toString('base64') });
    const load = fromKubeconfig(file, 'east');
    expect(await load()).toMatchObject({ ca: 'inline', token: 'secret-token' });
    writeFileSync(join(folder, 'token'), 'renewed');
    expect(await load()).toMatchObject({ token: 'renewed' });
  });

  it.each([
    [
      'a login by a program',
      () => written({ exec: { command: 'aws' } }),
      undefined,
      /logs in by exec, which Signalbox does not do/,
    ],
    ['a context that is not there', () => written({}), 'west', /has no context west: name one of its own, east/],
    [
      'a file that it names and is not there',
      () => written({ tokenFile: 'gone' }),
      undefined,
      /gone cannot be read \(ENOENT\)/,
    ],
    [
      'a server that is no address',
      () => written({}, { server: 'api' }),
      undefined,
      /is no kubeconfig: look at clusters\.0\.cluster\.server/,
    ],
    ['no YAML', () => writeFileSync(file, 'token: "secret'), undefined, /is no YAML/],
  ])('says what is wrong with %s', async (_what, write, context, problem) => {
    write();
    const failure: unknown = await fromKubeconfig(file, context)().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SB_KUBECONFIG_UNUSABLE', message: expect.stringMatching(problem) });
    expect(String(failure)).not.toContain('secret');
  });

  it('is not needed in a pod', async () => {
    const mounted = join(folder, 'serviceaccount');
    mkdirSync(mounted);
    for (const name of ['ca.crt', 'token']) writeFileSync(join(mounted, name), `${name} of the pod`);
    const environment = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    expect(await inCluster(environment, mounted)()).toEqual({
      server: 'https://[fd00::1]:443',
      ca: 'ca.crt of the pod',
      token: 'token of the pod',
    });
    await expect(inCluster({}, mounted)()).rejects.toThrow(/name a kubeconfig under access where this is no pod/);
  });
});
