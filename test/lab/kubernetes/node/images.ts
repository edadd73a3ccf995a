import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../../../architecture/checkout.js';
import { importBase, librariesOf, registryMounts } from '../../../image/base-image.js';
import { Podman } from '../../../image/podman.js';
import { findProgram } from '../../../image/programs.js';
import { ETCD, NODE } from '../../cache.js';
import { LabError } from '../../lab-error.js';
import { PAUSE_IMAGE } from './containerd.js';
import { cachedImage } from './image-cache.js';
import { COREDNS_IMAGE } from './name-server.js';
import { makeProxyRoot, PROXY_ENTRYPOINT } from './proxy-image.js';

export const SIGNALBOX_IMAGE = 'localhost/signalbox:lab';
export const ETCD_IMAGE = 'localhost/etcd:lab';
export const REDIS_IMAGE = 'localhost/redis:lab';
export const PROXY_IMAGE = 'localhost/kroxylicious:lab';

/** Container images without a registry, as archives that nodes take: of programs of this machine, and of our own Dockerfile. */
export class Images {
  private readonly podman: Podman;

  private constructor(private readonly folder: string) {
    this.podman = new Podman(join(folder, 'podman'));
  }

  /** In a folder of its own, which `remove` takes away. */
  static open(): Images {
    return new Images(mkdtempSync(join(tmpdir(), 'signalbox-images-')));
  }

  /** What every node needs before it can have pods. */
  ofNode(): string[] {
    return [
      this.ofProgram(PAUSE_IMAGE, NODE.pause, 'ENTRYPOINT ["/usr/bin/pause"]'),
      this.ofProgram(COREDNS_IMAGE, NODE.coredns, 'ENTRYPOINT ["/usr/bin/coredns"]'),
    ];
  }

  etcd(): string {
    return this.ofProgram(ETCD_IMAGE, ETCD, 'CMD ["/usr/bin/etcd"]');
  }

  redis(): string {
    const program = findProgram('redis-server');
    if (program === undefined) throw new LabError('redis-server is not installed');
    return this.ofProgram(REDIS_IMAGE, program, 'CMD ["/usr/bin/redis-server"]');
  }

  /** Our own, built by the Dockerfile as it is; kept for the next time, as long as nothing that it is made of changes. */
  signalbox(): string {
    return cachedImage(() => {
      importBase(this.podman, this.folder);
      this.podman.build(SIGNALBOX_IMAGE, ROOT, registryMounts(this.folder));
      return this.saved(SIGNALBOX_IMAGE);
    });
  }

  remove(): void {
    this.podman.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Kroxylicious, with this machine's Java. */
  proxy(): string {
    return this.ofRoot(PROXY_IMAGE, `ENTRYPOINT ${JSON.stringify(PROXY_ENTRYPOINT)}`, makeProxyRoot);
  }

  /** Nothing but a program, and the libraries that it is linked to. */
  private ofProgram(image: string, program: string, change: string): string {
    return this.ofRoot(image, change, (root) => {
      const target = join(root, 'usr/bin', program.split('/').at(-1) ?? '');
      mkdirSync(dirname(target), { recursive: true });
      mkdirSync(join(root, 'tmp'));
      copyFileSync(realpathSync(program), target);
      chmodSync(target, 0o755);
      for (const library of librariesOf(program)) {
        mkdirSync(join(root, dirname(library)), { recursive: true });
        copyFileSync(realpathSync(library), join(root, library));
      }
    });
  }

  /** `make` fills an empty folder with what is below / in the image. */
  private ofRoot(image: string, change: string, make: (root: string) => void): string {
    const root = join(this.folder, 'root');
    mkdirSync(root);
    make(root);
    const archive = join(this.folder, 'root.tar');
    execFileSync('tar', ['--create', '--file', archive, '--directory', root, '--owner=0', '--group=0', '.']);
    this.podman.run('import', '--change', change, archive, image);
    rmSync(root, { recursive: true });
    rmSync(archive);
    return this.saved(image);
  }

  private saved(image: string): string {
    const archive = join(this.folder, `${image.replaceAll(/[/:]/g, '-')}.tar`);
    this.podman.run('save', '--quiet', '--format', 'docker-archive', '--output', archive, image);
    return archive;
  }
}
