import { spawn } from 'node:child_process';
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

/** Over TCP, as we do. `done`, or what it complained of. */
export async function nsupdate(script: string): Promise<string> {
  const child = spawn('nsupdate', ['-v'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.end(script);
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0 ? 'done' : said.trim();
}

/** Reads as ours does, and has BIND's own client change what it is told. */
export class NsupdateNameProvider extends NameProvider {
  override readonly countsReads = false;

  constructor(
    private readonly reader: NameProvider,
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
    const said = await nsupdate(nsupdateScript(recordChange(change), this.options));
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
