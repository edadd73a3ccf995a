import process from 'node:process';
import { accessBy } from './installed-clients.js';
import { ReloaderStandIn } from './reloader-stand-in.js';
import { StrimziStandIn } from './strimzi-stand-in.js';

/**
 * What people install into a cluster beside Signalbox, as a process of its site: Strimzi's cluster operator over that site's
 * Connect worker, and Reloader. They stand still and end with the site.
 */
export interface StandIns {
  /** Of an administrator. */
  readonly kubeconfig: string;
  /** By namespace, as StrimziStandIn takes them. */
  readonly workers: Readonly<Record<string, string>>;
  /** Whose workloads are restarted. */
  readonly namespace: string;
}

const { kubeconfig, workers, namespace } = JSON.parse(process.argv[2] ?? '{}') as StandIns;
const access = await accessBy(kubeconfig);
await StrimziStandIn.start({ ...access, workers });
await ReloaderStandIn.start({ ...access, namespace, strategy: 'annotations' });
