import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readSecret } from './secret.js';

describe('readSecret', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-secret-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = async (content: string) => {
    const file = join(folder, 'secret');
    await writeFile(file, content);
    return { file };
  };

  it('returns the content without the line end that editors add', async () => {
    expect(await readSecret(await write('hunter2 \n'), 'password')).toBe('hunter2 ');
  });

  it('refuses an empty or a missing file by its name', async () => {
    const ref = await write(' \n');
    await expect(readSecret(ref, 'TSIG key')).rejects.toThrow(`The TSIG key in ${ref.file} is empty. Put it there.`);
    await expect(readSecret({ file: folder }, 'TSIG key')).rejects.toMatchObject({ code: 'SB_SECRET_UNREADABLE' });
  });
});
