import { homedir } from 'node:os';
import { join } from 'node:path';

/** What set-up downloads and builds once for this user; everything in it can be made again. */
export const CACHE = process.env['SIGNALBOX_CACHE'] ?? join(homedir(), '.cache', 'signalbox');
export const KAFKA_JARS = join(CACHE, 'kafka-4.3.1');
export const ETCD = join(CACHE, 'bin', 'etcd');
export const KUBE_APISERVER = join(CACHE, 'bin', 'kube-apiserver');
export const KUBE_CONTROLLER_MANAGER = join(CACHE, 'bin', 'kube-controller-manager');
export const KUBECTL = join(CACHE, 'bin', 'kubectl');
/** Both major versions in use: they upgrade in different ways. */
export const HELM = { helm3: join(CACHE, 'bin', 'helm3'), helm4: join(CACHE, 'bin', 'helm4') } as const;
export const ARCHIVES = join(CACHE, 'jsa');
