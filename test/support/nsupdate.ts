import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import {
  recordChange,
  type NameChange,
  type RecordChange,
  type SeenName,
} from '../../apps/dns-switcher/src/name-change.js';
import { NameProvider, type Applied, type Authorities } from '../../apps/dns-switcher/src/name-provider.js';
import type { RecordSet } from '../../apps/dns-switcher/src/record-set.js';
import { KEY, ZONE } from './bind.js';

export interface ScriptOptions {
  readonly port: number;
  /** Whether the server is to compare what was seen; without, the last writer wins. */
  readonly compares: boolean;
}

/** What BIND's own client is told, so that it sends the same update as we do. */
export function nsupdateScript(change: RecordChange, { port, compares }: ScriptOptions): string {
  const prerequisites = [
    ...change.remove.flatMap((set) => records(set).map((record) => `prereq yxrrset ${set.name}. ${record}`)),
    ...change.absent.map(({ name, type }) => `prereq nxrrset ${name}. ${type}`),
  ];
  return [
    `server 127.0.0.1 ${port}`,
    `zone ${ZONE}`,
    `key ${KEY.algorithm}:${KEY.name} ${KEY.secret.export().toString('base64')}`,
    ...(compares ? prerequisites : []),
    ...change.remove.map(({ name, type }) => `update delete ${name}. ${type}`),
    ...change.create.flatMap((set) =>
      records(set, set.ttlSeconds).map((record) => `update add ${set.name}. ${record}`),
    ),
    'send',
    '',
  ].join('\n');
}

const records = ({ type, values }: RecordSet, ttlSeconds?: number): readonly string[] =>
  values.map((value) => `${ttlSeconds === undefined ? '' : `${ttlSeconds} `}${type} ${spelled(type, value)}`);

const spelled = (type: string, value: string): string => (type === 'TXT' ? JSON.stringify(value) : value);

/** What it prints for `show`, after everything that came before has been done. */
const DONE = 'Outgoing update query:';

/** BIND's own client as one process that goes on running, so that its start is not counted. Over TCP, as we do. */
export class Nsupdate {
  private said = '';
  private complaints = '';
  private heard: () => void = () => undefined;

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    child.stdout.on('data', (chunk: Buffer) => {
      this.said += chunk.toString();
      this.heard();
    });
    child.stderr.on('data', (chunk: Buffer) => (this.complaints += chunk.toString()));
  }

  static async start(): Promise<Nsupdate> {
    // Line by line: it would keep its answers to itself until it ends.
    const session = new Nsupdate(spawn('stdbuf', ['-oL', 'nsupdate', '-v'], { stdio: ['pipe', 'pipe', 'pipe'] }));
    await session.send('');
    return session;
  }

  /** `done`, or what it complained of. One script at a time. */
  async send(script: string): Promise<string> {
    [this.said, this.complaints] = ['', ''];
    const { promise, resolve } = Promise.withResolvers<void>();
    this.heard = () => {
      if (this.said.includes(DONE)) resolve();
    };
    this.child.once('close', resolve);
    this.child.stdin.write(`${script}show\n`);
    await promise;
    this.child.off('close', resolve);
    return this.complaints.trim() || (this.said.includes(DONE) ? 'done' : 'it has ended');
  }

  async end(): Promise<void> {
    const closed = once(this.child, 'close');
    this.child.stdin.end('quit\n');
    await closed;
  }
}

/** Reads as ours does, and has BIND's own client change what it is told. */
export class NsupdateNameProvider extends NameProvider {
  override readonly countsReads = false;

  constructor(
    private readonly reader: NameProvider,
    private readonly client: Nsupdate,
    private readonly options: ScriptOptions,
  ) {
    super();
  }

  override get fence(): 'strong' | 'weak' {
    return this.options.compares ? 'strong' : 'weak';
  }

  override read(names: readonly string[], signal: AbortSignal): Promise<readonly SeenName[]> {
    return this.reader.read(names, signal);
  }

  override async apply(change: NameChange): Promise<Applied> {
    const said = await this.client.send(nsupdateScript(recordChange(change), this.options));
    if (said === 'done') return { outcome: 'applied' };
    return /[NY]X(RRSET|DOMAIN)/.test(said) ? { outcome: 'refused-by-fence' } : { outcome: 'unknown', reason: said };
  }

  override async settled(): Promise<'in-sync'> {
    return 'in-sync';
  }

  override authorities(signal: AbortSignal): Promise<Authorities> {
    return this.reader.authorities(signal);
  }
}
