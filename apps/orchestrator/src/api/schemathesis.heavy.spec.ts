import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { group, Stage } from '../../../../test/support/group-stage.js';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';

const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'unsupported_method',
  'ignored_auth',
  'negative_data_rejection',
];

let desk: OperatorDesk;
let folder: string;
beforeEach(async () => {
  const stage = new Stage();
  await stage.allWell();
  // The stage's clock stands still, so that what was asked is never forgotten.
  const rate = { perSecond: 1_000_000, burst: 1_000_000 };
  desk = await OperatorDesk.open(stage, stage.journal, undefined, { rate });
  folder = await mkdtemp(join(tmpdir(), 'signalbox-schemathesis-'));
});
afterEach(async () => {
  await desk.close();
  await rm(folder, { recursive: true });
});

/** Ids of everything, or the few that exist: both sides of a 404 are worth a look. */
const CONFIGS = {
  'ids that nothing has': '',
  'a group that exists': `[parameters]\n"path.group" = "${group}"\n"path.site" = "a"\n`,
};

describe('schemathesis, by the OpenAPI document, with', () => {
  it.each(Object.entries(CONFIGS))('%s finds no 5xx and no answer that is not documented', async (_what, config) => {
    await writeFile(join(folder, 'schemathesis.toml'), config);
    const { code, output } = await schemathesis([
      '--config-file=schemathesis.toml',
      'run',
      `${desk.url}/v1/openapi.json`,
      '--header=Authorization: Bearer ada',
      // It reads an answer to its end, and this one has none; what comes there is held to its own specs, event-feed.spec.ts
      // and http-rules.spec.ts, and who may listen to access.spec.ts.
      '--exclude-path=/v1/events',
      `--checks=${CHECKS.join(',')}`,
      '--phases=coverage,fuzzing',
      '--max-examples=5',
      '--seed=1',
      '--no-color',
    ]);
    expect(output).toMatch(/\d{3,} generated, \d{3,} passed/);
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
  });
});

/** What it printed, and what it ended with. */
async function schemathesis(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  const bin = join(await environment(), 'bin');
  const child = spawn(join(bin, 'python'), [join(bin, 'schemathesis'), ...args], { cwd: folder });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((ended) => child.on('close', ended));
  return { code, output: Buffer.concat(chunks).toString() };
}

/** Where the set-up put it. */
async function environment(): Promise<string> {
  const cache = resolve(process.env['SIGNALBOX_CACHE'] ?? join(homedir(), '.cache', 'signalbox'));
  const made = (await readdir(cache)).filter((name) => name.startsWith('schemathesis-')).toSorted();
  const [latest] = made.slice(-1);
  if (latest === undefined) throw new Error('schemathesis is not installed: npm run test:heavy does it');
  return join(cache, latest);
}
