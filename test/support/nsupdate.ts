import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { RecordChange } from '../../apps/dns-switcher/src/name-change.js';
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
