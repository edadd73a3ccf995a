import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../lab/condition.js';
import { LabError } from '../lab/lab-error.js';
import { type KafkaSite, Layout } from '../lab/layout.js';
import { addressesOf } from '../lab/kubernetes/node/addresses.js';
import { Images, SIGNALBOX_IMAGE } from '../lab/kubernetes/node/images.js';
import type { KubernetesSite } from '../lab/kubernetes/node/kubernetes-site.js';
import { cgroupOf, runOf } from '../lab/kubernetes/node/remains.js';
import { Wan } from '../lab/kubernetes/node/wan.js';
import { Helm, CHART, RELEASE } from './helm.js';
import { describeOnNode, say, startSite, timed } from './node-ground.js';
import { APPS, releaseValues } from './node-release.js';

/** Guards against what never comes, no statements about how fast it is. */
const SOON_MS = 120_000;
const STARTED_WITHIN_MS = 600_000;
const ROLLED_OUT_WITHIN = '900s';
const PORT = 16_443;
const SITE_CHILD = fileURLToPath(import.meta.resolve('./site-child.js'));

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
    readonly status: { readonly containerStatuses: readonly ContainerStatus[] };
  }[];
}
interface ContainerStatus {
  readonly ready: boolean;
  readonly started: boolean;
  readonly restartCount: number;
  readonly image: string;
}

/** What a process finds out about itself, in words that hold for all of them. */
const SELF = `
const { readFileSync, writeFileSync } = require('node:fs');
const can = (path) => { try { writeFileSync(path, 'x'); return 'yes'; } catch ({ code }) { return code; } };
const status = readFileSync('/proc/1/status', 'utf8');
console.log(JSON.stringify({ user: process.getuid(), capabilities: /CapEff:\\s*(\\w+)/.exec(status)[1],
  privileges: /NoNewPrivs:\\s*(\\d)/.exec(status)[1], seccomp: /Seccomp:\\s*(\\d)/.exec(status)[1], app: can('/app/x'), tmp: can('/tmp/x') }));`;

describeOnNode('two sites with a node each', () => {
  const layout = Layout.fromEnvironment();
  let images: Images;
  let ofNode: readonly string[];
  let a: KubernetesSite;
  let b: KubernetesSite;
  let wan: Wan;

  beforeAll(async () => {
    images = Images.open();
    ofNode = await timed('images of a node', () => images.ofNode());
    a = await startSite('a', ofNode);
    b = await startSite('b', ofNode);
    wan = await Wan.between(a.enclosure, b.enclosure);
    const archive = await timed('our image, built from the Dockerfile', () => images.signalbox());
    await timed('our image, imported at both sites', () => Promise.all([a.load(archive), b.load(archive)]));
  });

  afterAll(async () => {
    await a?.stop();
    await b?.stop();
    images?.remove();
  });

  const podsOf = async (site: KubernetesSite) => {
    const ofRelease = ['--namespace', RELEASE, '--selector', `app.kubernetes.io/instance=${RELEASE}`];
    return (JSON.parse(await site.plane.must(['get', 'pods', ...ofRelease, '--output', 'json'])) as Pods).items;
  };
  const execute = (site: KubernetesSite, pod: string, script: string) =>
    site.plane.must(['exec', pod, '--namespace', RELEASE, '--', 'node', '-e', script]);

  describe('the chart, installed by Helm', () => {
    beforeAll(async () => {
      for (const archive of [images.etcd(), images.redis()]) await a.load(archive);
      const { values, signingKey } = releaseValues();
      await a.plane.must(['create', 'namespace', RELEASE]);
      const enforce = 'pod-security.kubernetes.io/enforce=restricted';
      await a.plane.must(['label', 'namespace', RELEASE, enforce]);
      const secret = ['create', 'secret', 'generic', 'signing', '--namespace', RELEASE];
      await a.plane.must([...secret, `--from-literal=a.pem=${signingKey}`]);
      const helm = new Helm(a.plane, 'helm4');
      await helm.must(['install', RELEASE, CHART, '--values', '-'], JSON.stringify(values));
      say(`every process of the release: waiting until it answers, ${ROLLED_OUT_WITHIN} at most`);
      for (const app of APPS) {
        const status = ['rollout', 'status', `deployment/${RELEASE}-${app}`, '--namespace', RELEASE];
        await timed(app, () => a.plane.must([...status, '--timeout', ROLLED_OUT_WITHIN]));
      }
    });

    it('runs every process from our image, started and ready, and none was restarted', async () => {
      const ours = (await podsOf(a)).filter(({ metadata }) =>
        APPS.includes(metadata.labels['app.kubernetes.io/component'] ?? ''),
      );
      expect(ours).toHaveLength(APPS.length);
      for (const { status } of ours) {
        expect(status.containerStatuses).toMatchObject([
          { ready: true, started: true, restartCount: 0, image: SIGNALBOX_IMAGE },
        ]);
      }
    });

    it.each(APPS)('%s runs without root, rights or anything to write to', async (app) => {
      const found = await execute(a, `deployment/${RELEASE}-${app}`, SELF);
      expect(JSON.parse(found)).toEqual({
        user: 10_001,
        capabilities: '0000000000000000',
        privileges: '1',
        seccomp: '2',
        app: 'EROFS',
        tmp: 'EROFS',
      });
    });

    it('passes helm test: every process is found by its name and does its work', async () => {
      expect(await new Helm(a.plane, 'helm4').must(['test', RELEASE, '--timeout', '300s'])).toContain('Succeeded');
    });

    it('freezes as a whole, and goes on where it was when it is thawed', async () => {
      const before = await podsOf(a);
      await a.enclosure.cgroup.freeze();
      await expect(fetch(`http://${a.enclosure.addresses.node}:10256/healthz`, soon())).rejects.toThrow(/aborted/);
      expect((await b.plane.request({ method: 'GET', path: '/readyz' })).status).toBe(200);
      a.enclosure.cgroup.thaw();
      await until('site a answers again', SOON_MS, async () => {
        expect((await a.plane.request({ method: 'GET', path: '/readyz' })).status).toBe(200);
      });
      const names = (pods: Pods['items']) => pods.map(({ metadata }) => metadata.name).toSorted();
      expect(names(await podsOf(a))).toEqual(names(before));
    });
  });

  describe('a pod', () => {
    beforeAll(async () => {
      await b.plane.must(['create', 'namespace', RELEASE]);
      await b.plane.must(['create', 'configmap', 'clients', '--namespace', RELEASE, '--from-literal', 'site=a']);
      await b.plane.must(['create', '--filename', '-'], { input: JSON.stringify(CLIENT) });
      await b.plane.must([
        'wait',
        'pod/client',
        '--namespace',
        RELEASE,
        '--for',
        'condition=Ready',
        '--timeout',
        '300s',
      ]);
    });
    const inClient = (script: string) => execute(b, 'client', script);

    it('sees a ConfigMap that was changed by hand', async () => {
      const read = () => inClient("console.log(require('node:fs').readFileSync('/etc/clients/site', 'utf8'))");
      expect((await read()).trim()).toBe('a');
      const patch = ['--type', 'merge', '--patch', '{"data":{"site":"b"}}'];
      await b.plane.must(['patch', 'configmap', 'clients', '--namespace', RELEASE, ...patch]);
      await timed('a changed ConfigMap, seen in its pod', () =>
        until('the pod sees the change', SOON_MS, async () => expect((await read()).trim()).toBe('b')),
      );
    });

    it('reaches the other site over the link between them, and not when it is cut', async () => {
      const ask = `const s = require('node:net').connect({ host: '${a.enclosure.addresses.node}', port: ${PORT} });
        const end = (said) => { console.log(said); process.exit(0); };
        s.on('connect', () => end('reached')); s.on('error', () => end('cut')); setTimeout(() => end('cut'), 3000);`;
      const answer = async () => (await inClient(ask)).trim();
      const becomes = (wanted: string) =>
        until(`site a is ${wanted}`, SOON_MS, async () => expect(await answer()).toBe(wanted));
      await becomes('reached');
      await wan.cut();
      await becomes('cut');
      expect((await b.plane.request({ method: 'GET', path: '/readyz' })).status).toBe(200);
      await wan.join();
      await becomes('reached');
    });
  });

  it('leaves nothing on the machine, nor when whoever started it is killed', async () => {
    await a.stop();
    await b.stop();
    expect([...remainsOf(layout, 'a'), ...remainsOf(layout, 'b')]).toEqual([]);
    const owner = spawn(process.execPath, [SITE_CHILD, ...ofNode], { stdio: ['pipe', 'pipe', 'inherit'] });
    let said = '';
    owner.stdout.on('data', (data) => (said += String(data)));
    await until('another process has started the site', STARTED_WITHIN_MS, async () => {
      if (owner.exitCode !== null) throw new LabError(`it ended with ${owner.exitCode}: ${said}`);
      if (!said.endsWith('up\n')) throw new Error(said);
    });
    expect(remainsOf(layout, 'a')).not.toEqual([]);
    owner.kill('SIGKILL');
    await until('nothing of the site is left', SOON_MS, async () => expect(remainsOf(layout, 'a')).toEqual([]));
  });
});

const soon = () => ({ signal: AbortSignal.timeout(5_000) });

/** A client of nothing yet: it keeps a ConfigMap mounted. */
const CLIENT = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'client', namespace: RELEASE },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'client',
        image: SIGNALBOX_IMAGE,
        command: ['node', '-e', 'setInterval(() => {}, 1e6)'],
        volumeMounts: [{ name: 'clients', mountPath: '/etc/clients' }],
      },
    ],
    volumes: [{ name: 'clients', configMap: { name: 'clients' } }],
  },
};

/** What of a site is still on this machine. */
function remainsOf(layout: Layout, site: KafkaSite): string[] {
  const { outsideInterface } = addressesOf(layout, site);
  const { name } = cgroupOf(layout, site);
  return [
    ...(runOf(layout, site).exists() ? [runOf(layout, site).path] : []),
    ...(networkInterfaces()[outsideInterface] === undefined ? [] : [outsideInterface]),
    ...readdirSync('/sys/fs/cgroup')
      .map((controller) => `/sys/fs/cgroup/${controller}/${name}`)
      .filter(existsSync),
  ];
}
