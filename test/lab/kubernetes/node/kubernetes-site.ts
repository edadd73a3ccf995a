import { NODE } from '../../cache.js';
import { LabError } from '../../lab-error.js';
import { type KafkaSite, Layout } from '../../layout.js';
import type { Part } from '../../part.js';
import { Processes, self } from '../../processes.js';
import type { RunDirectory } from '../../run-directory.js';
import { announcedStart } from '../announced-start.js';
import { claimed } from '../claimed-run.js';
import { ControlPlane } from '../control-plane.js';
import { list } from '../definitions.js';
import { type Surroundings, within } from '../surroundings.js';
import { CONTAINERD_SOCKET, ContainerdPart } from './containerd.js';
import { Enclosure } from './enclosure.js';
import { KubeProxyPart } from './kube-proxy.js';
import { KubeletPart } from './kubelet.js';
import { nameServer } from './name-server.js';
import { missingForNode } from './preflight.js';
import { startReaper } from './reaper.js';
import { cgroupOf, endSite, runOf } from './remains.js';
import { SchedulerPart } from './scheduler.js';

export interface SiteOptions {
  readonly site: KafkaSite;
  /** Archives with what every node needs; see Images. */
  readonly images: readonly string[];
  readonly layout?: Layout;
  /** Told what is waited for, and what is there. */
  readonly say?: (line: string) => void;
}

/**
 * A whole site: a real Kubernetes with one node, in a network of its own, with what its pods need to find each other. All of it
 * ends with the process that started it, even by SIGKILL.
 */
export class KubernetesSite {
  private constructor(
    readonly enclosure: Enclosure,
    readonly plane: ControlPlane,
    /** Also of its node. */
    readonly name: string,
    private readonly end: () => void,
  ) {}

  /** Returns when pods run and find each other by name. Throws, with nothing left behind, when something is missing. */
  static async start({
    site,
    images,
    layout = Layout.fromEnvironment(),
    say = () => undefined,
  }: SiteOptions): Promise<KubernetesSite> {
    const missing = missingForNode();
    if (missing.length > 0) throw new LabError(`missing for a node of Kubernetes:\n${missing.join('\n')}`);
    const end = () => endSite(layout, site);
    const run = claimed(runOf(layout, site), end);
    run.setOwner({ ...self(), addedAddresses: [], reaper: startReaper(layout, site, self()) });
    process.once('exit', end);
    const processes = new Processes(layout, run);
    try {
      const enclosure = await Enclosure.open(site, layout, run, processes, cgroupOf(layout, site));
      const inside: Surroundings = { address: enclosure.addresses.node, enter: (command) => enclosure.enter(command) };
      const [plane] = await Promise.all([
        ControlPlane.start({ site, layout, inside, say }),
        announcedStart(processes, within(inside, new ContainerdPart(run, enclosure)), say),
      ]);
      const kubernetes = new KubernetesSite(enclosure, plane, `node-${site}`, end);
      for (const archive of images) await kubernetes.load(archive);
      await kubernetes.join(run, (part) => announcedStart(processes, within(inside, part), say));
      say(`names of site ${site}: waiting until CoreDNS is ready, 300 s at most`);
      await kubernetes.nameServices();
      return kubernetes;
    } catch (error) {
      end();
      process.off('exit', end);
      throw error;
    }
  }

  /** Takes over every image of an archive. */
  async load(archive: string): Promise<void> {
    const ctr = ['--address', CONTAINERD_SOCKET, '--namespace', 'k8s.io'];
    await this.enclosure.must(NODE.ctr, [...ctr, 'images', 'import', '--local', archive]);
  }

  /** Ends all of it, and takes back what it changed. Safe to repeat. */
  async stop(): Promise<void> {
    process.off('exit', this.end);
    // What is frozen answers nobody, also not to be stopped.
    this.enclosure.cgroup.thaw();
    await this.plane.stop();
    this.end();
  }

  /** What makes a node of it, each waiting for the others as on any machine. */
  private async join(run: RunDirectory, start: (part: Part) => Promise<void>): Promise<void> {
    const { site, addresses } = this.enclosure;
    const { credentials } = this.plane;
    await Promise.all([
      start(new SchedulerPart(site, addresses.node, credentials)),
      start(new KubeProxyPart(site, addresses, this.name, credentials, run)),
      start(new KubeletPart(this.enclosure, this.name, this.plane, run)),
    ]);
  }

  private async nameServices(): Promise<void> {
    await this.plane.must(['create', '--filename', '-'], { input: list(nameServer()) });
    const status = ['rollout', 'status', 'deployment/coredns', '--namespace', 'kube-system', '--timeout', '300s'];
    await this.plane.must(status);
  }
}
