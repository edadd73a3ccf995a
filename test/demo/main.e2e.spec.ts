import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { verifyExport } from '#libs/audit';
import { SystemClock } from '#libs/runtime';
import { Layout } from '../lab/layout.js';
import { isAlive, isRoot } from '../lab/processes.js';
import { RunDirectory, type ProcessRecord } from '../lab/run-directory.js';
import type { Report } from './report.js';
import { waitFor } from './steady.js';

const PROGRAM = fileURLToPath(import.meta.resolve('./main.js'));
const limits = { clock: new SystemClock(), withinMs: 60_000 };
const layout = Layout.fromEnvironment();
const run = new RunDirectory(layout.runDirectory);

describe('npm run demo', () => {
  let folder: string;
  let demo: ChildProcess;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-demo-'));
  });
  afterEach(async () => {
    demo?.kill('SIGTERM');
    await waitFor('clean machine', limits, () => Promise.resolve(leftovers([]).length === 0 || undefined));
    await rm(folder, { recursive: true });
  });

  const start = (...args: readonly string[]) => {
    demo = spawn(process.execPath, [PROGRAM, '--json', ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    return { out: read(demo.stdout), err: read(demo.stderr) };
  };

  it('prints its report, and nothing else, on stdout, and leaves it as a file', async () => {
    const { out } = start('--until', 'failover');
    const [code] = (await once(demo, 'close')) as [number];
    expect(code).toBe(0);
    const report = JSON.parse(out().join('\n')) as Report;
    expect(report).toMatchObject({ outcome: 'failed-over', verdict: 'down', auditVerified: true });
    expect(report.ackedRecords).toBe(report.deliveredRecords + report.strandedRecords);
    expect(JSON.parse(readFileSync(join(folder, 'demo-report.json'), 'utf8'))).toEqual(report);
    expect(verifyExport(readFileSync(join(folder, 'demo-audit.ndjson')))).toMatchObject({ ok: true });
  }, 420_000);

  /** With an isolated site there are firewall rules to take back, too. */
  it.each(['SIGINT', 'SIGKILL'] as const)(
    'leaves nothing on the machine when it is ended by %s in the middle',
    async (signal) => {
      const { err } = start('--fault', isRoot ? 'isolate-a' : 'kill');
      await waitFor('decision', { ...limits, withinMs: 240_000 }, () =>
        Promise.resolve(err().some((line) => line.includes('dwelling')) || undefined),
      );
      const processes = run.processes();
      expect(leftovers(processes).length).toBeGreaterThan(0);
      demo.kill(signal);
      const [code] = (await once(demo, 'close')) as [number | null];
      expect(code).not.toBe(0);
      await waitFor('clean machine', limits, () => {
        const left = leftovers(processes);
        return left.length === 0 ? Promise.resolve(true) : Promise.reject(new Error(left.join('; ')));
      });
    },
    420_000,
  );
});

const read = (stream: NodeJS.ReadableStream | null): (() => readonly string[]) => {
  const lines: string[] = [];
  if (stream) createInterface({ input: stream }).on('line', (line) => lines.push(line));
  return () => lines;
};

/** What of our lab is still there. */
const leftovers = (processes: readonly ProcessRecord[]): string[] => [
  ...(run.exists() ? [run.path] : []),
  ...processes.filter((record) => isAlive(record)).map(({ site, name }) => `${name} of ${site}`),
  ...(isRoot ? execFileSync('iptables', ['-w', '5', '-S'], { encoding: 'utf8' }) : '')
    .split('\n')
    .filter((rule) => rule.includes(`${layout.tag}:`)),
];
