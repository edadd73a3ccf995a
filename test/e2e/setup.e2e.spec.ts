import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const SETUP = join(import.meta.dirname, '../../../scripts/setup');
const CACHE = process.env['SIGNALBOX_CACHE'] ?? join(homedir(), '.cache', 'signalbox');

const pinned = (file: string, version: RegExp): string =>
  version.exec(readFileSync(join(SETUP, file), 'utf8'))?.[1] ?? '';

describe('set-up', () => {
  it('provides the pinned Kafka, Connect and MirrorMaker 2, ready to run', () => {
    const version = pinned('kafka/pom.xml', /<kafka\.version>(.+)</);
    const folder = join(CACHE, `kafka-${version}`);
    const printed = execFileSync('java', ['-cp', join(folder, '*'), 'kafka.Kafka', '--version'], { encoding: 'utf8' });
    expect(printed).toContain(version);
    for (const part of ['connect-runtime', 'connect-mirror', 'connect-json']) {
      expect(existsSync(join(folder, `${part}-${version}.jar`))).toBe(true);
    }
  });

  it('provides the pinned etcd', () => {
    const version = pinned('etcd/go.mod', /etcd\/server\/v3 v(\S+)/);
    const printed = execFileSync(join(CACHE, 'bin', 'etcd'), ['--version'], { encoding: 'utf8' });
    expect(printed).toContain(`etcd Version: ${version}`);
  });
});
