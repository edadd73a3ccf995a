import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, runId, siteId, type ConfigData, type Stamped } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { parseTopology, type Config } from '#libs/topology';
import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { fencedResourceConformance } from '../../../../test/support/fenced-resource.conformance.js';
import type { Loose } from '../../../../test/support/broken-topology.js';
import {
  A,
  B,
  CLIENTS,
  clientsMap,
  KubeconfigFile,
} from '../../../../test/support/kubernetes/clients-on-kubernetes.js';
import { InMemoryApiServer } from '../../../../test/support/kubernetes/in-memory-api-server.js';
import type { KubernetesConfig } from './kubernetes.config.js';
import { kubernetesConfig } from './make.js';

const EXAMPLE = new URL('../../../../../docs/examples/two-sites-and-witness.yaml', import.meta.url);
const clock = new SystemClock();
const soon = () => AbortSignal.timeout(20_000);
const MAP: Loose = {
  object: 'ConfigMap',
  namespace: 'orders',
  name: 'clients',
  keys: { 'client.properties': { as: 'properties' } },
  restart: 'watch-file',
};
const SECRET: Loose = {
  ...MAP,
  object: 'Secret',
  name: 'bootstrap',
  keys: { servers: { as: 'value', setting: 'bootstrap.servers' } },
};
const bootstrapSecret = (servers = A['bootstrap.servers']) => ({
  kind: 'Secret',
  metadata: { name: 'bootstrap', namespace: 'orders' },
  data: { servers: Buffer.from(servers).toString('base64') },
});

/** As signalbox.yaml says it, its defaults filled in. */
function configOf(targets: readonly Loose[], kubeconfig: string): Config {
  const document: Loose = parse(readFileSync(EXAMPLE, 'utf8'));
  const site = { access: { kubeconfig: { file: kubeconfig } }, targets };
  document.groups[0].configs[0].target = { kind: 'kubernetes', sites: { a: site, b: site } };
  return parseTopology(stringify(document, { aliasDuplicateObjects: false })).groups[0]!.configs[0]!;
}

describe('a config on Kubernetes', () => {
  let server: InMemoryApiServer;
  let kubeconfig: KubeconfigFile;
  let config: KubernetesConfig;

  const start = async (targets: readonly Loose[], token?: string, callTimeoutMs = 5_000) => {
    server = await InMemoryApiServer.start();
    server.put(clientsMap());
    server.put(bootstrapSecret());
    server.token = token;
    kubeconfig = new KubeconfigFile(server.url, token);
    const owner = { installation: 'signalbox', group: 'orders' };
    const ports = { owner, callTimeoutMs, clock, environment: {} };
    config = kubernetesConfig(configOf(targets, kubeconfig.file), siteId('b'), ports)!;
    return config;
  };
  const end = async () => {
    await config.close();
    await server.down();
    kubeconfig.remove();
  };

  fencedResourceConformance<ConfigData>('one ConfigMap', async () => ({
    resource: await start([MAP]),
    values: [A, B],
    end,
  }));
  fencedResourceConformance<ConfigData>('a ConfigMap and a Secret', async () => ({
    resource: await start([MAP, SECRET]),
    values: [A, B],
    end,
  }));

  describe('one that is switched', () => {
    beforeEach(() => start([MAP, SECRET]));
    afterEach(end);

    const read = () => config.read(soon());
    const cause = { run: runId('run-7'), step: 'config-orders-clients-b' };
    const write = async (next: ConfigData, at: number, seen?: Stamped<ConfigData>) =>
      config.write(seen ?? (await read()), next, epoch(at), soon(), cause);
    const stored = () => server.find(CLIENTS) as Loose;

    it('says at the object who did it, and leaves the keys of others alone', async () => {
      expect(await write(B, 7)).toBe('written');
      const { metadata, data } = stored();
      expect(metadata.labels).toEqual({ 'signalbox.io/group': 'orders' });
      expect(metadata.annotations).toEqual({
        'signalbox.io/epoch': '7',
        'signalbox.io/group': 'orders',
        'signalbox.io/installation': 'signalbox',
        'signalbox.io/run': 'run-7',
        'signalbox.io/write': expect.stringMatching(/^run-7\.config-orders-clients-b\.7\.\d+$/),
      });
      expect(data).toEqual({ 'client.properties': 'bootstrap.servers=kafka.b.example:9092\n', color: 'blue' });
      const secret = server.find('/api/v1/namespaces/orders/secrets/bootstrap') as Loose;
      expect(Buffer.from(secret.data.servers, 'base64').toString()).toBe('kafka.b.example:9092');
    });

    it('keeps the text of somebody who wrote the same in other words, write stamp included', async () => {
      const text = '# ours\nbootstrap.servers = kafka.a.example:9092\n';
      server.put({ ...clientsMap(), data: { 'client.properties': text } });
      const seen = await read();
      expect(await write(seen.value, 3)).toBe('written');
      expect(stored().data).toEqual({ 'client.properties': text });
      expect(stored().metadata.annotations).not.toHaveProperty(['signalbox.io/write']);
      await write(B, 4);
      const { 'signalbox.io/write': stamp } = stored().metadata.annotations;
      await write(B, 5);
      expect(stored().metadata.annotations).toMatchObject({ 'signalbox.io/epoch': '5', 'signalbox.io/write': stamp });
    });

    it('tells objects that do not agree, seals each of them as it is, and sets them all', async () => {
      server.put(bootstrapSecret('kafka.z.example:9092'));
      const torn = await read();
      expect(torn).toMatchObject({
        isPartial: true,
        value: { 'ConfigMap orders/clients client.properties': 'bootstrap.servers=kafka.a.example:9092\n' },
      });
      expect(await write(torn.value, 2)).toBe('written');
      expect(stored().metadata.annotations['signalbox.io/epoch']).toBe('2');
      expect(await read()).toMatchObject({ epoch: 2, value: torn.value });
      expect(await write(B, 2)).toBe('written');
      expect(await read()).toMatchObject({ epoch: 2, value: B });
    });

    it('is not taken for sealed when only some of its objects are', async () => {
      await write(A, 2);
      server.put({ ...bootstrapSecret(), metadata: { name: 'bootstrap', annotations: { 'signalbox.io/epoch': '1' } } });
      const seen = await read();
      expect(seen).toMatchObject({ epoch: 2, isPartial: true });
      expect(seen.value).not.toEqual(A);
    });

    it('does not know what became of a write that was not answered, and finds out by reading', async () => {
      for (const trouble of ['answer-lost', 'error-after'] as const) {
        const seen = await read();
        server.trouble = trouble;
        expect(await write(trouble === 'answer-lost' ? B : A, seen.epoch + 1, seen)).toBe('unknown');
        expect(stored().metadata.annotations['signalbox.io/epoch']).toBe(String(seen.epoch + 1));
      }
    });

    it('is refused by the admission policies under a lower epoch, and by name when they refuse something else', async () => {
      server.isFenced = true;
      await write(B, 5);
      const seen = await read();
      expect(await write(A, 4, seen)).toBe('refused');
      server.denied = ['/api/v1/namespaces/orders/secrets'];
      await expect(read()).rejects.toMatchObject({
        code: 'SB_KUBERNETES_FORBIDDEN',
        retryable: false,
        message: expect.stringMatching(/^Secret orders\/bootstrap: .*Grant it to us/),
      });
    });

    it('names what is missing, and what to do', async () => {
      server.remove('ConfigMap', 'clients');
      await expect(read()).rejects.toMatchObject({
        code: 'SB_KUBERNETES_MISSING',
        message: expect.stringMatching(/^ConfigMap orders\/clients: .*404.*Create it/),
      });
    });

    it('refuses what belongs to another group or installation, before any run and in one', async () => {
      server.put({ ...clientsMap(), metadata: { name: 'clients', labels: { 'signalbox.io/group': 'billing' } } });
      const refusal = {
        code: 'SB_CONFIG_CLAIMED',
        message: expect.stringMatching(/orders\/clients is switched by group billing of the installation signalbox/),
      };
      await expect(config.lacking(soon())).rejects.toMatchObject(refusal);
      await expect(write(B, 3)).rejects.toMatchObject(refusal);
      server.put({
        ...clientsMap(),
        metadata: { name: 'clients', annotations: { 'signalbox.io/installation': 'other' } },
      });
      await expect(config.lacking(soon())).rejects.toThrow(/of the installation other/);
    });

    it('stamps no epoch far above the one that is there, and believes none that cannot be', async () => {
      await write(B, 7);
      await expect(write(A, 2_000_000)).rejects.toMatchObject({ code: 'SB_EPOCH_POISONED' });
      expect(stored().metadata.annotations['signalbox.io/epoch']).toBe('7');
      for (const poison of ['999999999999999999', '-1', '07', 'seven']) {
        server.put({ ...clientsMap(), metadata: { name: 'clients', annotations: { 'signalbox.io/epoch': poison } } });
        await expect(read()).rejects.toMatchObject({
          code: 'SB_EPOCH_POISONED',
          message: expect.stringContaining(`carries the epoch ${poison}`),
        });
      }
    });

    it('is written by exactly one of eight who saw the same: the API server compares', async () => {
      const seen = await read();
      const outcomes = await Promise.all(Array.from({ length: 8 }, async (_, i) => write(i % 2 ? A : B, i + 1, seen)));
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'refused')).toHaveLength(7);
    });

    it('says before any run which key is missing', async () => {
      expect(await config.lacking(soon())).toBeUndefined();
      server.put({ ...clientsMap(), data: { color: 'blue' } });
      expect(await config.lacking(soon())).toMatch(/^ConfigMap orders\/clients has no key client\.properties/);
    });

    it('says before any run what it would take away with the text of a person', async () => {
      await end();
      const keys = { 'config.yaml': { as: 'kroxylicious', listen: 'localhost:9192' } };
      await start([{ ...MAP, keys, restart: 'annotation', workloads: [{ kind: 'Deployment', name: 'consumer' }] }]);
      server.put({ ...clientsMap(), data: { 'config.yaml': 'filterDefinitions: [{ name: mine }]\n' } });
      expect(await config.lacking(soon())).toMatch(/^config\.yaml of ConfigMap orders\/clients is not what/);
      expect(await write(B, 1)).toBe('written');
      expect(await config.lacking(soon())).toBeUndefined();
      expect(await read()).toMatchObject({ value: B, epoch: 1 });
    });
  });

  describe('looked at again and again', () => {
    beforeEach(async () => void (await start([MAP])));
    afterEach(end);

    /** What is shown at last without a request, or with one. */
    const glanced = async (value: ConfigData, requestsMax: 0 | 1): Promise<Stamped<ConfigData>> => {
      const limit = soon();
      for (;;) {
        const before = server.requests;
        const shown = await config.glance(limit).catch(() => undefined);
        const isShown = shown?.value['bootstrap.servers'] === value['bootstrap.servers'];
        if (shown && isShown && server.requests - before <= requestsMax) return shown;
        if (limit.aborted) throw new Error(`at last ${JSON.stringify(shown)}`);
        await clock.sleep(10);
      }
    };

    it('asks no more once the API server tells by itself, and shows what it tells', async () => {
      expect(await glanced(A, 0)).toMatchObject({ epoch: 0 });
      await config.write(await config.read(soon()), B, epoch(3), soon());
      expect(await glanced(B, 0)).toMatchObject({ epoch: 3 });
      server.put(clientsMap('by.hand.example:9092'));
      expect(await glanced({ 'bootstrap.servers': 'by.hand.example:9092' }, 1)).toMatchObject({ epoch: 0 });
    });

    it('believes nothing while the API server is away, and what is there when it is back', async () => {
      await glanced(A, 0);
      await server.down();
      const limit = soon();
      while (await config.glance(limit).catch(() => undefined)) await clock.sleep(10);
      await server.up();
      server.put(clientsMap(B['bootstrap.servers']));
      expect(await glanced(B, 0)).toMatchObject({ value: B });
    });

    it('asks each time where it may not watch', async () => {
      server.isUnwatchable = true;
      await config.glance(soon());
      server.put(clientsMap(B['bootstrap.servers']));
      expect(await config.glance(soon())).toMatchObject({ value: B });
    });
  });

  describe('its API server', () => {
    afterEach(end);

    it('may be killed and come back: nothing is believed, and nothing is lost', async () => {
      await start([MAP]);
      await config.write(await config.read(soon()), B, epoch(1), soon());
      await server.down();
      await expect(config.read(soon())).rejects.toMatchObject({ code: 'SB_UNAVAILABLE', retryable: true });
      await server.up();
      expect(await config.read(soon())).toMatchObject({ value: B, epoch: 1 });
    });

    it('may freeze: every call has an end of its own', async () => {
      await start([MAP], undefined, 300);
      const seen = await config.read(soon());
      server.trouble = 'hangs';
      expect(await config.write(seen, B, epoch(1), soon())).toBe('unknown');
      expect(await config.read(soon())).toMatchObject({ value: A, epoch: 0 });
    });

    it('may know our token no longer: it is read again', async () => {
      await start([MAP], 'first');
      expect(await config.read(soon())).toMatchObject({ value: A });
      server.token = 'second';
      await expect(config.read(soon())).rejects.toThrow(/401.*Renew the token/);
      kubeconfig.renew('second');
      expect(await config.read(soon())).toMatchObject({ value: A });
    });
  });
});
