import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kafkaJars } from './cache.js';
import type { Command } from './part.js';
import type { RunDirectory } from './run-directory.js';

const run = promisify(execFile);

/** For a broker with thousands of partitions, which no other lab has. */
export const HEAP_MB = 'SIGNALBOX_LAB_HEAP_MB';

/** Small and quick to start rather than fast: two brokers and two workers share a machine with the tests. */
const flags = (): readonly string[] => [
  '-Xms64m',
  `-Xmx${process.env[HEAP_MB] ?? 256}m`,
  '-Xss512k',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:ReservedCodeCacheSize=48m',
  '-XX:-UsePerfData',
  '-Djava.awt.headless=true',
];

const LOG4J = `rootLogger.level=warn
rootLogger.appenderRef.o.ref=O
appender.o.type=Console
appender.o.name=O
appender.o.layout.type=PatternLayout
appender.o.layout.pattern=%d %p %c{1} %m%n
`;

/** Class data sharing: a program's loaded classes, kept from an earlier run. Without it a broker starts a second later. */
export type ClassArchive = { readonly use: string } | { readonly writeAtExit: string } | 'none';

export function jars(): string[] {
  const folder = kafkaJars();
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jar'))
    .sort()
    .map((name) => join(folder, name));
}

/** Flags and class path go into a file of their own, so that a process list stays readable. */
export function java(
  directory: RunDirectory,
  name: string,
  archive: ClassArchive,
  main: readonly string[],
  classPath: string = jars().join(':'),
): Command {
  const log4j = directory.write(LOG4J, 'log4j2.properties');
  const options = [...flags(), ...archiveFlags(archive), `-Dlog4j2.configurationFile=${log4j}`, '-cp', classPath];
  const file = directory.write(options.join('\n'), `${name}.java-options`);
  return { file: 'java', args: [`@${file}`, ...main] };
}

function archiveFlags(archive: ClassArchive): string[] {
  if (archive === 'none') return [];
  if ('use' in archive) return [`-XX:SharedArchiveFile=${archive.use}`, '-Xshare:auto'];
  return [`-XX:ArchiveClassesAtExit=${archive.writeAtExit}`];
}

/** Changes with the JDK: an archive fits one only. */
export async function javaVersion(): Promise<string> {
  return (await run('java', ['-version'])).stderr;
}

export async function runJava(command: Command): Promise<void> {
  await run(command.file, [...command.args], { timeout: 60_000 });
}
