import { homedir } from 'node:os';
import { join } from 'node:path';

/** What set-up downloads and builds once for this user; everything in it can be made again. */
export const CACHE = process.env['SIGNALBOX_CACHE'] ?? join(homedir(), '.cache', 'signalbox');
/** Another Kafka than the one that everything is tried with: for a lab of its own. */
export const LAB_KAFKA = 'SIGNALBOX_LAB_KAFKA';
const KAFKA = '4.3.1';
const kafkaVersion = (): string => process.env[LAB_KAFKA] ?? KAFKA;
export const kafkaJars = (version = kafkaVersion()): string => join(CACHE, `kafka-${version}`);
/** A proxy for Kafka, and the class that starts it. */
export const KROXYLICIOUS = join(CACHE, 'kroxylicious-0.12.0');
export const ETCD = join(CACHE, 'bin', 'etcd');
export const KUBE_APISERVER = join(CACHE, 'bin', 'kube-apiserver');
export const KUBE_CONTROLLER_MANAGER = join(CACHE, 'bin', 'kube-controller-manager');
export const KUBECTL = join(CACHE, 'bin', 'kubectl');
/** What a node is made of, beside what Debian brings. */
export const NODE = {
  kubelet: join(CACHE, 'bin', 'kubelet'),
  proxy: join(CACHE, 'bin', 'kube-proxy'),
  scheduler: join(CACHE, 'bin', 'kube-scheduler'),
  containerd: join(CACHE, 'bin', 'containerd'),
  shim: join(CACHE, 'bin', 'containerd-shim-runc-v2'),
  ctr: join(CACHE, 'bin', 'ctr'),
  coredns: join(CACHE, 'bin', 'coredns'),
  pause: join(CACHE, 'bin', 'pause'),
} as const;
/** Strimzi's resource definitions, with their schemas. */
export const STRIMZI_DEFINITIONS = join(CACHE, 'strimzi-0.51.0');
/** Both major versions in use: they upgrade in different ways. */
export const HELM = { helm3: join(CACHE, 'bin', 'helm3'), helm4: join(CACHE, 'bin', 'helm4') } as const;
/** Of one Kafka. */
export const archives = (): string => join(CACHE, kafkaVersion() === KAFKA ? 'jsa' : `jsa-${kafkaVersion()}`);
