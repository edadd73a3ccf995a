import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, type ConfigData } from '#libs/domain';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { fencedResourceConformance } from '../../../test/support/fenced-resource.conformance.js';
import { DirectoryConfig } from './directory.config.js';

const A: ConfigData = { 'bootstrap.servers': 'kafka.a.example:9092', 'client.dns.lookup': 'use_all_dns_ips' };
const B: ConfigData = { 'bootstrap.servers': 'kafka.b.example:9092' };
const clock = new SystemClock();
const soon = () => AbortSignal.timeout(10_000);
const folders: string[] = [];

const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-config-'));
  folders.push(folder);
  return folder;
};
const configAt = (file: string) => new DirectoryConfig(file, clock, new SystemRandom());

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

fencedResourceConformance('a config file', async () => {
  const file = join(newFolder(), 'clients.json');
  writeFileSync(file, JSON.stringify({ epoch: 3, data: A }));
  return { resource: configAt(file), values: [A, B], epochBefore: 3, end: async () => undefined };
});

describe(DirectoryConfig.name, () => {
  let folder: string;
  let file: string;
  let config: DirectoryConfig;
  beforeEach(() => {
    folder = newFolder();
    file = join(folder, 'clients.json');
    config = configAt(file);
  });

  const read = () => config.read(soon());
  const text = () => readFileSync(file, 'utf8');
  const mode = () => statSync(file).mode & 0o777;

  it('reads a file that is not there as empty and never stamped, and creates it readable by everybody', async () => {
    const seen = await read();
    expect(seen).toMatchObject({ value: {}, epoch: 0 });
    expect(await config.write(seen, B, epoch(1), soon())).toBe('written');
    expect(JSON.parse(text())).toEqual({ epoch: 1, data: B });
    expect(mode()).toBe(0o644);
  });

  it('keeps the mode of the file, and leaves nothing else in its folder', async () => {
    writeFileSync(file, JSON.stringify({ epoch: 1, data: A }));
    chmodSync(file, 0o664);
    expect(await config.write(await read(), B, epoch(2), soon())).toBe('written');
    expect(mode()).toBe(0o664);
    expect(readdirSync(folder)).toEqual(['clients.json']);
  });

  it('replaces the file and never writes into it: who has it open reads the old one to its end', async () => {
    writeFileSync(file, JSON.stringify({ epoch: 1, data: A }));
    const before = statSync(file).ino;
    await config.write(await read(), B, epoch(2), soon());
    expect(statSync(file).ino).not.toBe(before);
  });

  it('refuses what was prepared before somebody edited the file under the same epoch', async () => {
    writeFileSync(file, JSON.stringify({ epoch: 1, data: A }));
    const seen = await read();
    const edited = JSON.stringify({ epoch: 1, data: { ...A, 'security.protocol': 'SSL' } });
    writeFileSync(file, edited);
    expect(await config.write(seen, B, epoch(2), soon())).toBe('refused');
    expect(text()).toBe(edited);
    expect(readdirSync(folder)).toEqual(['clients.json']);
  });

  it('lets exactly one of twelve writers through that saw the same', async () => {
    writeFileSync(file, JSON.stringify({ epoch: 1, data: A }));
    const seen = await read();
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, n) => configAt(file).write(seen, { n: String(n) }, epoch(2 + n), soon())),
    );
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'refused')).toHaveLength(11);
    const winner = outcomes.indexOf('written');
    expect(JSON.parse(text())).toEqual({ epoch: 2 + winner, data: { n: String(winner) } });
  });

  it('verifies what clients read now, and says what that is', async () => {
    writeFileSync(file, JSON.stringify({ epoch: 4, data: B }));
    expect(await config.verify(B, soon())).toMatchObject({ holds: true, observed: { file, epoch: 4, data: B } });
    expect(await config.verify({ ...B, more: 'x' }, soon())).toMatchObject({ holds: false });
  });

  it.each([
    ['no JSON', 'kafka.a.example:9092', /is malformed: it is no JSON\./],
    ['empty', '', /is malformed: it is no JSON\./],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), /it is no UTF-8/],
    ['without an epoch', '{"data":{}}', /epoch: /],
    ['not made of texts', '{"epoch":1,"data":{"retries":3}}', /data\.retries: .*string/],
    ['more than we would write back', '{"epoch":1,"data":{},"owner":"team"}', /owner/],
  ])('does not touch a file that is %s, and says where, what and what to do', async (_, content, problem) => {
    const absent = await read();
    writeFileSync(file, content);
    const failures = [
      read(),
      config.write(absent, B, epoch(9), soon()),
      config.verify(B, soon()),
      config.lacking(soon()),
    ];
    for (const failure of await Promise.allSettled(failures)) {
      expect(failure).toMatchObject({
        status: 'rejected',
        reason: { code: 'SB_CONFIG_FILE_MALFORMED', retryable: false },
      });
      const { message } = (failure as PromiseRejectedResult).reason as Error;
      expect(message).toMatch(problem);
      expect(message.startsWith(file)).toBe(true);
      expect(message).toMatch(/correct it .* or move it away/);
    }
    expect(readFileSync(file)).toEqual(Buffer.from(content));
    expect(readdirSync(folder)).toEqual(['clients.json']);
  });

  it('says that the folder is missing, to whoever reads, writes or only looks', async () => {
    const seen = await read();
    config = configAt(join(folder, 'gone', 'clients.json'));
    for (const failure of await Promise.allSettled([
      read(),
      config.write(seen, B, epoch(1), soon()),
      config.lacking(soon()),
    ])) {
      const reason = { code: 'SB_CONFIG_FILE_INACCESSIBLE', retryable: false };
      expect(failure).toMatchObject({ status: 'rejected', reason });
      expect((failure as PromiseRejectedResult).reason).toMatchObject({
        message: expect.stringMatching(/clients\.json \(ENOENT\): its folder is missing: create it/),
      });
    }
  });

  it('does not replace a link: what it points to would stay as it was', async () => {
    writeFileSync(join(folder, 'real.json'), JSON.stringify({ epoch: 1, data: A }));
    symlinkSync('real.json', file);
    await expect(read()).rejects.toThrow(/is no regular file: write the path of the file itself/);
  });

  it('is there when there is a file that a run could change', async () => {
    expect(await config.lacking(soon())).toMatch(/is not there/);
    writeFileSync(file, JSON.stringify({ epoch: 0, data: A }));
    expect(await config.lacking(soon())).toBeUndefined();
  });
});
