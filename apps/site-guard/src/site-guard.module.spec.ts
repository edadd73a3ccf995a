import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { getActiveResourcesInfo } from 'node:process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { processId, siteId } from '#libs/domain';
import { loadTopology } from '#libs/topology';
import { until } from '../../../test/lab/condition.js';
import type { Loose } from '../../../test/support/broken-topology.js';
import { freePort } from '../../../test/support/free-port.js';
import { PolicySite } from '../../../test/support/kubernetes/policy-site.js';
import { NestRuntime } from '../../../test/support/nest-runtime.js';
import { SiteGuard } from './site-guard.js';
import { SiteGuardModule } from './site-guard.module.js';

/** Some of them start a process, which takes its time on a busy machine. */
jest.setTimeout(120_000);

const SOON_MS = 30_000;
const MAIN = `${import.meta.dirname}/main.js`;
const missing = (reason: RegExp) => ({ state: 'missing', reason: expect.stringMatching(reason) });

describe('a site-guard with fencePolicy', () => {
  let site: PolicySite;
  let runtime: NestRuntime;
  let app: TestingModule | undefined;
  beforeEach(async () => {
    site = await PolicySite.start();
    site.write();
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    await site.end();
  });

  /** As main.ts does, in this process. */
  const boot = async (environment = {}): Promise<TestingModule> => {
    runtime = new NestRuntime();
    const identity = { topology: await loadTopology(site.file), site: siteId('a'), process: processId('site-guard@a') };
    const imports = [runtime.module, await SiteGuardModule.register({ ...identity, environment })];
    app = await Test.createTestingModule({ imports }).compile();
    await app.init();
    runtime.readiness.started();
    return app;
  };
  const components = () => runtime.readiness.report().components;
  const isClosed = () =>
    until('the policy is closed', SOON_MS, async () =>
      expect(site.policy?.spec.podSelector).toEqual({ matchLabels: { app: 'kafka' }, matchExpressions: [] }),
    );
  const start = (port: number) => {
    const env = { SIGNALBOX_CONFIG: site.file, SIGNALBOX_SITE: 'a', SIGNALBOX_LISTEN: `127.0.0.1:${port}` };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    return { child, ended: once(child, 'exit').then(([code]) => code as number), stderr: text(child.stderr) };
  };

  it('starts without journal and Kafka, closes the listener by the policy, and says what it lacks', async () => {
    const guard = (await boot()).get(SiteGuard);
    await isClosed();
    expect(site.policy.metadata.annotations).toMatchObject({
      'signalbox.io/installation': 'example',
      'signalbox.io/site': 'a',
      'signalbox.io/epochs': '{"orders":0}',
    });
    await until('it has proven it', SOON_MS, async () => expect(guard.status.armed.armed).toBe(true));
    expect(guard.status.armed.armedBy).toMatch(/command: proven in \d+ ms$/);
    await until('it says what it enforces', SOON_MS, async () =>
      expect(guard.status.enforced).toEqual({ orders: { access: 'none', epoch: 0, by: 'command' } }),
    );
    expect(runtime.readiness.report()).toMatchObject({
      status: 'degraded',
      components: {
        'fence command': { state: 'ready' },
        'fence proof': { state: 'ready' },
        'site lease': missing(/cannot be renewed/),
      },
    });
  });

  it('is not armed while the API server is away, and is when it is back', async () => {
    await site.server.down();
    const guard = (await boot()).get(SiteGuard);
    await until('it says so', SOON_MS, async () =>
      expect(components()['fence proof']).toMatchObject(missing(/has not proven that it can fence/)),
    );
    expect(guard.status.armed.armed).toBe(false);
    await site.server.up();
    await until('it is armed', SOON_MS, async () => expect(components()['fence proof']).toEqual({ state: 'ready' }));
    await isClosed();
  });

  it('keeps a connection of its own to the listener, and closes it and all others at shutdown', async () => {
    const alive = (kind: string) => getActiveResourcesInfo().filter((each) => each === kind).length;
    const [sockets, timers] = [alive('TCPSocketWrap'), alive('Timeout')];
    site.enforces = false;
    const booted = await boot();
    await isClosed();
    expect(site.connections).toBeGreaterThan(0);
    expect(await site.server.connections()).toBeGreaterThan(0);
    await booted.close();
    app = undefined;
    await until('all is closed', SOON_MS, async () => {
      expect({ atTheBroker: site.connections, atTheApiServer: await site.server.connections() }).toEqual({
        atTheBroker: 0,
        atTheApiServer: 0,
      });
      // What an earlier test left may have ended in between.
      expect(alive('TCPSocketWrap')).toBeLessThanOrEqual(sockets);
      expect(alive('Timeout')).toBeLessThanOrEqual(timers);
    });
  });

  it('leaves nothing open when it is told to end while its first proof is under way', async () => {
    site.server.trouble = 'hangs';
    const booted = await boot();
    await until('it has asked', SOON_MS, async () => expect(site.server.trouble).toBeUndefined());
    await booted.close();
    app = undefined;
    await until('all is closed', SOON_MS, async () =>
      expect([site.connections, await site.server.connections()]).toEqual([0, 0]),
    );
  });

  it.each<[string, (document: Loose) => void, RegExp]>([
    [
      'a kubeconfig that is not there',
      ({ sites }) => (sites[0].fencePolicy.access.kubeconfig.file = '/nowhere/kubeconfig'),
      /command: \/nowhere\/kubeconfig cannot be read \(ENOENT\): put it there, readable by us/,
    ],
    [
      'the account of a pod where there is none',
      ({ sites }) => delete sites[0].fencePolicy.access,
      /KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: name a kubeconfig under access/,
    ],
    [
      'rights that it was not given',
      () => (site.server.denied = ['/apis/networking.k8s.io']),
      /command: NetworkPolicy kafka\/signalbox-fence.* is forbidden/,
    ],
    [
      "the name of somebody else's policy",
      () =>
        site.server.put({
          kind: 'NetworkPolicy',
          metadata: { name: 'signalbox-fence', namespace: 'kafka', managedFields: [{ manager: 'helm' }] },
          spec: { podSelector: { matchLabels: {}, matchExpressions: [] }, policyTypes: ['Ingress'] },
        }),
      /NetworkPolicy kafka\/signalbox-fence is of helm, and no fence of Signalbox: it is left alone/,
    ],
  ])('starts with %s, and says so instead of being armed', async (_, change, reason) => {
    site.write(change);
    const before = structuredClone(site.policy);
    const guard = (await boot()).get(SiteGuard);
    await until('it says so', SOON_MS, async () =>
      expect(components()).toMatchObject({ 'fence proof': missing(reason), 'fence command': { state: 'missing' } }),
    );
    expect(guard.status.armed.armed).toBe(false);
    expect(site.policy).toEqual(before);
  });

  it('does not start without a password that it is to log in with, and names it', async () => {
    rmSync(site.passwordFile);
    await expect(boot()).rejects.toThrow(/Kafka password of signalbox on cluster kafka-a cannot be read from .*ENOENT/);
  });

  it('is a process that answers for itself, and ends with 0 when it is told to', async () => {
    const port = await freePort();
    const { child, ended } = start(port);
    for await (const line of createInterface(child.stdout)) if (line.includes('is up')) break;
    await isClosed();
    await until('it is armed', SOON_MS, async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
      expect([answer.status, await answer.json()]).toMatchObject([
        200,
        { status: 'degraded', components: { 'fence proof': { state: 'ready' } } },
      ]);
    });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('ends with 78 and says everything that is wrong with the policy at once', async () => {
    site.write(({ sites, clusters }) => {
      sites[0].fenceCommand = sites[1].fenceCommand;
      delete clusters[0].adminBootstrap;
    });
    const { ended, stderr } = start(await freePort());
    expect(await ended).toBe(78);
    const said = await stderr;
    expect(said).toMatch(/^site-guard did not start\./);
    expect(said).toMatch(/sites\[0\]\.fencePolicy: .*a policy beside fenceCommand/);
    expect(said).toMatch(/clusters\[0\]\.adminBootstrap: .*nothing, at a site with fencePolicy/);
  });
});
