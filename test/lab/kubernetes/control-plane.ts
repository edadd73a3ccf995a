import { readFileSync } from 'node:fs';
import { KUBECTL } from '../cache.js';
import { LabError } from '../lab-error.js';
import { Layout, type LabSite, PORTS } from '../layout.js';
import type { Part } from '../part.js';
import { checkPorts } from '../preflight.js';
import { Processes } from '../processes.js';
import { RunDirectory } from '../run-directory.js';
import { killRecorded } from '../tear-down.js';
import { announcedStart } from './announced-start.js';
import { type ApiAnswer, ApiClient, type ApiRequest } from './api-client.js';
import { ApiServerPart } from './api-server.js';
import { claimed } from './claimed-run.js';
import { runCommand, type CommandAnswer, type CommandOptions } from './command.js';
import { ControllerManagerPart } from './controller-manager.js';
import { ADMIN, createCredentials, type Credentials } from './credentials.js';
import { missingForKubernetes } from './preflight.js';
import { StorePart } from './store.js';
import { type Surroundings, within } from './surroundings.js';

export interface ControlPlaneOptions {
  /** Whose loopback address it has; `a` when absent. */
  readonly site?: LabSite;
  /** Of the lab that it belongs to; that of SIGNALBOX_LAB_NET when absent. */
  readonly layout?: Layout;
  /** False for the API server alone: nothing makes pods, ServiceAccounts or empties namespaces then. */
  readonly controllers?: boolean;
  /** Where it runs instead of on a loopback address; pods can reach it there. */
  readonly inside?: Surroundings;
  /** Told what is waited for, and what is there. */
  readonly say?: (line: string) => void;
}

/** One line of the API server's audit log: a write and its answer. */
export interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource: string; readonly namespace?: string; readonly name?: string };
  readonly responseStatus?: { readonly code: number; readonly message?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * A real Kubernetes without a node: etcd, API server and controllers of one site. Pods stay pending. Everything of it dies
 * with the process that started it, even by SIGKILL; what that leaves on the disk is cleared away by the next start.
 */
export class ControlPlane {
  private constructor(
    readonly site: LabSite,
    private readonly run: RunDirectory,
    private readonly processes: Processes,
    private readonly client: ApiClient,
    private readonly server: Part,
    private readonly auditLog: string,
    /** Of all who have to do with it; who joins is issued more. */
    readonly credentials: Credentials,
  ) {
    process.once('exit', this.clear);
  }

  /** Returns when it serves and an account for pods is there. Throws, with nothing left behind, when something is missing. */
  static async start(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
    const {
      site = 'a',
      layout = Layout.fromEnvironment(),
      controllers = true,
      inside,
      say = () => undefined,
    } = options;
    const missing = missingForKubernetes();
    if (missing.length > 0) throw new LabError(`missing for Kubernetes:\n${missing.join('\n')}`);
    const run = claimed(planeRunOf(layout, site), killRecorded);
    const address = inside?.address ?? layout.address(site);
    const url = `https://${address}:${PORTS.kubernetesApi}`;
    const credentials = await createCredentials(run, 'credentials', address, url);
    const client = new ApiClient(url, credentials);
    const store = new StorePart(site, address, run.folder('store'));
    const audit = run.file('logs', `${site}.kube-audit.log`);
    const asNodesClient = inside && (await credentials.issue('nodes-client', ADMIN));
    const server = new ApiServerPart(site, address, store.url, credentials, run, client, audit, asNodesClient);
    const more = controllers ? [new ControllerManagerPart(site, address, credentials, client)] : [];
    const processes = new Processes(layout, run);
    const placed = (part: Part) => (inside ? within(inside, part) : part);
    const plane = new ControlPlane(site, run, processes, client, placed(server), audit, credentials);
    try {
      const parts = [store, server, ...more].map(placed);
      await checkPorts(layout, parts);
      for (const part of parts) await announcedStart(processes, part, say);
    } catch (error) {
      await plane.stop();
      throw error;
    }
    return plane;
  }

  /** Of an administrator. */
  get kubeconfig(): string {
    return this.credentials.adminKubeconfig;
  }

  /** For kubectl, Helm and the like: they find the cluster, and leave nothing in anybody's home. */
  get environment(): Readonly<Record<string, string>> {
    const home = this.run.folder('home');
    const folders = { HELM_CACHE_HOME: 'cache', HELM_CONFIG_HOME: 'config', HELM_DATA_HOME: 'data' };
    const helm = Object.entries(folders).map(([name, folder]) => [name, this.run.file('home', folder)]);
    return { KUBECONFIG: this.kubeconfig, HOME: home, ...(Object.fromEntries(helm) as Record<string, string>) };
  }

  /** As an administrator, unless `--as` says otherwise. Whatever it answers is an answer. */
  kubectl(args: readonly string[], options: Pick<CommandOptions, 'input'> = {}): Promise<CommandAnswer> {
    return runCommand(KUBECTL, args, { ...options, env: this.environment });
  }

  /** What kubectl printed. Throws what it complained about. */
  async must(args: readonly string[], options: Pick<CommandOptions, 'input'> = {}): Promise<string> {
    const { code, stdout, stderr } = await this.kubectl(args, options);
    if (code !== 0) throw new LabError(`kubectl ${args.join(' ')} (${code}): ${stderr}`);
    return stdout;
  }

  request(wanted: ApiRequest): Promise<ApiAnswer> {
    return this.client.request(wanted);
  }

  /** Every write that was answered up to now, refused ones included, the oldest first. */
  audit(): AuditEvent[] {
    return readFileSync(this.auditLog, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AuditEvent);
  }

  /** SIGKILLs the API server; its objects stay. */
  async kill(): Promise<void> {
    await this.processes.kill(({ name }) => name === this.server.name);
  }

  /** Starts it again over the same objects, and waits until it serves. */
  async restart(): Promise<void> {
    await this.processes.startPart(this.server);
  }

  /** Ends all of it, and removes what it wrote. Safe to repeat. */
  async stop(): Promise<void> {
    process.off('exit', this.clear);
    await this.client.close();
    this.clear();
  }

  private readonly clear = (): void => {
    killRecorded(this.run);
    this.run.remove();
  };
}

/** Where a site's control plane keeps what it writes. */
export const planeRunOf = (layout: Layout, site: LabSite): RunDirectory =>
  new RunDirectory(`${layout.runDirectory}-kubernetes-${site}`);
