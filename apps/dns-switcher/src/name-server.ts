import { decode, encode, type Answer, type Question, type SoaData, type SrvData } from 'dns-packet';
import { OutcomeUnknownError, SignalboxError, UnavailableError } from '#libs/domain';
import type { Clock, Random } from '#libs/runtime';
import { ChangeTooLargeError, DnsNotServedError, DnsRejectedError } from './errors.js';
import { Rounds } from './rounds.js';
import { exchange, printAddress, type ServerAddress } from './tcp-exchange.js';
import { checkResponse, sign, type SignedMessage, type TsigKey } from './tsig.js';
import { encodeUpdate, UPDATE_BYTES_MAX, type Update } from './update-message.js';
import { rcodeOf } from './wire.js';

export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly ttlSeconds: number;
  /** An address, a target, `priority weight port host`, the fields of an SOA, or the text of a TXT record. */
  readonly data: string;
}

export interface DnsQuestion {
  readonly name: string;
  readonly type:
    'A' | 'AAAA' | 'SRV' | 'TXT' | 'SOA' | 'NS' | 'MX' | 'NAPTR' | 'SSHFP' | 'TLSA' | 'CAA' | `UNKNOWN_${number}`;
}

/** The records for each question. */
type Answers = readonly (readonly DnsRecord[])[];

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

/** So many rounds at a time: one slow answer does not hold up every other name. */
const CONNECTIONS = 4;
const QUESTIONS_MAX = 1_000;
/** Nobody who asks has as much time. */
const ROUND_TIMEOUT_MS = 60_000;

/** One authoritative server. With a key, everything asked is signed and every answer must be; without one, only queries. */
export class NameServer {
  readonly address: string;
  /** What is asked for many names at the same time shares a few connections. */
  private readonly questions: Rounds<readonly DnsQuestion[], Answers>;

  constructor(
    private readonly server: ServerAddress,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly key?: TsigKey,
  ) {
    this.address = printAddress(server);
    this.questions = new Rounds((items, limit) => this.queryAll(items, limit), {
      atOnce: CONNECTIONS,
      sizeOf: (questions) => questions.length,
      sizeMax: QUESTIONS_MAX,
      mayLeave: 'any-time',
      timeoutMs: ROUND_TIMEOUT_MS,
    });
  }

  /**
   * The server's own records for each question, in order; none where the name does not exist.
   * @throws UnavailableError when it does not answer, or not with authority.
   */
  async query(questions: readonly DnsQuestion[], signal: AbortSignal): Promise<Answers> {
    try {
      return await this.questions.ask(questions, signal);
    } catch (error) {
      // A query changes nothing: an answer that never came leaves nothing unknown.
      if (error instanceof OutcomeUnknownError) throw new UnavailableError(error.message, { cause: error });
      if (error instanceof SignalboxError || !signal.aborted) throw error;
      throw new UnavailableError(`name server ${this.address} gave no answer: the deadline passed`, { cause: error });
    }
  }

  /**
   * @throws UnavailableError when certainly nothing was changed.
   * @throws OutcomeUnknownError when no answer came that proves to be the server's.
   * @throws DnsRejectedError when the server will never do this for this key, ChangeTooLargeError when it was not asked.
   */
  async update(update: Update, signal: AbortSignal): Promise<UpdateAnswer> {
    const message = encodeUpdate(this.newId(), update);
    if (message.length > UPDATE_BYTES_MAX) throw this.isTooLarge(message.length);
    const [response] = await this.ask([message], signal);
    const rcode = rcodeName(response!);
    if (rcode === 'NOERROR') return 'done';
    if (PREREQUISITE_FAILED.includes(rcode)) return 'prerequisite-failed';
    if (rcode === 'SERVFAIL') return 'server-failure';
    throw this.isRejection(rcode);
  }

  private async queryAll(
    items: readonly (readonly DnsQuestion[])[],
    signal: AbortSignal,
  ): Promise<readonly PromiseSettledResult<Answers>[]> {
    const firstId = this.newId();
    // It encodes types by their number, too, which its own type does not say.
    const requests = items
      .flat()
      .map((question, index) =>
        encode({ type: 'query', id: (firstId + index) & 0xffff, questions: [question as Question] }),
      );
    const responses = await this.ask(requests, signal);
    let from = 0;
    const answered = items.map((questions) => ({ questions, own: responses.slice(from, (from += questions.length)) }));
    return Promise.allSettled(
      answered.map(async ({ questions, own }) => questions.map(({ name }, index) => this.recordsIn(own[index]!, name))),
    );
  }

  private recordsIn(response: Buffer, name: string): readonly DnsRecord[] {
    const rcode = rcodeName(response);
    if (rcode === 'REFUSED' || rcode === 'NOTAUTH') throw this.isNotServing(rcode, name);
    if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') throw this.isNoAnswer(rcode, name);
    const { flag_aa: authoritative, answers = [], authorities = [] } = this.wellFormed(() => decode(response));
    if (!authoritative) throw this.isElsewhere(name, authorities);
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

  /** An update below a zone cut is taken by every server we know, and shown by none. */
  private isElsewhere(name: string, authorities: readonly Answer[]): DnsNotServedError {
    const cut = authorities.find(({ type }) => type === 'NS')?.name;
    if (cut === undefined) return this.isNotServing('without authority', name);
    return new DnsNotServedError(
      `name server ${this.address} has delegated ${cut} to other servers, and ${name} with it: ` +
        `what is written there is seen by nobody; give ${cut} as the zone, with its own primary`,
    );
  }

  private isNotServing(answer: string, name: string): DnsNotServedError {
    return new DnsNotServedError(
      `name server ${this.address} answered ${answer} for ${name}: it does not serve its zone; ` +
        'correct zone and address, or load the zone there',
    );
  }

  private isNoAnswer(what: string, name: string): UnavailableError {
    return new UnavailableError(`name server ${this.address} answered ${what} for ${name}: is it serving the zone?`);
  }

  private isTooLarge(bytes: number): ChangeTooLargeError {
    return new ChangeTooLargeError(
      `an update of ${bytes} bytes for name server ${this.address}, and one message holds ${UPDATE_BYTES_MAX}: ` +
        'point the name at fewer addresses or services',
    );
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
  if (isZone(data)) return ZONE_FIELDS.map((field) => data[field]).join(' ');
  if (isService(data)) return `${data.priority ?? 0} ${data.weight ?? 0} ${data.port} ${data.target}`;
  if (Array.isArray(data)) return data.map(textOf).join('');
  return Buffer.isBuffer(data) || typeof data === 'string' ? data.toString() : '';
};

/** As in a zone file. */
const ZONE_FIELDS = ['mname', 'rname', 'serial', 'refresh', 'retry', 'expire', 'minimum'] as const;
const isZone = (data: unknown): data is SoaData => typeof data === 'object' && data !== null && 'mname' in data;

const isService = (data: unknown): data is SrvData => typeof data === 'object' && data !== null && 'target' in data;

function remedyFor(answer: string, tsig?: TsigKey): string {
  const key = tsig?.name ?? '(none)';
  switch (answer) {
    case 'BADKEY':
      return `it does not know TSIG key "${key}" (${tsig?.algorithm}), or, as Knot says it, does not let that key do this; add the key there, correct its name or algorithm, or grant it the name`;
    case 'BADSIG':
      return `TSIG key "${key}" has another secret there; give both sides the same one`;
    case 'BADTIME':
      return `its clock and ours differ by more than 300 s; set the clocks (TSIG key "${key}")`;
    case 'NOTAUTH':
      return `it is not the primary of this zone, or does not accept TSIG key "${key}" (${tsig?.algorithm}): its name, algorithm and secret there, and both clocks`;
    case 'REFUSED':
      return `it does not serve this zone, or its policy does not let TSIG key "${key}" (${tsig?.algorithm}) do this; grant it the records of the name and the TXT of its _signalbox name. PowerDNS says so of a wrong secret or clock, too`;
    case 'NOTZONE':
      return 'the name is outside the configured zone; correct the zone';
    default:
      return `is this a primary that takes RFC 2136 updates (TSIG key "${key}")?`;
  }
}
