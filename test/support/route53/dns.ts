import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { AUTHORITATIVE_ANSWER, decode, encode, TRUNCATED_RESPONSE, type Answer, type Packet } from 'dns-packet';
import type { Random } from '#libs/runtime';
import { stringsIn } from './rules.js';
import { qualified, type WireSet } from './wire-set.js';
import type { HostedZone } from './zone.js';

const UDP_BYTES_MAX = 512;
const NXDOMAIN = 3;
const REFUSED = 5;
const CHAIN_MAX = 8;
/** What an alias answers with where its target has no TTL of its own here. */
const ALIAS_TTL_SECONDS = 60;

/** The zone's name server, over UDP and TCP at one address: it answers with what has been propagated. */
export class Route53Dns {
  /** Health checks that fail: sets with one of these are left out, where others are left. */
  readonly unhealthy = new Set<string>();
  /** What an alias to a place outside the zone resolves to. */
  readonly elsewhere = new Map<string, readonly string[]>();
  private readonly connections = new Set<Socket>();

  private constructor(
    private readonly zone: HostedZone,
    private readonly random: Random,
    private readonly udp: UdpSocket,
    private readonly tcp: Server,
  ) {}

  static async start(
    zone: HostedZone,
    random: Random,
    { host, port }: { host: string; port: number },
  ): Promise<Route53Dns> {
    const udp = createSocket('udp4');
    const tcp = createServer();
    const server = new Route53Dns(zone, random, udp, tcp);
    udp.on('message', (message, peer) => {
      const answer = server.answer(message, UDP_BYTES_MAX);
      if (answer) udp.send(answer, peer.port, peer.address);
    });
    tcp.on('connection', (socket) => server.serve(socket));
    await Promise.all([once(udp.bind(port, host), 'listening'), once(tcp.listen(port, host), 'listening')]);
    return server;
  }

  async end(): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    await Promise.all([once(this.udp.close(), 'close'), once(this.tcp.close(), 'close')]);
  }

  private serve(socket: Socket): void {
    this.connections.add(socket);
    let received: Buffer = Buffer.alloc(0);
    socket.on('close', () => this.connections.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const answer = this.answer(received.subarray(2, end), 0xffff);
        received = received.subarray(end);
        if (answer) socket.write(Buffer.concat([Buffer.from([answer.length >> 8, answer.length & 0xff]), answer]));
      }
    });
  }

  private answer(message: Buffer, bytesMax: number): Buffer | undefined {
    const query = readable(message);
    const question = query?.questions?.[0];
    if (query === undefined || question === undefined) return undefined;
    const { answers, rcode } = this.resolve(qualified(question.name), question.type);
    const head = { type: 'response' as const, id: query.id ?? 0, questions: [question] };
    const flags = (rcode === REFUSED ? 0 : AUTHORITATIVE_ANSWER) | rcode;
    const whole = encode({ ...head, flags, answers });
    return whole.length <= bytesMax ? whole : encode({ ...head, flags: flags | TRUNCATED_RESPONSE });
  }

  private resolve(name: string, type: string): { readonly answers: Answer[]; readonly rcode: number } {
    const { apex } = this.zone;
    if (name !== apex && !name.endsWith(`.${apex}`)) return { answers: [], rcode: REFUSED };
    const sets = this.zone.propagated();
    const isThere = sets.some((set) => set.name === name || set.name.endsWith(`.${name}`));
    return { answers: this.follow(sets, name, type, 0), rcode: isThere ? 0 : NXDOMAIN };
  }

  private follow(sets: readonly WireSet[], name: string, type: string, depth: number): Answer[] {
    const at = sets.filter((set) => set.name === name);
    const own = this.chosen(at.filter((set) => set.type === type));
    if (own.length > 0) return own.flatMap((set) => this.records(sets, set, type, depth));
    const cname = this.chosen(at.filter((set) => set.type === 'CNAME'));
    const [target] = cname.flatMap(({ values }) => values);
    if (target === undefined || depth >= CHAIN_MAX) return [];
    return [
      ...cname.flatMap((set) => this.records(sets, set, 'CNAME', depth)),
      ...this.follow(sets, qualified(target), type, depth + 1),
    ];
  }

  private records(sets: readonly WireSet[], set: WireSet, type: string, depth: number): Answer[] {
    const name = set.name.slice(0, -1);
    if (set.alias === undefined) return set.values.map((value) => answerOf(name, type, set.ttl ?? 0, value));
    const { dnsName } = set.alias;
    const outside = this.elsewhere.get(dnsName.slice(0, -1));
    if (outside) return outside.map((value) => answerOf(name, type, ALIAS_TTL_SECONDS, value));
    return depth >= CHAIN_MAX ? [] : this.follow(sets, dnsName, type, depth + 1).map((each) => ({ ...each, name }));
  }

  /** Which of several sets is answered with. "If no record is healthy, all are treated as healthy." */
  private chosen(all: readonly WireSet[]): readonly WireSet[] {
    const healthy = all.filter(
      ({ healthCheckId }) => healthCheckId === undefined || !this.unhealthy.has(healthCheckId),
    );
    const sets = healthy.length > 0 ? healthy : all;
    const [first] = sets;
    if (first === undefined || first.multiValue) return sets;
    if (first.failover !== undefined) return [sets.find(({ failover }) => failover === 'PRIMARY') ?? first];
    return first.weight === undefined ? [first] : [this.byWeight(sets)];
  }

  /** "if you set Weight to 0 for all resource record sets … traffic is routed to all resources with equal probability" */
  private byWeight(sets: readonly WireSet[]): WireSet {
    const sum = sets.reduce((all, { weight = 0 }) => all + weight, 0);
    if (sum === 0) return sets[Math.floor(this.random.fraction() * sets.length)]!;
    let left = this.random.fraction() * sum;
    return sets.find(({ weight = 0 }) => (left -= weight) < 0)!;
  }
}

function readable(message: Buffer): Packet | undefined {
  try {
    return decode(message);
  } catch {
    return undefined;
  }
}

function answerOf(name: string, type: string, ttl: number, value: string): Answer {
  const head = { name, ttl, class: 'IN' } as const;
  switch (type) {
    case 'TXT':
      return { ...head, type, data: [...(stringsIn(value) ?? [])] };
    case 'SRV': {
      const [priority, weight, port, target] = value.split(' ');
      const numbers = { priority: Number(priority), weight: Number(weight), port: Number(port) };
      return { ...head, type, data: { ...numbers, target: target!.replace(/\.$/, '') } };
    }
    case 'SOA': {
      const [mname, rname, ...numbers] = value.split(' ');
      const [serial, refresh, retry, expire, minimum] = numbers.map(Number);
      return {
        ...head,
        type,
        data: {
          mname: mname!,
          rname: rname!,
          serial: serial!,
          refresh: refresh!,
          retry: retry!,
          expire: expire!,
          minimum: minimum!,
        },
      };
    }
    default:
      return { ...head, type: type as 'A', data: value.replace(/\.$/, '') };
  }
}
