import { decode, encode, type Answer } from 'dns-packet';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Seen } from './facts.js';

const ANSWERS_WITHIN_MS = 2_000;

export interface NameServerAt {
  readonly host: string;
  readonly port: number;
}

/** Asks a server what it holds for a name, and under which epoch: two questions over UDP. */
export const readName = async (server: NameServerAt, name: string): Promise<Seen> => {
  const [addresses, stamps] = [await ask(server, name, 'A'), await ask(server, `_signalbox.${name}`, 'TXT')];
  const value = addresses.flatMap((answer) => (answer.type === 'A' ? [answer.data] : [])).join(' ');
  return { resource: `name/${name}`, epoch: epochIn(stamps), value };
};

const epochIn = (stamps: readonly Answer[]): number => {
  const texts = stamps.flatMap((answer) => (answer.type === 'TXT' ? [[answer.data].flat().map(String).join('')] : []));
  return Number(/(?:^|,)epoch=(\d+)$/.exec(texts[0] ?? '')?.[1] ?? 0);
};

let lastId = 0;

const ask = async ({ host, port }: NameServerAt, name: string, type: 'A' | 'TXT'): Promise<readonly Answer[]> => {
  const socket = createSocket('udp4');
  try {
    const id = (lastId = (lastId + 1) % 0x1_0000);
    socket.send(encode({ type: 'query', id, questions: [{ type, name }] }), port, host);
    const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
    const [message] = (await once(socket, 'message', { signal })) as [Buffer];
    const { answers = [], rcode } = decode(message) as ReturnType<typeof decode> & { readonly rcode?: string };
    if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') throw new Error(`${host} answers ${rcode ?? 'nothing'}`);
    return answers;
  } finally {
    socket.close();
  }
};
