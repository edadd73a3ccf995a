import { existsSync } from 'node:fs';
import type { KafkaSite, LabSite } from '../../layout.js';
import type { Part } from '../../part.js';
import type { RunDirectory } from '../../run-directory.js';
import { missingForProxies } from '../../kroxylicious.js';
import { LabError } from '../../lab-error.js';
import { missingForHelm } from '../preflight.js';
import { missingForStrimzi } from '../strimzi-definitions.js';
import { within } from '../surroundings.js';
import { ip } from './enclosure.js';
import { Images } from './images.js';
import { KubernetesSite } from './kubernetes-site.js';
import type { NodeLayout } from './node-layout.js';
import { Wan } from './wan.js';

/** Says of a lab that its sites are clusters, to commands of other processes. */
const MARK = 'kubernetes';
export const isOnKubernetes = (run: RunDirectory): boolean => existsSync(run.file(MARK));

/** Two clusters with a node each and a link between them, with our image at both: the ground of a lab whose workers are pods. */
export class TwoSites {
  private constructor(
    readonly a: KubernetesSite,
    readonly b: KubernetesSite,
  ) {}

  /** Throws, with nothing left behind, when something is missing or does not start. */
  static async start(layout: NodeLayout, say: (line: string) => void): Promise<TwoSites> {
    const missing = [...missingForHelm(), ...missingForStrimzi(), ...missingForProxies()];
    if (missing.length > 0) throw new LabError(`missing for sites that are clusters:\n${missing.join('\n')}`);
    const images = Images.open();
    const started: KubernetesSite[] = [];
    try {
      const ofNode = images.ofNode();
      for (const site of ['a', 'b'] as const) {
        started.push(await KubernetesSite.start({ site, images: ofNode, layout, say }));
      }
      const [a, b] = started as [KubernetesSite, KubernetesSite];
      for (const address of layout.outsideAddresses()) {
        await ip(['addr', 'add', `${address}/32`, 'dev', a.enclosure.addresses.outsideInterface]);
      }
      await Wan.between(a.enclosure, b.enclosure);
      say("our image, built from the Dockerfile, and that of the clients' proxy: given to both nodes");
      for (const archive of [images.signalbox(), images.proxy()]) await Promise.all([a.load(archive), b.load(archive)]);
      return new TwoSites(a, b);
    } catch (error) {
      for (const site of started) await site.stop();
      throw error;
    } finally {
      images.remove();
    }
  }

  /** A part of a site runs in its network, and stands still with it. The witness is outside of both. */
  placed(part: Part): Part {
    if (part.site === 'w') return part;
    const { enclosure } = this[part.site];
    return within({ address: enclosure.addresses.node, enter: (command) => enclosure.enter(command) }, part);
  }

  mark(run: RunDirectory): void {
    run.write('', MARK);
  }

  /** Whether Signalbox runs there as pods. */
  hasPods(site: LabSite): site is KafkaSite {
    return site !== 'w';
  }

  async stop(): Promise<void> {
    await this.a.stop();
    await this.b.stop();
  }
}
