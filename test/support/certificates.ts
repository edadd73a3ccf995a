import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Identity {
  readonly certificate: string;
  readonly key: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** An authority of one test's own, and what it signed. All texts are PEM. */
export class Certificates {
  private constructor(
    private readonly folder: string,
    readonly ca: string,
    readonly caFile: string,
    /** Good for 127.0.0.1. */
    readonly server: Identity,
    /** Without a common name, as a login beside it wants it. */
    readonly client: Identity,
  ) {}

  static async make(): Promise<Certificates> {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-certificates-'));
    const authority = await issue(folder, 'ca', '/CN=test authority');
    const by = ['-CA', authority.certificateFile, '-CAkey', authority.keyFile];
    const leaf = ['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const server = await issue(folder, 'server', '/CN=etcd', [...by, ...leaf]);
    const client = await issue(folder, 'client', '/O=signalbox', [...by, ...leaf]);
    return new Certificates(folder, authority.certificate, authority.certificateFile, server, client);
  }

  /** One more client, signed by the same authority. */
  issue(name: string, subject: string): Promise<Identity> {
    const by = ['-CA', this.caFile, '-CAkey', join(this.folder, 'ca.key')];
    return issue(this.folder, name, subject, [...by, '-addext', 'basicConstraints=critical,CA:FALSE']);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A key and its certificate as files in `folder`, signed by itself unless `more` says by whom. */
export async function issue(
  folder: string,
  name: string,
  subject: string,
  more: readonly string[] = [],
): Promise<Identity> {
  const certificateFile = join(folder, `${name}.pem`);
  const keyFile = join(folder, `${name}.key`);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-keyout', keyFile];
  await run('openssl', ['req', '-x509', ...key, '-out', certificateFile, '-days', '2', '-subj', subject, ...more]);
  const [certificate, keyText] = await Promise.all([readFile(certificateFile, 'utf8'), readFile(keyFile, 'utf8')]);
  return { certificate, key: keyText, certificateFile, keyFile };
}
