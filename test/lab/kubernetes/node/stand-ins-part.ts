import { fileURLToPath } from 'node:url';
import type { StandIns } from '../../../support/kubernetes/stand-ins.js';
import { connectUrl } from '../../connect.js';
import type { KafkaSite, Layout } from '../../layout.js';
import { type Command, type Part, READY_WITHIN_MS } from '../../part.js';
import type { ControlPlane } from '../control-plane.js';
import { mirrorName } from '../strimzi-mirrors.js';
import { CLIENTS_NAMESPACE } from './clients-release.js';

/** Of the mirrors that end at a site, in that site's cluster. */
export const MIRRORS_NAMESPACE = 'kafka';
const PROGRAM = fileURLToPath(import.meta.resolve('../../../support/kubernetes/stand-ins.js'));

/** What stands in for the operators of a site's cluster. It serves when the mirror that ends there has been looked at. */
export class StandInsPart implements Part {
  readonly name = 'stand-ins';
  readonly readyWithinMs = READY_WITHIN_MS;
  readonly ports = [];

  constructor(
    readonly site: KafkaSite,
    private readonly plane: ControlPlane,
    private readonly layout: Layout,
  ) {}

  prepare(): Promise<Command> {
    const wanted: StandIns = {
      kubeconfig: this.plane.kubeconfig,
      workers: { [MIRRORS_NAMESPACE]: connectUrl(this.layout, this.site) },
      namespace: CLIENTS_NAMESPACE,
    };
    return Promise.resolve({ file: process.execPath, args: [PROGRAM, JSON.stringify(wanted)] });
  }

  async probe(): Promise<void> {
    const mirror = `kafkamirrormaker2/${mirrorName(this.site === 'a' ? 'b' : 'a', this.site)}`;
    const ready = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}';
    const get = ['get', mirror, '--namespace', MIRRORS_NAMESPACE, '--output', ready];
    const { stdout, stderr } = await this.plane.kubectl(get);
    if (stdout !== 'True') throw new Error(`${mirror} of site ${this.site} is not ready ${stderr}`);
  }
}
