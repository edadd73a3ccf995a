import { join } from 'node:path';
import { CACHE, NODE } from '../../cache.js';
import type { KafkaSite } from '../../layout.js';
import { type Command, type Part, READY_WITHIN_MS } from '../../part.js';
import type { RunDirectory } from '../../run-directory.js';
import type { Enclosure } from './enclosure.js';

/** Below /run, which every site has for itself. */
export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';
export const PAUSE_IMAGE = 'localhost/pause:lab';
const NETWORK_PLUGINS = '/usr/lib/cni';

/** Runs the containers of a node. */
export class ContainerdPart implements Part {
  readonly name = 'containerd';
  readonly readyWithinMs = READY_WITHIN_MS;
  readonly ports = [];
  readonly site: KafkaSite;

  constructor(
    private readonly run: RunDirectory,
    private readonly enclosure: Enclosure,
  ) {
    this.site = enclosure.site;
  }

  prepare(): Promise<Command> {
    const networks = this.run.folder('networks');
    this.run.write(JSON.stringify(podNetwork(this.enclosure.addresses.pods)), 'networks', '10-pods.conflist');
    const config = this.run.write(settings(this.run, networks), 'containerd.toml');
    // It looks for its shim and for the container runtime beside itself and in here.
    const env = { PATH: `${join(CACHE, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin` };
    return Promise.resolve({ file: NODE.containerd, args: ['--config', config], env });
  }

  async probe(): Promise<void> {
    const { code, stderr } = await this.enclosure.run(NODE.ctr, ['--address', CONTAINERD_SOCKET, 'version']);
    if (code !== 0) throw new Error(`containerd does not answer: ${stderr}`);
  }
}

function settings(run: RunDirectory, networks: string): string {
  return `version = 4
root = '${run.folder('containerd')}'
state = '/run/containerd'

[plugins.'io.containerd.server.v1.grpc']
address = '${CONTAINERD_SOCKET}'

[plugins.'io.containerd.server.v1.ttrpc']
address = '${CONTAINERD_SOCKET}.ttrpc'

# Its default is a folder of the machine.
[plugins.'io.containerd.internal.v1.opt']
path = '${run.folder('opt')}'

[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = '${PAUSE_IMAGE}'

[plugins.'io.containerd.cri.v1.runtime']
disable_apparmor = true
# Inside another sandbox nobody may ask to be spared by the kernel when memory runs out.
restrict_oom_score_adj = true

[plugins.'io.containerd.cri.v1.runtime'.cni]
bin_dirs = ['${NETWORK_PLUGINS}']
conf_dir = '${networks}'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
runtime_type = 'io.containerd.runc.v2'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
BinaryName = 'runc'
SystemdCgroup = false
`;
}

const podNetwork = (subnet: string) => ({
  cniVersion: '1.0.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'pods0',
      isGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: { type: 'host-local', ranges: [[{ subnet }]], routes: [{ dst: '0.0.0.0/0' }] },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});
