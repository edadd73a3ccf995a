import { decode, encode, RECURSION_DESIRED, TRUNCATED_RESPONSE } from 'dns-packet';
import { OutcomeUnknownError, UnavailableError } from '#libs/domain';
import type { Clock, Random } from '#libs/runtime';
import { exchange, printAddress, type ServerAddress } from '../tcp-exchange.js';
import { rcodeOf } from '../wire.js';
import { askByUdp } from './udp-exchange.js';

export type AskedType = 'A' | 'AAAA' | 'CNAME' | 'SRV';

/** What a resolver gives to a client that asks for one name and type now. */
export interface ResolverAnswer {
  /** Each as `A 192.0.2.1`, sorted; none where it says that there is nothing. Only what stands at the name itself. */
  readonly texts: readonly string[];
  /** How long it will go on giving this; the longest of the set, 0 of an empty one. */
  readonly remainingTtlSeconds: number;
}

const NXDOMAIN = 3;

/** A caching resolver, asked as clients ask it. */
export class Resolver {
  readonly address: string;

  constructor(
    private readonly server: ServerAddress,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    this.address = printAddress(server);
  }

  /** @throws UnavailableError when it does not answer, or answers that it could not find out */
  async ask(name: string, type: AskedType, signal: AbortSignal): Promise<ResolverAnswer> {
    const id = Math.floor(this.random.fraction() * 0x1_0000);
    const query = encode({ type: 'query', id, flags: RECURSION_DESIRED, questions: [{ name, type }] });
    const first = await askByUdp(this.server, query, this.clock, signal);
    const response = isTruncated(first) ? await this.askByTcp(query, signal) : first;
    return this.answerIn(response, name, type);
  }

  private async askByTcp(query: Buffer, signal: AbortSignal): Promise<Buffer> {
    try {
      const [response] = await exchange(this.server, [query], signal);
      return response!;
    } catch (error) {
      // A question changes nothing: an answer that never came leaves nothing unknown.
      throw error instanceof OutcomeUnknownError ? new UnavailableError(error.message, { cause: error }) : error;
    }
  }

  private answerIn(response: Buffer, name: string, type: AskedType): ResolverAnswer {
    const rcode = rcodeOf(response);
    if (rcode !== 0 && rcode !== NXDOMAIN)
      throw new UnavailableError(`resolver ${this.address} answered rcode ${rcode} for ${type} of ${name}`);
    const own = this.wellFormed(() => decode(response).answers ?? []).filter(
      (record) => record.type === type && record.name.toLowerCase() === name,
    );
    return {
      texts: own.map((record) => `${type} ${'data' in record ? dataText(record.data) : ''}`).toSorted(),
      remainingTtlSeconds: Math.max(0, ...own.map((record) => ('ttl' in record ? (record.ttl ?? 0) : 0))),
    };
  }

  private wellFormed<T>(parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      throw new UnavailableError(`resolver ${this.address} sent a malformed answer`, { cause: error });
    }
  }
}

/** The flags are the second word of the header (RFC 1035 §4.1.1). */
const isTruncated = (message: Buffer): boolean => (message.readUInt16BE(2) & TRUNCATED_RESPONSE) !== 0;

interface Service {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

const dataText = (data: unknown): string =>
  typeof data === 'object' && data !== null && 'target' in data
    ? serviceText(data as Service)
    : String(data).toLowerCase();

const serviceText = ({ priority, weight, port, target }: Service): string =>
  `${priority} ${weight} ${port} ${target.toLowerCase()}`;
