import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedImage } from './image-cache.js';

const FILES = ['.dockerignore', 'Dockerfile', 'LICENSE', 'package.json', 'package-lock.json', 'tsconfig.json'];

describe('the archive of our image', () => {
  let root: string;
  let made: number;
  beforeEach(() => {
    made = 0;
    root = mkdtempSync(join(tmpdir(), 'signalbox-image-cache-'));
    for (const folder of ['apps', 'image', 'libs', 'cache']) mkdirSync(join(root, folder));
    for (const file of [...FILES, 'libs/a.ts', 'libs/a.spec.ts']) writeFileSync(join(root, file), file);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const archive = () =>
    cachedImage(
      () => {
        const path = join(root, 'made.tar');
        writeFileSync(path, `image ${++made}`);
        return path;
      },
      root,
      join(root, 'cache'),
    );

  it('is made once', () => {
    expect(archive()).toBe(archive());
    expect({ made, content: readFileSync(archive(), 'utf8') }).toEqual({ made: 1, content: 'image 1' });
  });

  it.each(['libs/a.ts', 'Dockerfile', 'package-lock.json'])('is made again when %s is another one', (file) => {
    const before = archive();
    writeFileSync(join(root, file), 'changed');
    expect(readFileSync(archive(), 'utf8')).toBe('image 2');
    expect(readdirSync(join(root, 'cache'))).not.toContain(before.split('/').at(-1));
  });

  it('does not care for tests', () => {
    archive();
    writeFileSync(join(root, 'libs/a.spec.ts'), 'changed');
    archive();
    expect(made).toBe(1);
  });
});
