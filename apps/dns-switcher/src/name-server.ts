import { decode, encode, type SrvData } from 'dns-packet';
import { OutcomeUnknownError, UnavailableError } from '#libs/domain';
import type { Clock, Random } from '#libs/runtime';
import { DnsRejectedError } from './errors.js';
import { exchange, printAddress, type ServerAddress } from './tcp-exchange.js';
import { checkResponse, sign, type SignedMessage, type TsigKey } from './tsig.js';
import { encodeUpdate, type Update } from './update-message.js';
import { rcodeOf } from './wire.js';

export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly ttlSeconds: number;
  /** An address, a target, `priority weight port host`, or the text of a TXT record. */
  readonly data: string;
}

export interface DnsQuestion {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'SRV' | 'TXT' | 'SOA';
}

export type UpdateAnswer = 'done' | 'prerequisite-failed' | 'server-failure';

const RCODES: Readonly<Record<number, string>> = {
  0: 'NOERROR',
  1: 'FORMERR',
  2: 'SERVFAIL',
  3: 'NXDOMAIN',
  4: 'NOTIMP',
  5: 'REFUSED',
  6: 'YXDOMAIN',
  7: 'YXRRSET',
  8: 'NXRRSET',
  9: 'NOTAUTH',
  10: 'NOTZONE',
};
const PREREQUISITE_FAILED: readonly string[] = ['NXDOMAIN', 'YXDOMAIN', 'YXRRSET', 'NXRRSET'];

/** One authoritative server. With a key, everything asked is signed and every answer must be; without one, only queries. */
export class NameServer {
  readonly address: string;

  constructor(
    private readonly server: ServerAddress,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly key?: TsigKey,
  ) {
    this.address = printAddress(server);
  }

  /**
   * The server's own records for each question, in order; none where the name does not exist.
   * @throws UnavailableError when it does not answer, or not with authority.
   */
  async query(questions: readonly DnsQuestion[], signal: AbortSignal): Promise<readonly (readonly DnsRecord[])[]> {
    const firstId = this.newId();
    const requests = questions.map((question, index) =>
      encode({ type: 'query', id: (firstId + index) & 0xffff, questions: [question] }),
    );
    try {
      const responses = await this.ask(requests, signal);
      return responses.map((response, index) => this.recordsIn(response, questions[index]!.name));
    } catch (error) {
      // A query changes nothing: an answer that never came leaves nothing unknown.
      throw error instanceof OutcomeUnknownError ? new UnavailableError(error.message, { cause: error }) : error;
    }
  }

  /**
   * @throws UnavailableError when certainly nothing was changed.
   * @throws OutcomeUnknownError when no answer came that proves to be the server's.
   * @throws DnsRejectedError when the server will never do this for this key.
   */
  async update(update: Update, signal: AbortSignal): Promise<UpdateAnswer> {
    const [response] = await this.ask([encodeUpdate(this.newId(), update)], signal);
    const rcode = rcodeName(response!);
    if (rcode === 'NOERROR') return 'done';
    if (PREREQUISITE_FAILED.includes(rcode)) return 'prerequisite-failed';
    if (rcode === 'SERVFAIL') return 'server-failure';
    throw this.isRejection(rcode);
  }

  private recordsIn(response: Buffer, name: string): readonly DnsRecord[] {
    const rcode = rcodeName(response);
    if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') throw this.isNoAnswer(rcode, name);
    const { flag_aa: authoritative, answers = [] } = this.wellFormed(() => decode(response));
    if (!authoritative) throw this.isNoAnswer('without authority', name);
    return answers.map((answer) => ({
      name: answer.name,
      type: answer.type,
      ttlSeconds: 'ttl' in answer ? (answer.ttl ?? 0) : 0,
      data: 'data' in answer ? textOf(answer.data) : '',
    }));
  }

  private async ask(requests: readonly Buffer[], signal: AbortSignal): Promise<readonly Buffer[]> {
    const { key } = this;
    if (key === undefined) return exchange(this.server, requests, signal);
    const nowSeconds = Math.floor(this.clock.now() / 1_000);
    const signed = requests.map((request) => sign(request, key, nowSeconds));
    const responses = await exchange(
      this.server,
      signed.map(({ bytes }) => bytes),
      signal,
    );
    responses.forEach((response, index) => this.demandSignature(response, signed[index]!, key));
    return responses;
  }

  private demandSignature(response: Buffer, request: SignedMessage, key: TsigKey): void {
    const signature = this.wellFormed(() => checkResponse(response, request, key));
    switch (signature.kind) {
      case 'verified':
        if (signature.error !== 'NOERROR') throw this.isRejection(signature.error);
        return;
      case 'rejected':
        throw this.isRejection(signature.error);
      case 'unsigned':
      case 'forged':
        // An honest server says no without a signature when it could not check ours; it does not say yes that way.
        if (['REFUSED', 'NOTAUTH', 'FORMERR', 'NOTIMP'].includes(rcodeName(response)))
          throw this.isRejection(rcodeName(response));
        throw new OutcomeUnknownError(
          `the answer of name server ${this.address} is ${signature.kind}: it does not prove to know key ${key.name}`,
        );
    }
  }

  private wellFormed<T>(parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      throw new OutcomeUnknownError(`name server ${this.address} sent a malformed answer`, { cause: error });
    }
  }

  private isNoAnswer(what: string, name: string): UnavailableError {
    return new UnavailableError(`name server ${this.address} answered ${what} for ${name}: is it serving the zone?`);
  }

  private isRejection(answer: string): DnsRejectedError {
    return new DnsRejectedError(this.address, answer, remedyFor(answer, this.key));
  }

  private newId(): number {
    return Math.floor(this.random.fraction() * 0x1_0000);
  }
}

const rcodeName = (message: Buffer): string => RCODES[rcodeOf(message)] ?? `rcode ${rcodeOf(message)}`;

const textOf = (data: unknown): string => {
  if (isService(data)) return `${data.priority ?? 0} ${data.weight ?? 0} ${data.port} ${data.target}`;
  if (Array.isArray(data)) return data.map(textOf).join('');
  return Buffer.isBuffer(data) || typeof data === 'string' ? data.toString() : '';
};

const isService = (data: unknown): data is SrvData => typeof data === 'object' && data !== null && 'target' in data;

function remedyFor(answer: string, tsig?: TsigKey): string {
  const key = tsig?.name ?? '(none)';
  switch (answer) {
    case 'BADKEY':
      return `it does not know TSIG key "${key}" (${tsig?.algorithm}); add the key there, or correct its name or algorithm`;
    case 'BADSIG':
      return `TSIG key "${key}" has another secret there; give both sides the same one`;
    case 'BADTIME':
      return `its clock and ours differ by more than 300 s; set the clocks (TSIG key "${key}")`;
    case 'NOTAUTH':
      return `it is not the primary of this zone, or does not accept TSIG key "${key}"`;
    case 'REFUSED':
      return `its policy does not let TSIG key "${key}" do this; grant it the addresses of the name and the TXT of its _signalbox name`;
    case 'NOTZONE':
      return 'the name is outside the configured zone; correct the zone';
    default:
      return `is this a primary that takes RFC 2136 updates (TSIG key "${key}")?`;
  }
}
