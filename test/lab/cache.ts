import { homedir } from 'node:os';
import { join } from 'node:path';

/** What set-up downloads and builds once for this user; everything in it can be made again. */
export const CACHE = process.env['SIGNALBOX_CACHE'] ?? join(homedir(), '.cache', 'signalbox');
export const KAFKA_JARS = join(CACHE, 'kafka-4.3.1');
export const ETCD = join(CACHE, 'bin', 'etcd');
export const ARCHIVES = join(CACHE, 'jsa');
