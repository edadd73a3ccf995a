import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '#libs/runtime';
import { Faults, type Fault, type Operation } from './faults.js';
import { RateLimit } from './rate-limit.js';
import { signatureFault, type AccountKey } from './signature.js';
import { changeIn, inOrder, setContent, sortKey, type WireChange, type WireSet } from './wire-set.js';
import { child, parseXml, printXml, type Content } from './xml.js';
import type { HostedZone } from './zone.js';

interface Answer {
  readonly status: number;
  readonly root: string;
  readonly content: Content;
}

/** What a test can set while it runs. */
export interface ApiSettings {
  /** From the answer to a change until all name servers know it. */
  propagationMs: number;
  /** How long one change is worked on; a second one for the zone is refused meanwhile. */
  changeTakesMs: number;
  /** "five requests per second per AWS account", over all operations. */
  requestsPerSecond: number;
}

const PAGE_MAX = 300;

/** The HTTP side: routes, signatures, the rate limit and the faults; what is right about records is the zone's. */
export class Route53Api {
  readonly faults = new Faults();
  /** Answered requests by operation, throttled ones too. */
  readonly requests: Record<Operation | 'throttled' | 'refused', number> = {
    change: 0,
    list: 0,
    'get-change': 0,
    'get-zone': 0,
    throttled: 0,
    refused: 0,
  };
  private readonly limit: RateLimit;
  private readonly changing = new Set<HostedZone>();

  constructor(
    private readonly zones: readonly HostedZone[],
    private readonly key: AccountKey,
    private readonly clock: Clock,
    readonly settings: ApiSettings,
  ) {
    this.limit = new RateLimit(clock);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url ?? '/', 'http://route53.local');
    const fault = signatureFault(
      { method: request.method ?? '', url, headers: request.headers, body },
      this.key,
      this.clock.now(),
    );
    if (fault) return send(response, refusal(403, fault.code, fault.message));
    const routed = this.route(request.method ?? '', url, body);
    if (routed === undefined) return send(response, refusal(404, 'UnknownOperationException', 'No such operation'));
    const injected = this.faults.take(routed.operation);
    this.requests[routed.operation] += 1;
    if (injected?.how === 'throttled' || !this.limit.take(this.settings.requestsPerSecond)) {
      this.requests.throttled += 1;
      return send(response, refusal(400, 'Throttling', 'Rate exceeded'));
    }
    return this.carryOut(routed.answer, injected, response);
  }

  private async carryOut(
    answer: (fault?: Fault) => Promise<Answer>,
    fault: Fault | undefined,
    response: ServerResponse,
  ): Promise<void> {
    if (fault?.how === 'denied')
      return send(
        response,
        refusal(403, 'AccessDenied', 'User is not authorized to perform: route53:ChangeResourceRecordSets'),
      );
    if (fault?.how === 'busy') return send(response, busy());
    const isLate = fault !== undefined && 'when' in fault && fault.when === 'after';
    if (fault === undefined || !('when' in fault) || isLate) {
      const answered = await answer(fault);
      if (!isLate) return send(response, answered);
    }
    switch (fault.how) {
      case 'error':
        return send(response, refusal(500, 'InternalFailure', 'We encountered an internal error. Please try again.'));
      case 'unavailable':
        return send(response, refusal(503, 'ServiceUnavailable', 'Service is unavailable'));
      case 'silence':
        return;
      case 'reset':
        response.socket?.destroy();
    }
  }

  private route(method: string, url: URL, body: string) {
    const path = url.pathname.replace(/\/$/, '');
    const rrset = /^\/2013-04-01\/hostedzone\/([A-Z0-9]+)\/rrset$/.exec(path)?.[1];
    if (rrset !== undefined && method === 'POST')
      return { operation: 'change' as const, answer: async (fault?: Fault) => this.change(rrset, body, fault) };
    if (rrset !== undefined && method === 'GET')
      return { operation: 'list' as const, answer: async (fault?: Fault) => this.list(rrset, url.searchParams, fault) };
    if (method !== 'GET') return undefined;
    const change = /^\/2013-04-01\/change\/([A-Z0-9]+)$/.exec(path)?.[1];
    if (change !== undefined) return { operation: 'get-change' as const, answer: async () => this.getChange(change) };
    const zone = /^\/2013-04-01\/hostedzone\/([A-Z0-9]+)$/.exec(path)?.[1];
    return zone === undefined ? undefined : { operation: 'get-zone' as const, answer: async () => this.getZone(zone) };
  }

  private async change(id: string, body: string, fault?: Fault): Promise<Answer> {
    const zone = this.zone(id);
    if (zone === undefined) return noSuchZone(id);
    // "If Amazon Route 53 can't process a request before the next request arrives, it will reject subsequent requests for
    // the same hosted zone and return an HTTP 400 error (Bad request)."
    if (this.changing.has(zone)) return busy();
    this.changing.add(zone);
    try {
      if (this.settings.changeTakesMs > 0) await this.clock.sleep(this.settings.changeTakesMs);
      const batch = batchIn(body);
      if (batch === undefined) return refusal(400, 'InvalidInput', 'Invalid XML ; the request is not a change batch');
      const made = zone.change(batch, this.settings.propagationMs);
      if ('faults' in made) {
        this.requests.refused += 1;
        return refusal(400, 'InvalidChangeBatch', `[${made.faults.join(', ')}]`);
      }
      if (fault?.how === 'lost') zone.loseLast();
      const content = this.changeInfo(made.change, fault?.how === 'lost' ? 'PENDING' : zone.status(made.change)!);
      return { status: 200, root: 'ChangeResourceRecordSetsResponse', content };
    } finally {
      this.changing.delete(zone);
    }
  }

  private list(id: string, query: URLSearchParams, fault?: Fault): Answer {
    const zone = this.zone(id);
    if (zone === undefined) return noSuchZone(id);
    const [name, type, identifier] = ['name', 'type', 'identifier'].map((one) => query.get(one) ?? '');
    // "If you specify Type but not Name: Amazon Route 53 returns the InvalidInput error."
    if (type && !name) return refusal(400, 'InvalidInput', 'A type was given without a name');
    const start: WireSet = { name: name!, type: type!, setIdentifier: identifier!, values: [] };
    const size = Math.min(Number(query.get('maxitems') ?? PAGE_MAX), PAGE_MAX);
    const from = zone.sets(fault?.how === 'stale' ? 1 : 0).filter((set) => !name || !isBefore(set, start));
    const next = from[size];
    const content: Content = [
      ['ResourceRecordSets', from.slice(0, size).map((set) => ['ResourceRecordSet', setContent(set)])],
      ['IsTruncated', next !== undefined],
      ['NextRecordName', next?.name],
      ['NextRecordType', next?.type],
      ['NextRecordIdentifier', next?.setIdentifier],
      ['MaxItems', size],
    ];
    return { status: 200, root: 'ListResourceRecordSetsResponse', content };
  }

  private getChange(id: string): Answer {
    const status = this.zones.map((zone) => zone.status(id)).find((each) => each !== undefined);
    if (status === undefined) return refusal(404, 'NoSuchChange', `Could not find resource with ID: ${id}`);
    return { status: 200, root: 'GetChangeResponse', content: this.changeInfo(id, status) };
  }

  private getZone(id: string): Answer {
    const zone = this.zone(id);
    if (zone === undefined) return noSuchZone(id);
    const content: Content = [
      [
        'HostedZone',
        [
          ['Id', `/hostedzone/${id}`],
          ['Name', zone.apex],
          ['CallerReference', id],
          ['Config', [['PrivateZone', false]]],
          ['ResourceRecordSetCount', zone.sets().length],
        ],
      ],
      ['DelegationSet', [['NameServers', [['NameServer', `ns-1.${zone.apex.slice(0, -1)}`]]]]],
    ];
    return { status: 200, root: 'GetHostedZoneResponse', content };
  }

  private changeInfo(id: string, status: string): Content {
    const submittedAt = new Date(this.clock.now()).toISOString();
    return [
      [
        'ChangeInfo',
        [
          ['Id', `/change/${id}`],
          ['Status', status],
          ['SubmittedAt', submittedAt],
        ],
      ],
    ];
  }

  private zone(id: string): HostedZone | undefined {
    return this.zones.find((zone) => zone.id === id);
  }
}

/** By name and then type, as the list is sorted; an empty type is before all. */
const isBefore = (set: WireSet, start: WireSet): boolean =>
  start.type ? inOrder(set, start) < 0 : sortKey(set.name) < sortKey(start.name);

function batchIn(body: string): readonly WireChange[] | undefined {
  try {
    const root = parseXml(body);
    const changes = child(child(root, 'ChangeBatch'), 'Changes')?.children.map(changeIn) ?? [];
    const isWhole = root.name === 'ChangeResourceRecordSetsRequest' && changes.length > 0;
    return isWhole && !changes.includes(undefined) ? (changes as WireChange[]) : undefined;
  } catch {
    return undefined;
  }
}

const busy = (): Answer =>
  refusal(
    400,
    'PriorRequestNotComplete',
    'The request was rejected because Route 53 was still processing a prior request.',
  );

const noSuchZone = (id: string): Answer => refusal(404, 'NoSuchHostedZone', `No hosted zone found with ID: ${id}`);

const refusal = (status: number, code: string, message: string): Answer => ({
  status,
  root: 'ErrorResponse',
  content: [
    [
      'Error',
      [
        ['Type', status < 500 ? 'Sender' : 'Receiver'],
        ['Code', code],
        ['Message', message],
      ],
    ],
    ['RequestId', randomUUID()],
  ],
});

function send(response: ServerResponse, { status, root, content }: Answer): void {
  response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': randomUUID() });
  response.end(printXml(root, content));
}
