import { readFileSync } from 'node:fs';
import { KUBECTL } from '../cache.js';
import { clock } from '../condition.js';
import { LabError } from '../lab-error.js';
import { Layout, type LabSite, PORTS } from '../layout.js';
import type { Part } from '../part.js';
import { checkPorts } from '../preflight.js';
import { isAlive, Processes, self } from '../processes.js';
import { RunDirectory } from '../run-directory.js';
import { killRecorded } from '../tear-down.js';
import { type ApiAnswer, ApiClient, type ApiRequest } from './api-client.js';
import { ApiServerPart } from './api-server.js';
import { runCommand, type CommandAnswer, type CommandOptions } from './command.js';
import { ControllerManagerPart } from './controller-manager.js';
import { createCredentials } from './credentials.js';
import { missingForKubernetes } from './preflight.js';
import { StorePart } from './store.js';

export interface ControlPlaneOptions {
  /** Whose loopback address it has; `a` when absent. */
  readonly site?: LabSite;
  /** Of the lab that it belongs to; that of SIGNALBOX_LAB_NET when absent. */
  readonly layout?: Layout;
  /** False for the API server alone: nothing makes pods, ServiceAccounts or empties namespaces then. */
  readonly controllers?: boolean;
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
    /** Of an administrator. */
    readonly kubeconfig: string,
    private readonly run: RunDirectory,
    private readonly processes: Processes,
    private readonly client: ApiClient,
    private readonly server: ApiServerPart,
  ) {
    process.once('exit', this.clear);
  }

  /** Returns when it serves and an account for pods is there. Throws, with nothing left behind, when something is missing. */
  static async start(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
    const { site = 'a', layout = Layout.fromEnvironment(), controllers = true, say = () => undefined } = options;
    const missing = missingForKubernetes();
    if (missing.length > 0) throw new LabError(`missing for Kubernetes:\n${missing.join('\n')}`);
    const run = claim(new RunDirectory(`${layout.runDirectory}-kubernetes-${site}`));
    const address = layout.address(site);
    const url = `https://${address}:${PORTS.kubernetesApi}`;
    const credentials = await createCredentials(run, 'credentials', address, url);
    const client = new ApiClient(url, credentials);
    const store = new StorePart(site, address, run.folder('store'));
    const audit = run.file('logs', `${site}.kube-audit.log`);
    const server = new ApiServerPart(site, address, store.url, credentials, run, client, audit);
    const more = controllers ? [new ControllerManagerPart(site, address, credentials, client)] : [];
    const processes = new Processes(layout, run);
    const plane = new ControlPlane(site, credentials.adminKubeconfig, run, processes, client, server);
    try {
      await checkPorts(layout, [store, server, ...more]);
      for (const part of [store, server, ...more]) await startPart(processes, part, say);
    } catch (error) {
      await plane.stop();
      throw error;
    }
    return plane;
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
    return readFileSync(this.server.auditLog, 'utf8')
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

async function startPart(processes: Processes, part: Part, say: (line: string) => void): Promise<void> {
  say(`${part.name} of ${part.site}: waiting until it serves, ${part.readyWithinMs / 1000} s at most`);
  const startedAt = clock.monotonicMs();
  await processes.startPart(part);
  say(`${part.name} of ${part.site}: serves after ${((clock.monotonicMs() - startedAt) / 1000).toFixed(1)} s`);
}

/** Clears away what a killed run left; one that somebody still owns is not touched. */
function claim(run: RunDirectory): RunDirectory {
  const owner = run.owner();
  if (owner !== undefined && isAlive(owner)) {
    throw new LabError(
      `${run.path} belongs to process ${owner.pid}: end it, or set SIGNALBOX_LAB_NET to another number`,
    );
  }
  if (run.exists()) {
    killRecorded(run);
    run.remove();
  }
  run.create();
  run.setOwner({ ...self(), addedAddresses: [] });
  return run;
}
